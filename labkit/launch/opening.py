"""``labkit open``: the notebooks in a folder of the student's own, and JupyterLab on the first of them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from labkit.launch import jupyter
from labkit.launch.material import is_checkout, notebooks
from labkit.launch.unpacking import unpack

FOLDER = "smtp-relay-lab"
READY = "The notebooks are in {folder}."


def open_lab(
    say: Callable[[str], object],
    folder: Path | None = None,
    port: int = jupyter.PORT,
    *,
    instructor: bool = False,
    lab: bool = True,
    browser: bool = True,
    options: Sequence[str] = (),
) -> None:
    """Put what is missing of the course into ``folder``, and run JupyterLab there, unless ``lab`` is False.

    Without a folder a checkout's notebooks are opened where they are. The rest, and what is raised, is as
    in ``unpacking.unpack`` and ``jupyter.run``.
    """
    if folder is None:
        folder = notebooks() if is_checkout() else Path(FOLDER)
    unpacked = unpack(folder, instructor=instructor)
    say(str(unpacked) or READY.format(folder=folder))
    if lab:
        jupyter.run(say, folder, port, browser=browser, options=options)
