"""Kill the process at any moment: every message that got its 250 is delivered or bounced."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

LAB = Path(__file__).with_name("spooled_lab.py")
ROUNDS = 10
LONGEST = 0.6  # seconds from the first promise to the kill


def start(folder: Path, what: str) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, LAB, folder / "queue.db", folder / "diary", what], env=environment
    )


def lines(folder: Path) -> list[list[str]]:
    diary = folder / "diary"
    return [line.split() for line in diary.read_text().splitlines()] if diary.exists() else []


def promises(folder: Path) -> list[tuple[str, str]]:
    """The nonce of each letter and the recipient for whom the client saw a 250."""
    return [
        (line[1], path.strip("<>")) for line in lines(folder) if line[0] == "promised" for path in line[2:]
    ]


def kill_while_sending(folder: Path, seconds: float) -> None:
    before = len(promises(folder))
    lab = start(folder, "send")
    while len(promises(folder)) == before:
        assert lab.poll() is None
        time.sleep(0.01)
    time.sleep(seconds)
    lab.kill()
    lab.wait()


def test_no_promise_is_broken_whenever_the_process_is_killed(tmp_path: Path) -> None:
    moments = random.Random(3)
    for _ in range(ROUNDS):
        kill_while_sending(tmp_path, moments.uniform(0, LONGEST))
    assert start(tmp_path, "finish").wait() == 0
    diary = lines(tmp_path)

    arrived = Counter(
        (nonce, address) for what, nonce, address in (line for line in diary if line[0] == "delivered")
    )
    told = Counter(line[1] for line in diary if line[0] == "told")
    lost = [
        (nonce, address)
        for nonce, address in promises(tmp_path)
        if not (told[nonce] if address.startswith("nobody@") else arrived[nonce, address])
    ]
    assert lost == []

    accepted, delivered, bounced, queued, in_doubt = map(int, diary[-1][1:])
    assert accepted == delivered + bounced
    assert queued == 0
    twice = sum(count - 1 for count in (*arrived.values(), *told.values()))
    assert twice <= in_doubt
