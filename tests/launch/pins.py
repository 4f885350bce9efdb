"""What the project asks for, and which versions it pins: pyproject.toml, the locks, environment.yml."""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ENVIRONMENT: dict[str, Any] = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))

LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
CONSTRAINTS = "constraints.txt"
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]

Pins = dict[tuple[str, str], str]  # by name and marker ("" for everywhere)
_PIN = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]*?))?(?: \\)?")


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text("utf-8").splitlines()


def pins(name: str) -> Pins:
    """What a lock or the constraints pin; every line that begins a requirement must be one."""
    found = {}
    for line in lines(name):
        if not line.startswith((" ", "#")):
            pin = _PIN.fullmatch(line)
            assert pin, line
            found[canonicalize_name(pin["name"]), pin["marker"] or ""] = pin["version"]
    return found


def pinned(requirement: Requirement, held: Pins) -> list[str]:
    """The versions of it, of which each has its marker."""
    return [version for (name, _), version in held.items() if name == canonicalize_name(requirement.name)]


def pip_lines() -> list[str]:
    """What environment.yml hands to pip."""
    (section,) = [one for one in ENVIRONMENT["dependencies"] if isinstance(one, dict)]
    found: list[str] = section["pip"]
    return found


def conda_lines() -> list[str]:
    """What environment.yml asks conda for."""
    return [one for one in ENVIRONMENT["dependencies"] if isinstance(one, str)]
