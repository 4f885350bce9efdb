"""Execute every notebook in place, and leave nothing in it that varies from run to run.

Notebooks are committed executed, so that they can be read without running them and so that the
checks can compare. A diff of one must show what changed in the course and nothing else: `make
notebooks` after any change, and two runs write the same bytes.
"""

import hashlib
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"
SECONDS_FOR_A_CELL = 120


def main() -> int:
    """Execute and rewrite all notebooks; return 1 at the first one that stops with an error."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        try:
            execute(notebook)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            print(f"{path.name} stopped and was left as it was: {reason(notebook, error)}", file=sys.stderr)
            return 1
        normalise(notebook)
        nbformat.write(notebook, path)
        print(f"{path.name}: {len(notebook.cells)} cells")
    return 0


def execute(notebook: NotebookNode) -> None:
    """Run the cells top to bottom in a fresh kernel, in the folder in which students run them."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
    run(notebook)


def run(notebook: NotebookNode) -> None:
    """Run the cells, whatever they show already."""
    with TemporaryDirectory() as folder:
        NotebookClient(
            notebook,
            timeout=SECONDS_FOR_A_CELL,
            kernel_name=KERNELSPEC["name"],
            coalesce_streams=True,
            record_timing=False,
            config=Config(KernelManager=listening(folder)),
            resources={"metadata": {"path": str(NOTEBOOKS)}},
        ).execute()


def listening(folder: str) -> dict[str, str]:
    """Let the kernel listen on sockets in a folder.

    Otherwise free ports are chosen for it, which it takes a second later: by then a lab may have one.
    """
    if os.name == "nt":
        return {"transport_encryption": "auto"}  # else the kernel warns on stderr
    return {"transport": "ipc", "connection_file": f"{folder}/kernel.json"}


def reason(notebook: NotebookNode, error: Exception) -> str:
    """Say which cell stopped and why; the last cell with an execution count is the one."""
    count = max((cell.get("execution_count") or 0 for cell in notebook.cells), default=0)
    if isinstance(error, CellExecutionError):
        return f"cell [{count}] raised {error.ename}: {error.evalue}"
    return f"after cell [{count}], {error}"


def normalise(notebook: NotebookNode) -> None:
    """Keep what a reader sees and drop what depends on the run, the machine or the editor."""
    notebook.metadata = NotebookNode(kernelspec=KERNELSPEC, language_info={"name": "python"})
    notebook.nbformat_minor = 5
    seen: set[str] = set()
    for cell in notebook.cells:
        cell.id = stable_id(cell.source, seen)
        cell.metadata = NotebookNode({key: value for key, value in cell.metadata.items() if key == "tags"})
        if cell.cell_type == "code":
            cell.outputs = [output for output in map(normal_output, cell.outputs) if output]


def stable_id(source: str, seen: set[str]) -> str:
    """Name a cell after its source, so that an edit changes one id and not all those below it."""
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    number = next(n for n in range(1, len(seen) + 2) if f"{digest}-{n}" not in seen)
    seen.add(f"{digest}-{number}")
    return f"{digest}-{number}"


def normal_output(output: NotebookNode) -> NotebookNode | None:
    """Return the output without traceback paths and live widgets, or None if nothing is left."""
    if output.output_type == "error":
        output.traceback = [f"{output.ename}: {output.evalue}"]
    elif "data" in output:
        output.data.pop(WIDGET, None)
        return output if output.data else None
    return output


if __name__ == "__main__":
    sys.exit(main())
