"""Errors for a beginner: whose fault it was, and one line instead of a traceback."""

import errno
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import labkit
from labkit import errors
from labkit.errors import LabError, MachineError

TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
ROOT = Path(labkit.__file__).parents[1]


def test_whatever_the_lab_raises_on_purpose_can_be_caught_by_one_name() -> None:
    assert all(issubclass(kind, LabError) for kind in TREE)
    assert len(TREE) < 10


@pytest.mark.parametrize("kind", TREE)
def test_every_error_says_whose_fault_it_was(kind: type[LabError]) -> None:
    assert kind.__doc__
    assert str(kind("The relay hung up.")) == "The relay hung up."


def test_a_value_that_cant_be_is_a_value_error_for_those_who_look_for_one() -> None:
    assert issubclass(errors.PolicyError, errors.UsageError)
    assert issubclass(errors.UsageError, ValueError)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EMFILE, "raise the limit (ulimit -n)"),
        (errno.ENFILE, "Close other programs"),
        (errno.EADDRINUSE, "Wait a minute"),
        (errno.ENOBUFS, "no memory left"),
        (errno.ENOMEM, "no memory left"),
        (errno.EACCES, "gives the lab no connection: Permission denied."),
    ],
)
def test_a_limit_of_the_machine_comes_with_what_to_do(number: int, said: str) -> None:
    text = str(MachineError.behind(PermissionError(number, "Permission denied")))
    assert said in text
    assert text.endswith(".")


IPYTHON = """
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"}))
shell.run_cell('''
from labkit.errors import PeerError, UsageError

def ask():
    try:
        {}["mx1"]
    except KeyError as error:
        raise PeerError("mx1 hung up (session 3).") from error

ask()
''')
shell.run_cell("from labkit import Policy; Policy(mynetworks='everybody')")
"""


def test_ipython_shows_one_line_and_no_traceback(tmp_path: Path) -> None:
    script = subprocess.run(
        [sys.executable, "-W", "error", "-c", IPYTHON],
        cwd=ROOT, env=os.environ | {"IPYTHONDIR": str(tmp_path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert script.stderr == ""
    first, second = script.stdout.splitlines()
    assert first == "PeerError: mx1 hung up (session 3)."
    assert second.startswith("PolicyError: ")
    assert "everybody" in second
