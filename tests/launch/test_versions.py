"""The lab is written in the Python that its oldest version understands, and its newest doesn't complain of.

The whole suite runs on the Python that `make test` found, and on every other in the workflow of GitHub Actions.
"""

import ast
import subprocess
import sys

import pytest
from launch.checkout import ROOT
from launch.pythons import FOUND, PROJECT, VERSIONS

MODULES = sorted(path for part in ("docker", "labkit", "tests") for path in (ROOT / part).rglob("*.py"))
# -W error: a warning of today is an error of the next version but one.
COMPILE = """
import sys
for path in sys.stdin.read().splitlines():
    with open(path, encoding="utf-8") as file:
        compile(file.read(), path, "exec", dont_inherit=True)
"""


def test_the_oldest_version_is_the_one_that_is_asked_for() -> None:
    assert PROJECT["requires-python"] == ">={}.{}".format(*min(VERSIONS))


def test_versions_are_named_without_a_gap() -> None:
    assert [(3, minor) for minor in range(VERSIONS[0][1], VERSIONS[-1][1] + 1)] == VERSIONS
    assert sys.version_info[:2] in VERSIONS


def test_the_oldest_version_can_read_every_module() -> None:
    assert [path for path in MODULES if not _is_read(path.read_text(encoding="utf-8"))] == []


def test_what_is_too_new_is_noticed() -> None:
    assert not _is_read("type Verdicts = list[str]")  # needs 3.12
    assert _is_read("Verdicts = list[str]")


def _is_read(source: str) -> bool:
    try:
        ast.parse(source, feature_version=min(VERSIONS))
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("python", [path for path in FOUND.values() if path])
def test_each_version_compiles_every_module_without_a_warning(python: str) -> None:
    done = subprocess.run(
        [python, "-W", "error", "-I", "-c", COMPILE],
        input="\n".join(map(str, MODULES)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0
