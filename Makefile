PYTHON ?= python3
LAB_ARGS ?=
FRONTENDS ?=
NOTEBOOKS ?=
PYODIDE ?=

VENV := .venv
BIN := $(VENV)/bin

# The lessons' matrices are small: a second thread hardly helps, and waits in a loop for its turn when
# the machine has other work. (numpy's Linux wheels use OpenBLAS; others do not read this.)
lab test quick test-frontends notebooks site bench: export OPENBLAS_NUM_THREADS ?= 1
# glibc hands the memory of large arrays back at once and fetches it anew, page by page: up to half of
# a training step. So it keeps up to 64 MB.
lab test quick test-frontends notebooks site bench: export MALLOC_MMAP_THRESHOLD_ ?= 33554432
lab test quick test-frontends notebooks site bench: export MALLOC_TRIM_THRESHOLD_ ?= 67108864

.PHONY: lab address test quick test-frontends lint lint-javascript notebooks site bench pictures clean

# JupyterLab's own options: make lab LAB_ARGS="--port=9000 --no-browser"
lab: $(VENV)/lab-installed
	$(BIN)/python -m scripts.lab $(LAB_ARGS)

# Where the repository is, wherever that shows: make address ADDRESS=OWNER/NAME, or ADDRESS= for nowhere
address: $(VENV)/lab-installed
	$(BIN)/python -m scripts.stamp --address "$(ADDRESS)"

# One pytest for the tests and the notebooks: its last lines then say what could not be tested.
test: lint
	$(BIN)/python -m pytest --nbval --nbval-current-env --nbval-cell-timeout=120 tests notebooks

# The numerics alone: no browser, no notebook, and none of the plugins that these need.
quick: $(VENV)/test-installed
	PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(BIN)/python -m pytest -q tests/numerics

# The lessons with Colab's packages, Binder's, the oldest and the newest, and lesson 9 with PyTorch, in
# .nox. Some only:
# make test-frontends FRONTENDS="colab oldest"
test-frontends: $(VENV)/test-installed
	$(BIN)/nox $(if $(FRONTENDS),--error-on-missing-interpreters --sessions $(FRONTENDS),--no-error-on-missing-interpreters)

lint: $(VENV)/test-installed lint-javascript
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m scripts.stamp --check

lint-javascript:
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory node_modules/installed && node_modules/.bin/biome ci --colors=off; \
	elif [ "$$CI" = true ]; then echo "The JavaScript cannot be linted: npm is missing."; exit 1; \
	else echo "The JavaScript was NOT linted: npm is missing."; fi

# All, or some: make notebooks NOTEBOOKS=notebooks/04_lstm.ipynb
notebooks: $(VENV)/test-installed
	$(BIN)/python -m scripts.notebooks $(NOTEBOOKS)

# With Python for the browser in it, so that readers need no other server: make site PYODIDE=cdn fetches
# it from where their browsers would, PYODIDE=FOLDER has it already.
site: $(VENV)/site-installed
	$(BIN)/python -m scripts.website.pages $(if $(PYODIDE),--pyodide "$(PYODIDE)")

# Only this needs PyTorch. On Linux pip brings CUDA along, several GB; to leave that out, install
# PyTorch's CPU build into .venv first.
bench: $(VENV)/bench-installed
	$(BIN)/python -m benchmarks.cells
	$(BIN)/python -m benchmarks.start
	$(BIN)/python -m benchmarks.drag
	$(BIN)/python -m benchmarks.page

pictures: $(VENV)/test-installed
	$(BIN)/python -m scripts.browser.record

clean:
	rm -rf $(VENV) build dist node_modules src/*.egg-info .nox .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find src tests scripts benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/lab-installed: HOW := numpy, matplotlib and JupyterLab: about a minute, 430 MB
$(VENV)/site-installed: HOW := what `make site` needs: two minutes, 560 MB
$(VENV)/test-installed: HOW := what the tests need: some minutes, 850 MB
$(VENV)/bench-installed: HOW := what the benchmarks need, PyTorch among it

# The stamp files make a second start quick; they are written only after pip or npm has succeeded.
$(VENV)/%-installed: pyproject.toml | $(BIN)/pip
	@echo 'Installing into $(VENV): $(HOW).'
	$(BIN)/python -m pip install --quiet -e ".[$*]"
	touch $@

node_modules/installed: package.json
	npm install --no-package-lock --no-audit --no-fund --loglevel=error
	touch $@

# Without Debian's python3-venv a half-made folder is left over, which would look finished next time.
$(BIN)/pip:
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "No virtual environment could be made with $(PYTHON) (on Debian: apt install python3-venv)."; exit 1; }
