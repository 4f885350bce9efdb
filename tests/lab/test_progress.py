"""The progress bar: only for long calls, only on a terminal or as a widget, and gone at the end."""

import os
import pty
import subprocess
import sys
import termios

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from labkit.lab import progress

ATTACK = "from labkit.lab import Lab, progress; progress.PATIENCE = {patience}; lab = Lab(); lab.attacker.spam(1000); lab.close()"


def test_a_short_call_shows_none(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress(10, "letters") as show:
        show(5)
    assert capsys.readouterr() == ("", "")


def test_a_call_within_another_has_no_bar_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(progress, "PATIENCE", -1)
    monkeypatch.setattr(progress, "_bar", lambda total, label: begun.append(label))
    with progress.progress(2, "cells") as outer, progress.progress(10, "letters") as inner:
        inner(5)
        outer(1)
    with progress.progress(10, "letters again") as alone:
        alone(1)
    assert begun[0] == "cells"
    assert "letters" not in begun
    assert "letters again" in begun


def test_without_a_terminal_nothing_is_written_on_stderr() -> None:
    program = ATTACK.format(patience=0)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=120, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_a_notebook_shows_a_widget_and_no_text() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ATTACK.format(patience=0))])
    # Otherwise the kernel warns on stderr that its own connection isn't encrypted.
    config = Config(KernelManager={"transport_encryption": "auto"})
    NotebookClient(notebook, timeout=120, kernel_name="python3", config=config).execute()
    shown = [list(output.get("data", output)) for output in notebook.cells[0].outputs]
    assert shown == [[progress.WIDGET_VIEW]]


def test_a_terminal_shows_a_bar_and_wipes_it() -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    program = ATTACK.format(patience=0)
    process = subprocess.Popen([sys.executable, "-c", program], stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 4096):
            seen += piece
    except OSError:  # how Linux says that the other end of a terminal is closed
        pass
    assert process.wait(60) == 0
    assert b"letters:" in seen
    assert seen.endswith(b"\r")
