"""What Binder would build from this folder: the Dockerfile of repo2docker, which needs no Docker to write it."""

import json
import re
import subprocess
import sys
from functools import cache

from launch.pins import ROOT, conda_lines

from labkit.launch.dashboard import EXTENSIONS

# What repo2docker reads before environment.yml, or beside it.
INSTEAD = ("Dockerfile", "binder", ".binder")
BESIDE = (
    "apt.txt",
    "postBuild",
    "start",
    "runtime.txt",
    "Project.toml",
    "install.R",
    "DESCRIPTION",
    "default.nix",
)
SETTINGS = ROOT / ".jupyter"


@cache
def repo2docker() -> tuple[str, str]:
    """The Dockerfile, and what was said on the way."""
    command = [
        sys.executable,
        "-m",
        "repo2docker",
        "--no-build",
        "--debug",
        "--user-name=student",
        "--user-id=1000",
        ".",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, done.stderr


def test_it_is_built_from_environment_yml() -> None:
    dockerfile, said = repo2docker()
    python, _ = conda_lines()
    version = python.removeprefix("python=")
    assert f"Building conda environment for {python}\n" in said
    assert (
        f"environment-2epy-2d{version.replace('.', '-2e')}-2dlinux" in dockerfile
    )  # Binder's own, to begin with
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in dockerfile


def test_nothing_comes_before_environment_yml_or_beside_it() -> None:
    assert [name for name in (*INSTEAD, *BESIDE) if (ROOT / name).exists()] == []
    assert repo2docker()[0].count("RUN TIMEFORMAT") == 2  # Binder's own environment, then environment.yml


def test_the_folder_is_there_when_pip_installs_it() -> None:
    dockerfile, _ = repo2docker()
    assert dockerfile.index("src/ ${REPO_DIR}/") < dockerfile.index('--file "environment.yml"')
    assert dockerfile.count("environment.yml") == 1  # no step before it, which would miss the folder


def test_nothing_is_fetched_but_by_conda_and_pip() -> None:
    commands = [line for line in repo2docker()[0].splitlines() if not line.lstrip().startswith("#")]
    assert [line for line in commands if re.search(r"https?://|\bcurl\b|\bwget\b", line)] == []


def test_students_do_not_run_as_root() -> None:
    users = re.findall(r"^USER (.*)$", repo2docker()[0], re.MULTILINE)
    assert users[-1] == "${NB_USER}"


def test_the_folder_is_the_home_from_which_jupyter_takes_its_settings() -> None:
    assert "ARG REPO_DIR=${HOME}" in repo2docker()[0]
    page = json.loads((SETTINGS / "labconfig" / "page_config.json").read_text())
    assert page["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"] is True
    voila = json.loads((SETTINGS / "voila.json").read_text())
    assert tuple(voila["VoilaConfiguration"]["extension_allowlist"]) == EXTENSIONS
