"""The figures that `labkit doctor` judges by are those that the lab needs."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from labkit.launch.doctor.machine import FEWEST_FILES, FILES
from labkit.launch.doctor.python import DISTRIBUTION, OLDEST

KERNEL = 70  # files that a notebook's kernel has open itself
FLOOD = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
from labkit import Lab
with Lab() as lab:
    lab.attacker.flood(count={connections})
    print(lab.attacker.spam(200).delivered)
"""


@pytest.mark.parametrize(("files", "connections"), [(FILES, None), (FEWEST_FILES, 30)])
def test_so_many_files_are_enough(files: int, connections: int | None) -> None:
    code = FLOOD.format(files=files - KERNEL, connections=connections)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout, done.stderr) == ("200\n", "")


def test_the_oldest_python_is_the_project_s() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    major, minor = OLDEST
    assert project["name"] == DISTRIBUTION
    assert project["requires-python"] == f">={major}.{minor}"
    assert f"{major}.{minor - 1}" not in SpecifierSet(project["requires-python"])
