"""The names that `from labkit import ...` offers, each loaded when somebody asks for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import labkit


@pytest.mark.parametrize("name", labkit.__all__)
def test_each_name_is_there_and_offered(name: str) -> None:
    assert getattr(labkit, name) is not None
    assert name in dir(labkit)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="module 'labkit' has no attribute 'Lba'"):
        labkit.Lba  # noqa: B018


def test_an_old_python_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    with pytest.raises(
        labkit.LabError, match=r"^The lab needs Python 3\.11 or newer, and this is Python 3\.10\."
    ):
        labkit.Lab  # noqa: B018


def test_the_command_line_starts_without_loading_the_lab() -> None:
    code = "import sys, labkit.cli; sys.exit('aiosmtpd' in sys.modules or 'labkit.lab' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_a_bare_python_is_told_what_to_do() -> None:
    root = Path(labkit.__file__).parents[1]
    bare = [sys.executable, "-S", "-m", "labkit", "doctor"]  # -S: without the packages that are installed
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        bare, cwd=root, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("This Python lacks what the lab needs: click is missing.")
    assert "make lab" in done.stderr
