"""pyproject.toml, the locks, the constraints and environment.yml say the same. `make lock` brings them together."""

from itertools import pairwise

import pytest
from launch.pins import (
    CONSTRAINTS,
    DEV_LOCK,
    EXTRAS,
    LOCK,
    PROJECT,
    conda_lines,
    lines,
    pinned,
    pins,
    pip_lines,
)
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

NAMED = [*((LOCK, one) for one in PROJECT["dependencies"]), *((LOCK, one) for one in EXTRAS["build"])]
NAMED += [(DEV_LOCK, one) for one in EXTRAS["dev"]]


@pytest.mark.parametrize(("lock", "named"), NAMED)
def test_what_the_project_asks_for_is_pinned_within_what_it_knows(lock: str, named: str) -> None:
    requirement = Requirement(named)
    versions = pinned(requirement, pins(lock))
    assert versions
    assert [one for one in versions if not requirement.specifier.contains(one, prereleases=True)] == []


def test_the_constraints_are_the_lock_without_hashes() -> None:
    assert lines(CONSTRAINTS) == [line.removesuffix(" \\") for line in lines(LOCK) if "==" in line]
    assert pins(CONSTRAINTS) == pins(LOCK)


def test_the_checks_run_with_the_versions_that_the_lab_runs_with() -> None:
    lab, checks = pins(LOCK), pins(DEV_LOCK)
    assert {name for name, _ in lab} <= {name for name, _ in checks}
    other = {(key, version) for key, version in lab.items() if key in checks and checks[key] != version}
    assert other == set()


@pytest.mark.parametrize("lock", [LOCK, DEV_LOCK])
def test_a_lock_is_as_make_lock_writes_it(lock: str) -> None:
    written = lines(lock)
    assert written[1] == "#    make lock"
    hashed = [line for line, after in pairwise(written) if "==" in line and "--hash=" in after]
    assert len(hashed) == len(pins(lock))


def test_environment_yml_has_a_python_for_which_the_lab_is_made() -> None:
    python, pip = conda_lines()
    assert pip == "pip"
    name, version = python.split("=")
    assert name == "python"
    assert version in SpecifierSet(PROJECT["requires-python"])
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]


def test_environment_yml_installs_this_folder_with_the_pins() -> None:
    assert pip_lines() == [f"-c {CONSTRAINTS}", "-e ."]
