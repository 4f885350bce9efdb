"""What runs elsewhere, as far as that can be held here: the workflow of GitHub Actions, and hooks before a commit."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from launch import checkout
from launch.building import run
from launch.checkout import ROOT
from launch.pythons import VERSIONS

WORKFLOW = ROOT / ".github" / "workflows" / "checks.yml"
JOBS: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
REPOS: list[Any] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
ENTRIES: dict[str, str] = {hook["id"]: hook["entry"] for repo in REPOS for hook in repo["hooks"]}
SLOW = ("types", "notebooks")  # the hooks that `make test` runs anyway
SCHEMAS = [
    ("vendor.github-workflows", WORKFLOW),
    ("custom.github-workflows-require-timeout", WORKFLOW),
    ("vendor.citation-file-format", ROOT / "CITATION.cff"),
]


@pytest.mark.parametrize(("schema", "path"), SCHEMAS, ids=[schema for schema, _ in SCHEMAS])
def test_has_the_form_of(schema: str, path: Path) -> None:
    run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)], ROOT)


def commands(job: str) -> str:
    return "\n".join(step.get("run", "") for step in JOBS[job]["steps"])


@pytest.mark.parametrize("job", ["unix", "debian"])
def test_runs_the_same_checks_as_everywhere(job: str) -> None:
    assert commands(job).splitlines()[-1] == ".ci/run"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_python_is_tried_on_linux_and_the_ends_on_the_other_systems() -> None:
    every = [f"{major}.{minor}" for major, minor in VERSIONS]
    ends = [every[0], every[-1]]
    unix = JOBS["unix"]["strategy"]["matrix"]
    assert unix["python"] == every
    assert [row["python"] for row in unix["include"] if "macos" in row["system"]] == ends
    assert JOBS["windows"]["strategy"]["matrix"]["python"] == ends


def test_what_windows_tries_exists() -> None:
    named = re.findall(r"(?:tests|notebooks)/[\w./-]+", commands("windows"))
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert len(named) > 10


def test_nothing_may_write_and_every_action_is_pinned() -> None:
    workflow = WORKFLOW.read_text(encoding="utf-8")
    assert yaml.safe_load(workflow)["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in JOBS.values())
    actions = re.findall(r"uses: (.*)", workflow)
    assert [action for action in actions if not re.search(r"@[0-9a-f]{40}  # v\d+\.\d+\.\d+$", action)] == []
    assert actions


def test_hooks_are_local_and_run_what_make_has_set_up() -> None:
    assert [repo["repo"] for repo in REPOS] == ["local"]
    assert {hook["language"] for hook in REPOS[0]["hooks"]} == {"system"}
    assert [entry for entry in ENTRIES.values() if not entry.startswith(".venv/bin/")] == []


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with the environment of this run as its .venv."""
    folder = checkout.copy(tmp_path / "lab")
    (folder / ".venv").symlink_to(sys.prefix)
    run(["git", "init", "--quiet"], folder)
    run(["git", "add", "--all"], folder)
    return folder


def hooks(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--color=never", *options],
        cwd=folder,
        env=checkout.surroundings(PRE_COMMIT_HOME=str(folder.parent / "hooks"), SKIP=",".join(SLOW)),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_every_hook_passes_over_the_checkout(clone: Path) -> None:
    said = hooks(clone, "--all-files")
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.count("Passed") == len(ENTRIES) - len(SLOW)
    assert said.stdout.count("Skipped") == len(SLOW)


def test_the_slow_hooks_run_what_make_test_runs() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert ENTRIES["types"].replace(".venv/bin/python", "$(python)") in makefile
    assert "$(python) -m pytest -W error -n 2 --dist loadfile tests" in makefile
    assert Path(ENTRIES["notebooks"].split()[4]).is_relative_to("tests")


MISTAKES = [
    ("ruff", "labkit/clock.py", "import os\n"),
    ("format", "labkit/clock.py", "x = {  'a':1 }\n"),
    ("layers", "labkit/clock.py", "import labkit.lab\n"),
    ("spelling", "CHANGELOG.md", "We recieve letters.\n"),
    ("workflows", ".github/workflows/checks.yml", "surprise: 1\n"),
]


@pytest.mark.parametrize(("hook", "name", "mistake"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_a_hook_finds(hook: str, name: str, mistake: str, clone: Path) -> None:
    with (clone / name).open("a", encoding="utf-8") as file:
        file.write(mistake)
    said = hooks(clone, hook, "--files", name)
    assert said.returncode == 1, said.stdout + said.stderr
    assert "Failed" in said.stdout
