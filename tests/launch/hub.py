"""What stands in docker/hub, read as those read it for whom it is."""

import re
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from traitlets.config import Config

REPOSITORY = Path(__file__).resolve().parents[2]
HUB = REPOSITORY / "docker" / "hub"
README = (HUB / "README.md").read_text(encoding="utf-8")
VALUES: dict[str, Any] = yaml.safe_load((HUB / "values.yaml").read_text(encoding="utf-8"))
STUDENT: dict[str, Any] = VALUES["singleuser"]
CHECK = jsonschema.Draft202012Validator(
    yaml.safe_load((REPOSITORY / "tests" / "data" / "hub-values.schema.yaml").read_text(encoding="utf-8"))
)
MIB = {"M": 1, "G": 1024}


def blocks(language: str) -> list[str]:
    """The blocks of code in the README that are marked so."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def mebibytes(size: str) -> int:
    """Of a size as KubeSpawner and systemd read it: M and G are powers of 1024."""
    return int(size[:-1]) * MIB[size[-1]]


def measured(what: str) -> float:
    """A figure from the README's table, in MiB."""
    found = re.search(rf"^\| {re.escape(what)} \| ([\d,]+) MiB", README, re.MULTILINE)
    assert found, what
    return float(found[1].replace(",", ""))


def tljh() -> Config:
    """What The Littlest JupyterHub makes of tljh_config.py."""
    config = Config()
    source = (HUB / "tljh_config.py").read_text(encoding="utf-8")
    exec(compile(source, "tljh_config.py", "exec"), {"get_config": lambda: config})
    return config
