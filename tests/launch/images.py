"""The project's images, built for real: by a Docker engine where one answers, else by buildah.

Without an engine the base image is made by debootstrap, and what pip needs on this machine is put into its
environment. Either way an image is then a folder with its file system, and what its Dockerfile says of it.
"""

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
SUITE = "trixie"
BASE = f"docker.io/library/debian:{SUITE}-slim"
BUILDERS = ("buildah", "debootstrap")
FOR_PIP = ("PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE")
DRIVERS = ("overlay", "vfs")  # the quicker one first
PATIENCE = 1_200  # seconds


@dataclass(frozen=True)
class Image:
    """A file system in the folder ``root``, and ``config``, with Docker's names: Env, User, Cmd, ..."""

    root: Path
    config: Mapping[str, Any]

    @cached_property
    def environment(self) -> dict[str, str]:
        """What its programs find in their environment."""
        return dict(entry.split("=", 1) for entry in self.config["Env"])

    @property
    def command(self) -> list[str]:
        """What a container of it runs."""
        return [*(self.config.get("Entrypoint") or []), *(self.config.get("Cmd") or [])]

    @property
    def health(self) -> list[str]:
        """The command that tells whether it is well."""
        return list(self.config["Healthcheck"]["Test"][1:])


class Engine:
    """Builds with Docker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, name: str, dockerfile: Path, context: Path) -> Image:
        run(["docker", "build", "--tag", name, "--file", str(dockerfile), str(context)])
        (about,) = json.loads(run(["docker", "image", "inspect", name]))
        root = self._folder / name
        root.mkdir()
        container = run(["docker", "create", name]).strip()
        archive = self._folder / f"{name}.tar"
        run(["docker", "export", "--output", str(archive), container])
        run(["docker", "rm", container])
        run(["tar", "--extract", "--numeric-owner", "--file", str(archive), "--directory", str(root)])
        return Image(root, about["Config"])

    def close(self) -> None:
        shutil.rmtree(self._folder)


class Buildah:
    """Builds without an engine, in a store of its own that is gone afterwards."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._driver = next(filter(self._works, DRIVERS))
        self._make_base()

    def build(self, name: str, dockerfile: Path, context: Path) -> Image:
        options = ["--pull-never", "--isolation", "chroot", "--network", "host", "--format", "docker"]
        self._buildah("bud", *options, "--tag", name, "--file", str(dockerfile), str(context))
        about = json.loads(self._buildah("inspect", "--type", "image", name))
        container = self._buildah("from", "--pull-never", name)
        return Image(Path(self._buildah("mount", container)), about["Docker"]["config"])

    def close(self) -> None:
        self._buildah("rm", "--all")
        shutil.rmtree(self._folder)

    def _works(self, driver: str) -> bool:
        """Whether this machine's file system can be used in such a way."""
        asked = [*self._command(driver), "from", "scratch"]
        return subprocess.run(asked, capture_output=True, timeout=60, check=False).returncode == 0

    def _make_base(self) -> None:
        root = self._folder / "debian"
        run(["debootstrap", "--variant=minbase", SUITE, str(root)])
        container = self._buildah("from", "scratch")
        settings = {name: os.environ[name] for name in FOR_PIP if name in os.environ}
        for name, value in settings.items():
            if Path(value).is_file():
                shutil.copy(value, root / "opt" / name)
                settings[name] = f"/opt/{name}"
        self._buildah("add", "--quiet", container, str(root), "/")
        for name, value in settings.items():
            self._buildah("config", "--env", f"{name}={value}", container)
        self._buildah("commit", "--quiet", "--rm", container, BASE)
        shutil.rmtree(root)

    def _buildah(self, command: str, *arguments: str) -> str:
        return run([*self._command(self._driver), command, *arguments]).strip()

    def _command(self, driver: str) -> list[str]:
        store, state = self._folder / driver, self._folder / f"run-{driver}"
        return ["buildah", "--root", str(store), "--runroot", str(state), "--storage-driver", driver]


def run(command: Sequence[str]) -> str:
    """Run a program, and return what it said; it must succeed."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def _engine_answers() -> bool:
    if not shutil.which("docker"):
        return False
    asked = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        return subprocess.run(asked, capture_output=True, timeout=30, check=False).returncode == 0
    except subprocess.TimeoutExpired:  # a client without an engine may wait for one
        return False


HAS_ENGINE = _engine_answers()


def builder(folder: Path) -> Engine | Buildah:
    """What builds images here; it keeps all that it makes in ``folder``, which exists."""
    return Engine(folder) if HAS_ENGINE else Buildah(folder)


def _why_not() -> str:
    if platform.system() != "Linux" or os.geteuid() != 0:
        return "only root on Linux can enter an image"
    missing = [program for program in BUILDERS if not shutil.which(program)]
    if missing and not HAS_ENGINE:
        return f"no Docker engine answers, and there is no {' and no '.join(missing)}"
    return ""


WHY_NOT = _why_not()
LEFT_OUT = [f"left out, because {WHY_NOT}: tests/launch/test_images.py"] if WHY_NOT else []
