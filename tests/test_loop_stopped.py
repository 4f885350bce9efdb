"""Ctrl-C, the notebook's stop button, and a machine without files, each in a process of its own."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel

import labkit

ROOT = Path(labkit.__file__).parents[1]


def _script(text: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", text],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


CTRL_C = """
import asyncio, threading
from labkit.errors import Interrupted
from labkit.loop import LoopThread

thread = LoopThread()

async def for_ever():
    print("working", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        print("the work hangs up", flush=True)
        {farewell}

async def seven():
    return 7

try:
    thread.call(for_ever(), waiting_for="500 letters to be sent")
except Interrupted as interrupted:
    print(interrupted)
print(thread.call(seven(), waiting_for="seven"))
thread.close()
print(thread.problems, threading.active_count())
"""
INTERRUPTED = """\
You stopped the lab while it was waiting for 500 letters to be sent. \
What was sent until then is recorded, and the lab goes on.
7
[] 1
"""


def test_ctrl_c_cancels_the_work_says_so_and_the_lab_goes_on() -> None:
    with _script(CTRL_C.format(farewell="")) as script:
        assert script.stdout
        assert script.stdout.readline() == "working\n"
        script.send_signal(signal.SIGINT)
        assert script.communicate() == ("the work hangs up\n" + INTERRUPTED, "")


def test_a_second_ctrl_c_ends_even_a_farewell_that_takes_its_time() -> None:
    with _script(CTRL_C.format(farewell="await asyncio.Event().wait()")) as script:
        assert script.stdout
        for line in ("working\n", "the work hangs up\n"):
            assert script.stdout.readline() == line
            script.send_signal(signal.SIGINT)
        assert script.communicate() == (INTERRUPTED, "")


NO_FILES = """
import resource
from labkit import Lab
from labkit.errors import MachineError

Lab().workstation.send()  # loads what is loaded late
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
for files in range(3, 60):
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    try:
        Lab().close()
    except MachineError as error:
        said = str(error)
    else:
        break
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
print(said)
print(Lab().workstation.send().delivered)
"""


if sys.platform != "win32":

    def test_a_lab_that_finds_too_few_files_says_so_at_each_step_of_its_start() -> None:
        with _script(NO_FILES) as script:
            assert script.communicate() == (
                "This machine allows this program no more open files, and each connection is one. "
                "Close other notebooks, or raise the limit (ulimit -n), and try again.\n1\n",
                "",
            )


STOPPED_CELL = """
import asyncio
from labkit import Lab
lab = Lab()
news = iter(["waiting"])
lab.wait_for(asyncio.sleep(3600), "a letter to be sent", tick=lambda: print(*news, end="", flush=True))
"""


def test_the_stop_button_of_a_notebook_stops_the_call_and_the_lab_goes_on() -> None:
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(ROOT))
    shown: list[dict[str, Any]] = []

    def show(message: dict[str, Any]) -> None:
        shown.append(message["content"])
        if message["msg_type"] == "stream":
            manager.interrupt_kernel()

    try:
        stopped = client.execute_interactive(STOPPED_CELL, output_hook=show, timeout=60)
        client.execute_interactive("lab.workstation.send().delivered", output_hook=show, timeout=60)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
    assert stopped["content"]["traceback"] == [
        "Interrupted: You stopped the lab while it was waiting for a letter to be sent. "
        "What was sent until then is recorded, and the lab goes on."
    ]
    assert shown[-2]["data"] == {"text/plain": "1"}
