"""A JupyterHub for a measurement: started with a folder and ports of its own, and ended with all that it started."""

import asyncio
import os
import secrets
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from processes import GONE, Weight, ended, family, weight_of
from tornado.httpclient import AsyncHTTPClient, HTTPError

from labkit.exercises.task import VARIABLE
from labkit.launch.unpacking import unpack

CONFIG = Path(__file__).with_name("hub_config.py")


@dataclass(frozen=True)
class Hub:
    """A hub that runs: its address, the token that may do everything for a user, and its process."""

    address: str
    token: str
    pid: int

    def of_students(self) -> dict[str, list[psutil.Process]]:
        """The processes of each student, by the seed that the hub gave them: the name."""
        found: dict[str, list[psutil.Process]] = defaultdict(list)
        for process in family(self.pid):
            try:
                name = process.environ().get(VARIABLE, "")
            except GONE:
                continue
            if name:
                found[name].append(process)
        return dict(found)

    def weight_of_students(self) -> Weight:
        return weight_of(process for theirs in self.of_students().values() for process in theirs)

    def weight(self) -> Weight:
        """Of the hub and its proxy alone."""
        theirs = {process.pid for some in self.of_students().values() for process in some}
        return weight_of(process for process in family(self.pid) if process.pid not in theirs)


@contextmanager
def hub(proxy: str, names: Sequence[str]) -> Iterator[Hub]:
    """A hub with a folder of its own, and a home with the notebooks for each name; nothing of it is left behind.

    Its log is shown when something goes wrong meanwhile.
    """
    ports, token = [str(_free_port()) for _ in range(3)], secrets.token_hex(32)
    address = f"http://127.0.0.1:{ports[0]}"
    with TemporaryDirectory(prefix="hub-") as place, (Path(place) / "hub.log").open("w") as log:
        folder = Path(place)
        for name in names:
            unpack(folder / "homes" / name / "notebooks")
        command = [sys.executable, "-m", "jupyterhub", "--config", str(CONFIG)]
        environment = _environment(folder, ports, token, proxy)
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        with ended(process.pid):
            try:
                asyncio.run(_answers(address, process))
                yield Hub(address, token, process.pid)
            except BaseException:
                print((folder / "hub.log").read_text()[-4000:], file=sys.stderr)
                raise


def _environment(folder: Path, ports: Sequence[str], token: str, proxy: str) -> dict[str, str]:
    """What hub_config.py reads; and this Python's programs before any others."""
    return os.environ | {
        "BENCH_FOLDER": str(folder),
        "BENCH_PORTS": " ".join(ports),
        "BENCH_PROXY": proxy,
        "BENCH_TOKEN": token,
        "BENCH_PASSWORD": secrets.token_hex(32),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TMPDIR": str(folder),
    }


async def _answers(address: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the hub does. Raises RuntimeError when it doesn't, within two minutes."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            await AsyncHTTPClient().fetch(f"{address}/hub/api/")
        except (HTTPError, OSError):
            await asyncio.sleep(0.2)
        else:
            return
    raise RuntimeError("The hub did not start.")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
