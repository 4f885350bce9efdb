"""What is pasted into a terminal needs the programs that it names; and no command here is seen by anybody."""

import pytest
from cli.pasting import MISSING

collect_ignore = ["test_serve_pasted.py"] if MISSING else []


@pytest.fixture(autouse=True)
def no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pytest's plugins pass for a notebook, where a bar is shown after some seconds."""
    monkeypatch.setattr("labkit.lab.progress.PATIENCE", 600)
