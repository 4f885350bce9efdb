"""What the notebooks give for a real server is main.cf: Postfix reads it, and has nothing to say."""

import subprocess
from pathlib import Path

import nbformat
import pytest
from notebooks.conftest import NOTEBOOKS
from notebooks.test_real_server import main_cf

PATHS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_postconf_reads_what_a_notebook_gives_for_a_real_server(path: Path, tmp_path: Path) -> None:
    for block in main_cf(nbformat.read(path, as_version=4)):
        (tmp_path / "main.cf").write_text(f"compatibility_level = 3.6\n{block}")
        (tmp_path / "master.cf").write_text("smtp inet n - n - - smtpd\n")
        command = ["postconf", "-c", str(tmp_path), "-n"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        assert done.stderr == ""
