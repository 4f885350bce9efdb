"""Servers for the browser tests: JupyterLab and the dashboard, with folders of their own and nobody's settings."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LABKIT = (sys.executable, "-m", "labkit")
TOKEN = "only-for-this-test"
SECONDS = 180.0  # that a server gets for its start

SETTINGS = {
    # Every cell is put into the page, also those out of sight.
    "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    # Kernels on sockets in a folder. Otherwise the server chooses free ports for a kernel, which takes them
    # a second later: by then another test may have one, and the kernel doesn't start.
    "config/jupyter_config.json": {"KernelManager": {"transport": "ipc"}},
    "config/voila.json": {"KernelManager": {"transport": "ipc"}},
}


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """The address of `labkit open` on copies of the notebooks."""
    copy_without_outputs(folder / "notebooks")
    command = [*LABKIT, "open", str(folder / "notebooks"), "--no-browser", "--port=0"]
    with _running(command, folder) as (process, runtime):
        yield _wait(process, folder, lambda: _written(runtime))


@contextmanager
def home(folder: Path) -> Iterator[str]:
    """The address of a Jupyter whose home is a copy of this folder, as on Binder: with its settings alone."""
    copy_without_outputs(folder / "notebooks")
    own = NOTEBOOKS.parent / ".jupyter"
    settings = {
        f"config/{path.relative_to(own).as_posix()}": json.loads(path.read_text())
        for path in own.rglob("*.json")
    }
    settings["config/jupyter_config.json"] = SETTINGS["config/jupyter_config.json"]
    # `labkit open` leaves it out.
    settings["config/jupyter_server_config.json"] = {
        "ServerApp": {"jpserver_extensions": {"voila.server_extension": True}}
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"),
        *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"),
    ]
    with _running(command, folder, settings) as (process, runtime):
        yield _wait(process, folder, lambda: _written(runtime))


@contextmanager
def dashboard(folder: Path) -> Iterator[str]:
    """The address of `labkit dashboard`, its token included."""
    command = [*LABKIT, "dashboard", "--no-browser", "--port=0"]
    with _running(command, folder) as (process, _):
        yield _wait(process, folder, lambda: re.findall(r"http://\S+", log(folder)))


def log(folder: Path) -> str:
    """What the server has said so far."""
    return (folder / "server.log").read_text()


def copy_without_outputs(folder: Path) -> None:
    """Copy the notebooks; what the browser shows must come from the run, not from the file."""
    folder.mkdir()
    for path in NOTEBOOKS.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / path.name)


def _written(runtime: Path) -> list[str]:
    """The address in the file that JupyterLab writes once it listens."""
    return [str(json.loads(path.read_text())["url"]) for path in runtime.glob("jpserver-*.json")]


def _wait(process: "subprocess.Popen[bytes]", folder: Path, addresses: Callable[[], list[str]]) -> str:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := addresses():
            return found[0]
        time.sleep(0.2)
    pytest.fail("The server did not start:\n" + log(folder)[-2_000:])


@contextmanager
def _running(
    command: list[str], folder: Path, settings: Mapping[str, object] = SETTINGS
) -> "Iterator[tuple[subprocess.Popen[bytes], Path]]":
    for name, content in settings.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    environment = os.environ | {name: str(folder / place) for name, place in places.items()}
    with (
        TemporaryDirectory(prefix="lab-", dir="/tmp") as runtime,  # a socket's path must be short
        (folder / "server.log").open("w") as out,
    ):
        environment |= {"JUPYTER_RUNTIME_DIR": runtime, "JUPYTER_TOKEN": TOKEN, "TMPDIR": runtime}
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            yield process, Path(runtime)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    print(log(folder)[-4_000:])  # pytest shows it where the test failed
