"""`labkit doctor` in a terminal, and what sends people to it."""

import subprocess
import sys

import pytest
from cli.calling import labkit


def test_it_says_what_it_saw_of_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert labkit("doctor") == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    rows = shown.out.splitlines()
    assert rows[0].startswith("fine  Python       3.")
    assert {row[:4] for row in rows[:-2]} <= {"fine", "note", "    "}
    assert rows[-1].startswith("The lab works on this machine.")


def test_where_a_package_is_missing_a_command_says_who_knows_more() -> None:
    code = "import sys; sys.modules['aiosmtpd'] = None; from labkit.cli import main; main(['demo'])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        "The package aiosmtpd is missing in this Python, and the lab needs it. What to do says: labkit doctor\n"
    )
