"""A command that goes on until it is stopped, run as a terminal runs it: in a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

KERNELS = "jupyter_config.json"
SECONDS = 180.0  # that a command gets for what is waited for


@dataclass
class Running:
    """A command that runs; ``folder`` is where it was started, ``config`` where a user's settings are."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    config: Path
    runtime: Path

    @property
    def said(self) -> str:
        """What it has said so far, on both channels."""
        return (self.folder / "said.log").read_text("utf-8")

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until it says something that fits."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.said):
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        pytest.fail(f"It never said {pattern!r}:\n{self.said[-2_000:]}")

    def press_ctrl_c(self) -> int:
        """The exit status with which it ends then."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(SECONDS)


@contextmanager
def running(folder: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """Run ``labkit`` in a folder, with nobody's settings; it is ended when the block is left."""
    config = folder / "jupyter_config_dir"
    config.mkdir(parents=True)
    # Kernels on sockets in a folder, as in tests/browser/serving.py: a free port may be taken a second later.
    (config / KERNELS).write_text(json.dumps({"KernelManager": {"transport": "ipc"}}))
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
    surroundings = os.environ | {name: str(folder / name.lower()) for name in places}
    command = [sys.executable, "-m", "labkit", *arguments]
    with (
        TemporaryDirectory(prefix="lab-", dir="/tmp") as runtime,  # a socket's path must be short
        (folder / "said.log").open("wb") as log,
    ):
        surroundings |= {"JUPYTER_RUNTIME_DIR": runtime, "PYTHONUNBUFFERED": "1"} | environment
        process = subprocess.Popen(
            command, cwd=folder, env=surroundings, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            yield Running(process, folder, config, Path(runtime))
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
