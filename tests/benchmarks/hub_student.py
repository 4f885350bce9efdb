"""A student who starts a server, opens notebooks and runs their cells, through the calls a browser makes."""

import json
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

PATIENCE = 300.0  # seconds for any one answer
WIDEST = 64 * 2**20  # octets of a message from a kernel


@dataclass
class Times:
    """Seconds on the clock on the wall, from the moment in which the student asks for a server."""

    began: float = field(default_factory=time.perf_counter)
    ready: float = 0.0  # the server answers
    first: float = 0.0  # the first cell's result is there
    whole: float = 0.0  # the last cell's

    def now(self) -> float:
        return time.perf_counter() - self.began


class Student:
    """One user of a hub. ``address`` is the hub's, without a slash at its end."""

    def __init__(self, address: str, token: str, name: str) -> None:
        self._address, self.name = address, name
        self._headers = {"Authorization": f"token {token}"}
        self._server = f"{address}/user/{name}"
        self.times = Times()

    async def start(self) -> None:
        """Ask the hub for a server, wait until it answers, and load the page it opens on."""
        user = f"{self._address}/hub/api/users/{self.name}"
        await self._ask("POST", user)
        self.times = Times()
        await self._ask("POST", f"{user}/server")
        told = await self._ask("GET", f"{user}/server/progress")
        last = json.loads(told.decode().strip().rpartition("data:")[2])
        if not last.get("ready"):
            raise RuntimeError(f"The server of {self.name} did not start: {last}")
        self.times.ready = self.times.now()
        await self._ask("GET", f"{self._server}/lab")

    async def stop(self) -> None:
        await self._ask("DELETE", f"{self._address}/hub/api/users/{self.name}/server")

    async def run(self, notebook: Path) -> None:
        """Open a notebook with a kernel of its own, and run all its code cells; the kernel stays.

        Raises RuntimeError when a cell ends with an error that the notebook doesn't announce.
        """
        where = f"notebooks/{notebook.name}"
        await self._ask("GET", f"{self._server}/api/contents/{where}?content=1")
        wanted = {"path": where, "type": "notebook", "name": notebook.name, "kernel": {"name": "python3"}}
        session = json.loads(await self._ask("POST", f"{self._server}/api/sessions", wanted))
        channels = f"{self._server}/api/kernels/{session['kernel']['id']}/channels"
        request = HTTPRequest(channels.replace("http", "ws", 1), headers=self._headers)
        kernel = await websocket_connect(request, max_message_size=WIDEST)
        try:
            await self._run_cells(kernel, notebook)
        finally:
            kernel.close()

    async def _run_cells(self, kernel: WebSocketClientConnection, notebook: Path) -> None:
        for cell in nbformat.read(notebook, as_version=4).cells:
            if cell.cell_type != "code":
                continue
            problem = await _executed(kernel, cell.source)
            if problem and "raises-exception" not in cell.metadata.get("tags", ()):
                raise RuntimeError(f"{self.name}, {notebook.name}: {problem}\n{cell.source}")
            self.times.first = self.times.first or self.times.now()
        self.times.whole = self.times.now()

    async def _ask(self, method: str, address: str, content: dict[str, Any] | None = None) -> bytes:
        body = json.dumps(content or {}) if method == "POST" else None
        request = HTTPRequest(
            address, method, self._headers, body, request_timeout=PATIENCE, connect_timeout=PATIENCE
        )
        return (await AsyncHTTPClient().fetch(request)).body


async def _executed(kernel: WebSocketClientConnection, code: str) -> str:
    """Run a cell; give its error, or "" when it has none."""
    number, problem, open_ends = uuid.uuid4().hex, "", {"execute_reply", "idle"}
    content = {
        "code": code,
        "silent": False,
        "store_history": True,
        "allow_stdin": False,
        "stop_on_error": True,
    }
    header = {
        "msg_id": number,
        "msg_type": "execute_request",
        "session": number,
        "username": "",
        "version": "5.3",
    }
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    await kernel.write_message(json.dumps(message))
    while open_ends:
        text = await kernel.read_message()
        if text is None:
            raise RuntimeError("The kernel hung up.")
        answer = json.loads(text)
        if answer["parent_header"].get("msg_id") != number:
            continue
        if answer["msg_type"] == "error":
            problem = f"{answer['content']['ename']}: {answer['content']['evalue']}"
        open_ends -= {answer["msg_type"], answer["content"].get("execution_state")}
    return problem
