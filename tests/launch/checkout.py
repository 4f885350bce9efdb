"""The checkout as a clone of its next commit would have it: without what git ignores, with what is new."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def files() -> list[str]:
    """The paths of all files, with forward slashes, below the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=60)
    return sorted(name for name in said.stdout.decode().split("\0") if (ROOT / name).is_file())


def copy(folder: Path) -> Path:
    """Copy them into a folder that is made for it."""
    for name in files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return folder


def surroundings(**more: str) -> dict[str, str]:
    """The environment for a program that must not see this checkout."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | more


def _why_not() -> str:
    if not shutil.which("git"):
        return "git is not installed"
    return "" if (ROOT / ".git").exists() else "this folder is no clone"


# Those that copy the checkout.
TESTS = ("test_installed.py", "test_package.py", "test_pipeline.py")
WHY_NOT = _why_not()
LEFT_OUT = [f"left out, because {WHY_NOT}: tests/launch/{name}" for name in TESTS if WHY_NOT]
