"""Execute the notebooks in place and store them so that a second run changes nothing but pictures.

`python -m scripts.notebooks PATH...`; without paths: every lesson in notebooks/. nbclient runs them;
written here is what it leaves to chance: the widgets' names, the pieces of a text, the metadata.

Made here and for no reader are the pictures for a phone, and those that a panel shows without a
kernel. What a solution says is not stored: it would give it away.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from scripts.jupyter import KERNELSPEC, NOTEBOOKS, STATE, VIEW

REFERENCE = re.compile(r"IPY_MODEL_([0-9a-f]{32})")

# As ipykernel gives it, but without the version of Python, which differs from run to run.
LANGUAGE_INFO = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


# Run when the kernel starts, and as a last cell.
FIRST = (
    "import lstm_lessons.pictures as _pictures; "
    "get_ipython().display_formatter.mimebundle_formatter"
    ".for_type(_pictures.Picture, _pictures.for_the_site)"
)
LAST = """\
import sys
if "lstm_lessons.widgets.panel" in sys.modules:
    sys.modules["lstm_lessons.widgets.panel"].store_all()"""


class Refused(Exception):
    """The notebook must not be stored as it ran; the message says why."""


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run all cells with this interpreter, whatever kernels the user has installed besides."""
    notebook.metadata.pop("widgets", None)
    own = KernelSpecManager(kernel_dirs=[], ensure_native_kernel=True)
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=own),
        resources={"metadata": {"path": str(folder)}},
        timeout=120,
        record_timing=False,
        store_widget_state=True,
        extra_arguments=["--log-level=ERROR", f"--IPKernelApp.exec_lines={FIRST}"],
    )
    notebook.cells.append(nbformat.v4.new_code_cell(LAST))
    try:
        client.execute(cleanup_kc=True)
    except CellExecutionError as error:
        raise Refused(f"a cell failed.\n{error}") from None
    refuse_noise(notebook)
    notebook.cells.pop()


def refuse_noise(notebook: NotebookNode) -> None:
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error":
                raise Refused(f"a cell ends in {output.ename}: {output.evalue}")
            if output.output_type == "stream" and output.name == "stderr":
                raise Refused(f"a cell writes to stderr: {output.text.strip()}")
        streams = [output for output in cell.outputs if output.output_type == "stream"]
        solves = "solution" in cell.metadata.get("tags", [])  # then nothing is stored of it
        if streams and streams[-1].text.endswith("\r") and not solves:
            raise Refused("a progress bar is the last that a cell writes: print a result after it.")


def normalise(notebook: NotebookNode, name: str) -> NotebookNode:
    """The notebook without anything that differs between two runs of the same cells."""
    notebook = nbformat.v4.upgrade(notebook)
    widgets = notebook.metadata.get("widgets")
    notebook.metadata = NotebookNode(kernelspec=KERNELSPEC, language_info=LANGUAGE_INFO)
    if widgets:
        notebook.metadata.widgets = widgets
    for cell in notebook.cells:
        cell.metadata = kept_metadata(cell.metadata)
    for cell in code_cells(notebook):
        solves = "solution" in cell.metadata.get("tags", [])
        cell.outputs = [] if solves else merge_streams(cell.outputs)
    return rename_widgets(notebook, name)


def kept_metadata(metadata: NotebookNode) -> NotebookNode:
    kept = NotebookNode()
    if metadata.get("tags"):
        kept.tags = metadata.tags
    if metadata.get("jupyter", {}).get("source_hidden"):
        kept.jupyter = {"source_hidden": True}
    return kept


def merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """How many pieces a text is sent in depends on the kernel's timing."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    for output in merged:
        if output.output_type == "stream":
            # What a progress bar wrote over, with its times; the same pattern as nbval's.
            output.text = re.sub(r"^.*\r(?=[^\n])", "", output.text, flags=re.MULTILINE)
    return merged


def rename_widgets(notebook: NotebookNode, name: str) -> NotebookNode:
    """Number the widgets in the order in which the outputs reach them; drop the unreached ones."""
    state = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    found = []

    def visit(model_id):
        if model_id in state and model_id not in found:
            found.append(model_id)
            for child in REFERENCE.findall(json.dumps(state[model_id], sort_keys=True)):
                visit(child)

    for cell in code_cells(notebook):
        for output in cell.outputs:
            if VIEW in output.get("data", {}):
                visit(output.data[VIEW]["model_id"])

    if not found:
        notebook.metadata.pop("widgets", None)
        return notebook
    notebook.metadata.widgets[STATE]["state"] = {model_id: state[model_id] for model_id in found}
    new_ids = {
        model_id: hashlib.sha256(f"{name} {number}".encode()).hexdigest()[:32]
        for number, model_id in enumerate(found)
    }
    # In one pass over the text, because a new id may be another widget's old one.
    text = re.sub("|".join(found), lambda match: new_ids[match[0]], json.dumps(notebook))
    return nbformat.from_dict(json.loads(text))


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def main(names: list[str]) -> None:
    paths = [Path(name) for name in names] or sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in paths:
        print(path.name, flush=True)
        notebook = nbformat.read(path, as_version=4)
        try:
            execute(notebook, path.resolve().parent)
        except Refused as reason:
            sys.exit(f"{path.name} is left as it was: {reason}")
        nbformat.write(normalise(notebook, path.stem), path)


if __name__ == "__main__":
    main(sys.argv[1:])
