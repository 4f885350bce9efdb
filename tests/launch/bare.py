"""A Debian with nothing in it but what the README asks for, made by debootstrap and entered by chroot.

It shares this machine's network, so that pip reaches what pip reaches here, and servers in it listen on loopback.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from launch import checkout

SUITE = "trixie"
PACKAGES = ("make", "python3-venv")
# A process in it sees no other, and ends with the one that began it. What is mounted goes with it.
ENTER = (
    'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount -t tmpfs tmpfs "$1/tmp" && '
    'root=$1 && shift && exec chroot "$root" env -C /lab "$@"'
)
ALONE = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")
# How pip asks on this machine: told to the one in there, and files that are named are laid there, too.
PASSED_ON = ("PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "https_proxy", "no_proxy")


def make(root: Path) -> None:
    """Make the Debian in a folder that doesn't exist yet."""
    include = f"--include={','.join(PACKAGES)}"
    command = ["debootstrap", "--variant=minbase", include, SUITE, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=420, check=False)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    shutil.copy("/etc/resolv.conf", root / "etc")
    for path in (Path(os.environ[name]) for name in PASSED_ON if name in os.environ):
        if path.is_absolute() and path.is_file():
            (root / path.relative_to("/")).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, root / path.relative_to("/"))


def inside(root: Path, command: Sequence[str], **more: str) -> list[str]:
    """The command that runs another one in there, in the folder /lab."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    settings = (
        {"HOME": "/root", "LANG": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"} | passed_on | more
    )
    words = [f"{name}={value}" for name, value in settings.items()]
    return [*ALONE, "sh", "-c", ENTER, "enter", str(root), "-i", *words, *command]


def _why_not() -> str:
    if not shutil.which("debootstrap"):
        return "debootstrap is not installed"
    if checkout.WHY_NOT:
        return checkout.WHY_NOT
    if not shutil.which("unshare") or subprocess.run([*ALONE, "true"], capture_output=True).returncode:
        return "only root can enter another Debian"
    return ""


WHY_NOT = _why_not()
LEFT_OUT = [f"left out, because {WHY_NOT}: tests/launch/test_bare_debian.py"] if WHY_NOT else []
