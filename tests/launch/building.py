"""Wheel and sdist as anybody builds them, and an empty environment with the wheel in it."""

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from launch import checkout


def build(source: Path, folder: Path, target: str) -> Path:
    """Build "wheel", "wheel:editable" or "sdist" from a folder of sources; return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    run([sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)], source)
    (built,) = folder.iterdir()
    return built


def names(archive: Path) -> set[str]:
    """The files in a wheel; in an sdist, those below its one folder."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return set(wheel.namelist())
    with tarfile.open(archive) as sdist:
        return {member.name.partition("/")[2] for member in sdist if member.isfile()}


def unpack(sdist: Path, folder: Path) -> Path:
    """Unpack an sdist; return its one folder."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = folder.iterdir()
    return unpacked


def environment(folder: Path, wheel: Path) -> Path:
    """Make a virtual environment with the locked packages and the wheel; return its Python."""
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    install = [*uv, "pip", "install", "--python", str(python)]
    run([*uv, "venv", "--python", sys.executable, str(folder)], folder.parent)
    run([*install, "--require-hashes", "-r", str(checkout.ROOT / "requirements.lock")], folder, seconds=480)
    run([*install, "--no-deps", "--no-index", str(wheel)], folder)
    return python


def run(command: Sequence[str], folder: Path, seconds: float = 120, **more: str) -> str:
    """Run a program outside the checkout, and return what it said; it must succeed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=checkout.surroundings(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout[-2_000:]}\n{done.stderr[-2_000:]}"
    return done.stdout
