"""`labkit open`: a real JupyterLab on unpacked notebooks, as somebody has it who installed the lab."""

import asyncio
import json
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cli.calling import labkit
from cli.running import KERNELS, Running, running
from tornado.websocket import websocket_connect

# Stands for a browser: notes what it is asked to open, and the command that others on this machine can read.
BROWSER = "import pathlib, sys; pathlib.Path('opened').write_text(' '.join(sys.argv[1:]))"


@dataclass
class Open:
    """An open JupyterLab: its command, the port that was taken, and the address that it has told."""

    command: Running
    taken: int
    address: str

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.address).query)["token"][0]

    def ask(self, path: str, *, token: str | None = None, said: bytes | None = None) -> bytes:
        """The answer to a request; raises HTTPError where it is refused."""
        url = f"http://{urlsplit(self.address).netloc}/anna/{path}"
        headers = {"Authorization": f"token {self.token if token is None else token}"}
        request = urllib.request.Request(url, data=said, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    folder = tmp_path_factory.mktemp("open")
    (folder / "browser.py").write_text(BROWSER)
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = occupied.getsockname()[1]
        with running(
            folder,
            *("open", "my-lab", "--port", str(port), "--", "--ServerApp.base_url=/anna/"),
            BROWSER=f"{sys.executable} browser.py %s",
        ) as command:
            address = command.wait_for(r"http://\S+")[0]
            command.wait_for("Stop it with Ctrl-C")
            _until(lambda: list(command.runtime.glob("jpserver-*.json")))
            yield Open(command, port, address)
            assert command.press_ctrl_c() == 0
    assert "Traceback" not in command.said


def _until(there: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_first_notebook_is_shown_to_who_has_the_token(opened: Open) -> None:
    assert urlsplit(opened.address).path == "/anna/lab/tree/00-welcome.ipynb"
    assert b"jupyter-config-data" in opened.ask("lab/tree/00-welcome.ipynb")
    there = {entry["name"] for entry in json.loads(opened.ask("api/contents"))["content"]}
    assert {"00-welcome.ipynb", "12-the-real-thing.ipynb", "glossary.md", "pictures"} <= there
    assert there == {path.name for path in (opened.command.folder / "my-lab").iterdir()}


@pytest.mark.parametrize("path", ["api/contents", "api/kernels", "api/terminals"])
def test_who_has_no_token_gets_nothing(opened: Open, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        opened.ask(path, token="guessed")
    refused.value.close()
    assert refused.value.code == 403


def test_it_listens_on_loopback_only_and_a_port_that_is_taken_is_left_alone(opened: Open) -> None:
    (file,) = opened.command.runtime.glob("jpserver-*.json")
    server = json.loads(file.read_text())
    assert server["hostname"] == "127.0.0.1"
    assert server["port"] not in (0, opened.taken)


def test_nothing_is_offered_that_the_lab_has_no_use_for(opened: Open) -> None:
    page = opened.ask("lab").decode()
    config = json.loads(
        page.partition('id="jupyter-config-data" type="application/json">')[2].partition("</script>")[0]
    )
    assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]
    assert not config["extensionManager"]["can_install"]
    assert [path.name for path in opened.command.config.rglob("*.json")] == [KERNELS]


def test_the_browser_gets_the_page_and_its_command_line_no_token(opened: Open) -> None:
    _until((opened.command.folder / "opened").exists)
    command = (opened.command.folder / "opened").read_text()
    assert command.startswith("file://")
    assert opened.token not in command


def test_a_kernel_is_this_python_and_has_the_lab(opened: Open) -> None:
    notebook = {"path": "00-welcome.ipynb", "type": "notebook", "name": "", "kernel": {"name": "python3"}}
    session = json.loads(opened.ask("api/sessions", said=json.dumps(notebook).encode()))
    kernel = session["kernel"]["id"]
    expression = 'sys.executable + " in " + os.getcwd()'  # IPython breaks a long list into lines
    reply = asyncio.run(asyncio.wait_for(_asked(opened, kernel, expression), 120))
    assert reply == repr(f"{sys.executable} in {opened.command.folder / 'my-lab'}")


async def _asked(opened: Open, kernel: str, expression: str) -> str:
    """What a kernel finds, asked as a notebook's page asks it."""
    url = f"ws://{urlsplit(opened.address).netloc}/anna/api/kernels/{kernel}/channels?token={opened.token}"
    header = {"msg_id": "1", "msg_type": "execute_request", "username": "", "session": "1", "version": "5.3"}
    content = {"code": "import os, sys, labkit", "user_expressions": {"it": expression}}
    message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content}
    page = await websocket_connect(url)
    await page.write_message(json.dumps(message))
    while (reply := json.loads(await page.read_message() or "{}"))["msg_type"] != "execute_reply":
        pass
    page.close()
    return str(reply["content"]["user_expressions"]["it"]["data"]["text/plain"])


def test_without_a_desktop_it_tells_the_address_and_ends_cleanly(tmp_path: Path) -> None:
    with running(tmp_path, "open", "--port", "0", "again", "--no-browser") as command:
        command.wait_for(r"http://127\.0\.0\.1:\d+/lab/tree/00-welcome\.ipynb\?token=\w{40,}")
        _until(lambda: list(command.runtime.glob("jpserver-*.json")))
        assert command.press_ctrl_c() == 0
        assert list(command.runtime.glob("jpserver-*")) == []


def test_a_token_of_the_surroundings_holds_and_is_not_told(tmp_path: Path) -> None:
    with running(
        tmp_path, "open", "--port", "0", "again", "--no-browser", JUPYTER_TOKEN="a-secret"
    ) as command:
        command.wait_for(r"http://127\.0\.0\.1:\d+/lab/tree/")
        _until(lambda: list(command.runtime.glob("jpserver-*.json")))
        assert "a-secret" not in command.said
        assert json.loads(next(command.runtime.glob("jpserver-*.json")).read_text())["token"] == "a-secret"


# Bad input


def test_only_the_notebooks_are_put_there_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert labkit("open", "my-lab", "--no-lab") == 0
    assert labkit("open", "my-lab", "--no-lab") == 0
    first, again = capsys.readouterr().out.splitlines()
    assert first.endswith(" files of the course are new in my-lab.")
    assert again == "The notebooks are in my-lab."
    assert Path("my-lab", "00-welcome.ipynb").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["a-file"], 1, "a-file is a file, and the notebooks need a folder. Choose another name"),
        (["a-file/within"], 1, "a-file is a file"),
        (["my-lab", "--port", "70000"], 2, "70000 is not in the range 0<=x<=65535"),
        (["my-lab", "--port", "http"], 2, "'http' is not a valid integer"),
        (["my-lab", "--prot", "80"], 2, "No such option"),
    ],
)
def test_what_cannot_be_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a-file").touch()
    assert labkit("open", *arguments) == status
    assert said in capsys.readouterr().err


def test_where_jupyterlab_is_missing_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("JUPYTER_CONFIG_PATH", "JUPYTER_PREFER_ENV_PATH", "PATH"):
        monkeypatch.setenv(name, "")  # so that what the command changes is undone
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", None)
    assert labkit("open", str(tmp_path / "my-lab")) == 1
    assert "What to do says: labkit doctor" in capsys.readouterr().err
