"""The Pythons that the lab is made for, and which of them this machine has."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# As in (3, 11): those that the package's classifiers name.
VERSIONS = [
    (int(found[1]), int(found[2]))
    for classifier in PROJECT["classifiers"]
    if (found := re.fullmatch(r"Programming Language :: Python :: (\d+)\.(\d+)", classifier))
]


def _found(version: tuple[int, int]) -> str:
    """The path of such a Python: on PATH, or among pyenv's, whose own commands on PATH may lead nowhere."""
    name = "python{}.{}".format(*version)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    others = sorted(pyenv.glob("versions/{}.{}.*/bin/python".format(*version)))
    candidates = [shutil.which(name), *map(str, others)]
    return next((path for path in candidates if path and _is(path, version)), "")


def _is(path: str, version: tuple[int, int]) -> bool:
    asked = [path, "-c", "import sys; print(*sys.version_info[:2])"]
    said = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=False)
    return said.stdout.split() == [str(number) for number in version]


HERE = sys.version_info[:2]
FOUND = {version: sys.executable if version == HERE else _found(version) for version in VERSIONS}
LEFT_OUT = [
    f"left out, because Python {version[0]}.{version[1]} is not installed: compiling for it, tests/launch/test_versions.py"
    for version, path in FOUND.items()
    if not path
]
