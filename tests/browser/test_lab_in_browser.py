"""What a student does: open a notebook in JupyterLab, run all cells, read the refusal.

Everything below this is tested without a browser. This shows that the parts meet: the server, the
kernel, the lab's own thread inside it and the rendering of a transcript.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import Page, Request, expect, sync_playwright

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOK = "03-open-relay.ipynb"
TOKEN = "only-for-this-test"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"  # tracebacks as well
SECOND = 1_000  # playwright counts in milliseconds
START, RUN = 90 * SECOND, 180 * SECOND


def test_a_student_runs_the_open_relay_notebook_and_reads_the_refusal(
    page: Page, jupyter: str, asked_for: list[str], tmp_path: Path
) -> None:
    page.goto(f"{jupyter}lab/tree/{NOTEBOOK}?token={TOKEN}", timeout=START)
    wait_until_idle(page)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    wait_until_all_cells_ran(page)

    outputs = page.locator(".jp-OutputArea-output")
    refused = outputs.filter(has_text="554 5.7.1").filter(has_text="Relay access denied")
    refused.first.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "refused.png")
    expect(refused.first).to_be_visible()
    expect(page.locator(ERRORS)).to_have_count(0)
    assert {urlsplit(url).hostname for url in asked_for} == {"127.0.0.1"}


def wait_until_idle(page: Page) -> None:
    """Wait for the kernel: JupyterLab drops `Run All Cells` without a word before it is there."""
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=START)


def wait_until_all_cells_ran(page: Page) -> None:
    waiting = page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text="[ ]:")
    running = page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text="[*]:")
    expect(waiting.or_(running)).to_have_count(0, timeout=RUN)
    wait_until_idle(page)


@pytest.fixture
def asked_for() -> list[str]:
    """The addresses of all requests and web sockets that the page opened."""
    return []


@pytest.fixture
def page(chromium: str, asked_for: list[str]) -> Iterator[Page]:
    def note(request: Request) -> None:
        if request.url.startswith(("http:", "https:")):
            asked_for.append(request.url)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1600})
        page.on("request", note)
        page.on("websocket", lambda socket: asked_for.append(socket.url))
        yield page
        browser.close()


@pytest.fixture
def jupyter(tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab of our own, with copies of the notebooks and nobody's settings."""
    copy_without_outputs(tmp_path / "notebooks")
    write_settings(tmp_path)
    with (
        (tmp_path / "jupyter.log").open("w") as log,
        TemporaryDirectory(prefix="lab-", dir="/tmp") as runtime,  # a socket's path must be short
        running_jupyter(tmp_path, Path(runtime), log.fileno()) as process,
    ):
        yield wait_for_address(process, tmp_path, Path(runtime))
    print((tmp_path / "jupyter.log").read_text()[-4_000:])  # pytest shows it where the test failed


def copy_without_outputs(folder: Path) -> None:
    """Copy the notebooks; what the browser shows must come from the run, not from the file."""
    folder.mkdir()
    for path in NOTEBOOKS.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / path.name)


def write_settings(folder: Path) -> None:
    """Put every cell into the page, also those out of sight, and ask no question about news."""
    settings = {
        "config/labconfig/page_config.json": {
            "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}
        },
        "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    }
    for name, content in settings.items():
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content))


@contextmanager
def running_jupyter(folder: Path, runtime: Path, log: int) -> Iterator[subprocess.Popen[bytes]]:
    """JupyterLab, whose kernels listen on sockets in a folder.

    Otherwise the server chooses free ports for a kernel, which takes them a second later: by then
    another test may have one, and the kernel doesn't start.
    """
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    options = ["--ip=127.0.0.1", "--port=0", f"--IdentityProvider.token={TOKEN}"]
    settings = [f"--ServerApp.root_dir={folder / 'notebooks'}", "--KernelManager.transport=ipc"]
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    environment = os.environ | {name: str(folder / place) for name, place in places.items()}
    process = subprocess.Popen([*command, *options, *settings], env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_address(process: subprocess.Popen[bytes], folder: Path, runtime: Path) -> str:
    """Read the address from the file that the server writes once it listens."""
    deadline = time.monotonic() + START / SECOND
    while time.monotonic() < deadline and process.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            return str(json.loads(path.read_text())["url"])
        time.sleep(0.2)
    pytest.fail("JupyterLab did not start:\n" + (folder / "jupyter.log").read_text()[-2_000:])
