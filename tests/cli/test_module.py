"""`python -m labkit`: the command line where its program isn't found, as on a machine with another PATH."""

import os
import subprocess
import sys


def test_it_is_the_same_command_line() -> None:
    command = [sys.executable, "-m", "labkit", "export", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: labkit export [OPTIONS] FILE")


def test_what_a_terminal_cannot_write_is_no_reason_to_stop() -> None:
    command = [sys.executable, "-m", "labkit", "demo", "--letters", "2"]
    surroundings = os.environ | {"PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, capture_output=True, timeout=120, check=False, env=surroundings)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"attacker [203.0.113.66] ? relay" in done.stdout
