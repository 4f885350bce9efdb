"""JupyterLab on a folder with notebooks: on loopback, behind a token, with nothing in it that the lab lacks.

How it is set up stands in the files beside this module. They are found before the settings of the machine
and of the user, nothing of whom is changed; what is given as options of JupyterLab's comes before all.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from labkit.errors import MachineError
from labkit.launch.browser import has_desktop

PORT = 8888
# In these files: JupyterLab would ask every student whether it may fetch news; Voilà, nbgrader and notebook,
# where they are installed, would put menus and buttons of their own there.
SETTINGS = Path(__file__).parent / "jupyterlab"
RUNNING = "JupyterLab is open at\n\n    {address}\n\nStop it with Ctrl-C in this window."
MISSING = "JupyterLab can't be started with this Python: {name} is missing.\nWhat to do says: labkit doctor"


def run(
    say: Callable[[str], object],
    folder: Path,
    port: int = PORT,
    *,
    browser: bool = True,
    options: Sequence[str] = (),
) -> None:
    """Run JupyterLab on ``folder`` until Ctrl-C, on the first free port from ``port`` on, or any for 0.

    ``say`` is told the address; ``options`` are JupyterLab's own. Raises MachineError where JupyterLab is
    missing, and SystemExit, once it has said why, where it finds no port or has an option that can't be.
    """
    os.environ.update(_environment())
    server = _server([*_options(folder, port, browser=browser and has_desktop()), *options])
    address = server.local_url
    server.identity_provider.token_generated = False  # else Jupyter says the address in many more words
    signal.signal(signal.SIGINT, _end_of(server))
    say(RUNNING.format(address=address))
    server.start()


def _server(arguments: list[str]) -> Any:
    try:
        app = import_module("jupyterlab.labapp")
    except ModuleNotFoundError as error:
        raise MachineError(MISSING.format(name=error.name)) from error
    return app.LabApp.initialize_server(arguments)


def _end_of(server: Any) -> Callable[..., None]:
    """Ends the server cleanly, where its own way would ask back; a second Ctrl-C ends it at once."""

    def end(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        server.stop(from_signal=True)

    return end


def _options(folder: Path, port: int, *, browser: bool) -> list[str]:
    options = [f"--ServerApp.root_dir={folder.resolve()}", f"--ServerApp.port={port}"]
    if not browser:
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # as in a container: the lab needs no rights, and takes none
    return options


def _environment() -> dict[str, str]:
    """What the server and its kernels find: the lab's settings, and this Python before any other."""
    return {
        "JUPYTER_CONFIG_PATH": _first(str(SETTINGS), "JUPYTER_CONFIG_PATH"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PATH": _first(str(Path(sys.executable).parent), "PATH"),
    }


def _first(place: str, variable: str) -> str:
    return os.pathsep.join(filter(None, [place, os.environ.get(variable)]))
