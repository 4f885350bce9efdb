"""The lab without a checkout: the wheel in an empty environment, with the packages of the lock and no others."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from launch import checkout
from launch.building import build, environment, run

# A kernel listens on sockets in a folder where there are such; see tests/notebooks/execute.py.
EXECUTE = """
import sys, nbformat
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import execute
execute.NOTEBOOKS = Path.cwd()
notebook = nbformat.read("00-welcome.ipynb", as_version=4)
execute.execute(notebook)
execute.normalise(notebook)
nbformat.write(notebook, "again.ipynb")
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the lab in it: made once."""
    folder = tmp_path_factory.mktemp("installed")
    wheel = build(checkout.copy(folder / "sources"), folder / "built", "wheel")
    return environment(folder / "environment", wheel)


@pytest.fixture(scope="module")
def notebooks(python: Path) -> Path:
    """The folder with the notebooks that were installed."""
    show = "from labkit.launch.material import notebooks; print(notebooks())"
    return Path(run([str(python), "-c", show], python.parent).strip())


def test_the_lab_is_imported_from_there(python: Path, tmp_path: Path) -> None:
    where = run([str(python), "-c", "import labkit; print(labkit.__file__)"], tmp_path)
    assert Path(where.strip()).is_relative_to(python.parent.parent)
    run([sys.executable, "-m", "uv", "pip", "check", "--python", str(python)], tmp_path)


def test_the_demo_plays(python: Path, tmp_path: Path) -> None:
    said = run([str(python.with_name("labkit")), "demo", "--letters", "5"], tmp_path)
    assert "554 5.7.1" in said


def test_its_notebooks_are_those_of_the_checkout(python: Path, notebooks: Path) -> None:
    assert notebooks.is_relative_to(python.parent.parent)
    names = sorted(path.relative_to(notebooks).as_posix() for path in notebooks.rglob("*") if path.is_file())
    assert [f"notebooks/{name}" for name in names] == [
        name for name in checkout.files() if name.startswith("notebooks/")
    ]


def test_a_notebook_runs_and_shows_what_the_committed_one_shows(
    python: Path, notebooks: Path, tmp_path: Path
) -> None:
    committed = notebooks / "00-welcome.ipynb"
    shutil.copy(committed, tmp_path)
    tools = str(checkout.ROOT / "tests" / "notebooks")
    run([str(python), "-c", EXECUTE, tools], tmp_path, 300, IPYTHONDIR=str(tmp_path / "ipython"))
    assert shown(tmp_path / "again.ipynb") == shown(committed)


def shown(path: Path) -> list[Any]:
    """What the cells show."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", [])]


@pytest.fixture
def dashboard(python: Path, tmp_path: Path) -> Iterator[str]:
    """The address of `labkit dashboard`."""
    command = [str(python.with_name("labkit")), "dashboard", "--no-browser", "--port", "0"]
    places = {"JUPYTER_CONFIG_DIR": str(tmp_path), "IPYTHONDIR": str(tmp_path / "ipython")}
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=checkout.surroundings(**places),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout
            said = next(line for line in process.stdout if "http://" in line)
            yield re.findall(r"http://\S+", said)[0]
        finally:
            process.terminate()


def test_the_dashboard_finds_its_page(dashboard: str) -> None:
    with urllib.request.urlopen(dashboard, timeout=120) as page:
        assert page.status == 200
        assert "application/vnd.jupyter.widget-view+json" in page.read().decode()  # the panel
