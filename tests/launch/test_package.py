"""What is handed on: a wheel with the notebooks in it, and an sdist that is the checkout."""

import hashlib
from pathlib import Path

import pytest
from launch import checkout
from launch.building import build, names, unpack

# What a student's folder has after a day's work. None of it may reach others.
CLUTTER = [
    "labkit/__pycache__/lab.cpython-311.pyc",
    "notebooks/.ipynb_checkpoints/03-open-relay-checkpoint.ipynb",
    "notebooks/progress.json",
    "notebooks/progress-kept-1.json",
    "notebooks/evidence.json",
    "notebooks/my-queue.db",
    ".venv/bin/python",
    "dist/old.whl",
]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout that somebody has worked in."""
    folder = checkout.copy(tmp_path_factory.mktemp("used") / "lab")
    for name in CLUTTER:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("clutter\n")
    return folder


@pytest.fixture(scope="module")
def wheel(used: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(used, tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.fixture(scope="module")
def sdist(used: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(used, tmp_path_factory.mktemp("sdist"), "sdist")


def test_the_wheel_is_the_package_with_the_notebooks_in_it_and_nothing_else(wheel: Path) -> None:
    package = {name for name in checkout.files() if name.startswith("labkit/")}
    notebooks = {f"labkit/{name}" for name in checkout.files() if name.startswith("notebooks/")}
    assert {name for name in names(wheel) if ".dist-info/" not in name} == package | notebooks
    assert "labkit/notebooks/00-welcome.ipynb" in notebooks


def test_the_sdist_is_the_checkout(sdist: Path) -> None:
    assert names(sdist) == {*checkout.files(), "PKG-INFO"}


def test_the_wheel_is_the_same_when_it_is_built_from_the_sdist(
    wheel: Path, sdist: Path, tmp_path: Path
) -> None:
    again = build(unpack(sdist, tmp_path / "unpacked"), tmp_path / "again", "wheel")
    assert digest(again) == digest(wheel)


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_building_twice_gives_the_same_bytes(
    target: str, used: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first: Path = request.getfixturevalue(target)
    assert digest(build(used, tmp_path, target)) == digest(first)


def test_an_editable_install_leaves_everything_where_it_is(used: Path, tmp_path: Path) -> None:
    inside = {name for name in names(build(used, tmp_path, "wheel:editable")) if ".dist-info/" not in name}
    assert {Path(name).suffix for name in inside} == {".pth"}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
