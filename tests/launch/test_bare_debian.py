"""A clean copy of the checkout on a Debian that has nothing, and the README's two commands in it.

`make lab` is what a student does, whole. `make test` runs all that it runs, but pytest only a small part of the
tests: the whole is run on such a machine by .ci/run, in the containers of the workflow of GitHub Actions.
"""

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from launch import bare, checkout

MINUTES = 20  # that either command gets at most; on a machine that does nothing else each needs two
FIRST = "00-welcome.ipynb"
PART = f"-k 'test_lab.py or test_smtplib.py or {FIRST}'"


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The root of a bare Debian, with the checkout in /lab."""
    root = tmp_path_factory.mktemp("debian") / "root"
    bare.make(root)
    checkout.copy(root / "lab")
    yield root
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def address(debian: Path) -> Iterator[str]:
    """Where the page is that `make lab` serves, in its own words."""
    told = debian / "lab.log"
    with (
        told.open("w") as log,
        subprocess.Popen(bare.inside(debian, ["make", "lab"]), stdout=log, stderr=log) as lab,
    ):
        try:
            deadline = time.monotonic() + MINUTES * 60
            while not (found := re.findall(r"http://\S+(?=\s)", told.read_text())):
                assert lab.poll() is None, told.read_text()
                assert time.monotonic() < deadline, told.read_text()
                time.sleep(0.5)
            yield found[0]
        finally:
            lab.kill()  # what runs inside ends with it


def ask(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert answer.status == 200
        return bytes(answer.read())


def test_make_lab_answers_with_the_first_notebook(address: str) -> None:
    place = urlsplit(address)
    assert place.hostname == "127.0.0.1"
    assert place.path == f"/lab/tree/{FIRST}"
    assert b"jupyter-config-data" in ask(address)

    served = json.loads(ask(f"http://{place.netloc}/api/contents/{FIRST}?{place.query}"))["content"]
    committed = json.loads((checkout.ROOT / "notebooks" / FIRST).read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in committed["cells"]]
    assert [cell["source"] for cell in served["cells"]] == sources


def test_make_test_passes(debian: Path) -> None:
    command = bare.inside(debian, ["make", "test"], PYTEST_ADDOPTS=PART)
    done = subprocess.run(command, capture_output=True, text=True, timeout=MINUTES * 60, check=False)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    assert "left out, because swaks is not installed" in done.stdout  # as it is a bare one
    assert len(re.findall(r"=+ [1-9]\d* passed", done.stdout)) == 2  # the tests, and the notebook
