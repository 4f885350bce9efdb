"""docker/compose.yaml as an engine reads it: with its fragments merged, and its variables put in."""

import json
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker" / "compose.yaml"
SCHEMA = json.loads(
    (files("check_jsonschema.builtin_schemas") / "vendor" / "compose-spec.json").read_text("utf-8")
)
VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")


def read(variables: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The whole file; a variable that isn't set, or is empty, has its default."""
    text = VARIABLE.sub(lambda found: variables.get(found[1]) or found[2], FILE.read_text(encoding="utf-8"))
    content = yaml.safe_load(text)
    assert isinstance(content, dict)
    return content
