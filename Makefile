PYTHON ?= python3
LAB_ARGS ?=
FRONTENDS ?=

VENV := .venv
BIN := $(VENV)/bin

# The lessons' matrices are small: a second thread hardly helps, and waits in a loop for its turn when
# the machine has other work. (numpy's Linux wheels use OpenBLAS; others do not read this.)
lab test notebooks site: export OPENBLAS_NUM_THREADS ?= 1

.PHONY: lab test test-frontends lint notebooks site bench animation clean

lab: $(VENV)/lab-installed
	$(BIN)/jupyter trust notebooks/*.ipynb
	$(BIN)/jupyter lab $(LAB_ARGS) notebooks

# One pytest for the tests and the notebooks: its last lines then say what could not be tested.
test: lint
	$(BIN)/python -m pytest --nbval --nbval-current-env --nbval-cell-timeout=120 tests notebooks

# The lessons with Colab's packages, Binder's, the oldest and the newest, in build/frontends. Some only:
# make test-frontends FRONTENDS="colab oldest"
test-frontends: $(VENV)/test-installed
	$(BIN)/python -m scripts.frontends $(FRONTENDS)

lint: $(VENV)/test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python scripts/stamp.py --check

notebooks: $(VENV)/test-installed
	$(BIN)/python scripts/notebooks.py

site: $(VENV)/site-installed
	$(BIN)/python -m scripts.site

# Only this needs PyTorch. On Linux pip brings CUDA along, several GB; to leave that out, install
# PyTorch's CPU build into .venv first.
bench: $(VENV)/bench-installed
	$(BIN)/python -m benchmarks.cells
	$(BIN)/python -m benchmarks.start
	$(BIN)/python -m benchmarks.training
	$(BIN)/python -m benchmarks.drag
	$(BIN)/python -m benchmarks.page

animation: $(VENV)/test-installed
	$(BIN)/python -m scripts.record

clean:
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .ruff_cache .hypothesis
	find src tests scripts benchmarks -name __pycache__ -prune -exec rm -rf {} +

# The stamp files make a second start quick; they are written only after pip has succeeded.
$(VENV)/%-installed: pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --quiet -e ".[$*]"
	touch $@

# Without Debian's python3-venv a half-made folder is left over, which would look finished next time.
$(BIN)/pip:
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "No virtual environment could be made with $(PYTHON) (on Debian: apt install python3-venv)."; exit 1; }
