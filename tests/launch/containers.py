"""Containers as compose.yaml describes them, made of Linux's namespaces: no engine is needed to run one.

What a service may do is taken from compose.yaml itself: its capabilities, its volumes, what it can write, and
whose network it shares. A container's own network has the loopback interface, and nothing else.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from launch.images import Image

PATIENCE = 60  # seconds
TMPFS = "nosuid,nodev,noexec"  # as an engine mounts it
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")

# Brings up the loopback interface: SIOCSIFFLAGS with IFF_UP, netdevice(7).
LOOPBACK = (
    "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh14x', b'lo', 1))"
)


# The first process, where a service asks for one that is none of its own: it hands on the request to end.
INIT = """
"$@" & child=$!
trap 'kill -TERM $child' TERM
while kill -0 $child 2>/dev/null; do wait $child && status=0 || status=$?; done
exit $status
"""


class Container:
    """A service of compose.yaml. ``volumes`` are folders and files of this machine by their name there."""

    def __init__(
        self,
        image: Image,
        service: Mapping[str, Any],
        log: Path,
        volumes: Mapping[str, Path],
        beside: "Container | None" = None,
        **settings: str,
    ) -> None:
        self._image, self._service, self._log = image, service, log
        self._ready = log.with_suffix(".ready")
        self._settings = {**image.environment, **service.get("environment", {}), **settings}
        own = ["--net"] if beside is None else []
        command = ["unshare", "--mount", "--pid", "--ipc", "--uts", *own, "--fork", "--kill-child"]
        command += ["sh", "-ec", "\n".join(self._steps(volumes, bool(own))), "container"]
        if beside:
            command = ["nsenter", f"--net=/proc/{beside.pid}/ns/net", *command]
        with log.open("w") as out:
            self._process = subprocess.Popen(
                [*command, *self._entering(service.get("command") or image.command)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        while not self._ready.exists() and self._process.poll() is None:
            time.sleep(0.01)

    def _steps(self, volumes: Mapping[str, Path], own_network: bool) -> list[str]:
        """What is done before its program begins, as a shell's lines."""
        root, service = self._image.root, self._service
        steps = (
            [f"mount --bind {root} {root}", f"mount -o remount,bind,ro {root}"]
            if service["read_only"]
            else []
        )
        steps += [f"mount -t proc proc {root}/proc", f"mount -t tmpfs -o mode=755 tmpfs {root}/dev"]
        for device in DEVICES:
            steps += [f": > {root}/dev/{device}", f"mount --bind /dev/{device} {root}/dev/{device}"]
        steps += [f"mkdir {root}/dev/shm", f"mount -t tmpfs tmpfs {root}/dev/shm"]
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            steps.append(f"ln -s /proc/self/fd/{number} {root}/dev/{name}")
        for place, _, options in (text.partition(":") for text in service.get("tmpfs", [])):
            steps.append(f"mount -t tmpfs -o {TMPFS},{options} tmpfs {root}{place}")
        for source, target, *mode in (text.split(":") for text in service.get("volumes", [])):
            steps.append(f"mount --bind {volumes[source]} {root}{target}")
            steps += [f"mount -o remount,bind,ro {root}{target}"] if mode == ["ro"] else []
        steps += [f'{sys.executable} -c "{LOOPBACK}"'] if own_network else []
        return [*steps, f": > {self._ready}", INIT if service.get("init") else 'exec "$@"']

    def _entering(self, command: Sequence[str]) -> list[str]:
        """The command that runs another one in there, with the rights that the service has."""
        user = self._image.config.get("User") or "0"
        rights = ",".join(["-all", *(f"+{name.lower()}" for name in self._service.get("cap_add", []))])
        assert self._service["cap_drop"] == ["ALL"]
        bounds = ["--clear-groups", "--inh-caps", "-all", "--bounding-set", rights]
        if "no-new-privileges:true" in self._service["security_opt"]:
            bounds.append("--no-new-privs")
        environment = [f"{name}={value}" for name, value in self._settings.items()]
        home = self._image.config.get("WorkingDir") or "/"
        return [
            *("chroot", str(self._image.root), "setpriv", "--reuid", user, "--regid", user, *bounds),
            *("env", "-i", "-C", home, f"HOME={home}", *environment, *command),
        ]

    @property
    def pid(self) -> int:
        """Its first process, as this machine counts."""
        own = self._process.pid
        return int(Path(f"/proc/{own}/task/{own}/children").read_text().split()[0])

    def run(self, *command: str, within: float = PATIENCE) -> "subprocess.CompletedProcess[str]":
        """Run another program in it, as ``docker compose exec`` does."""
        into = ["nsenter", "--target", str(self.pid), "--mount", "--pid", "--net", "--ipc", "--uts"]
        return subprocess.run(
            [*into, *self._entering(command)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )

    def is_healthy(self) -> bool:
        """What its health check says now."""
        asked = self._service.get("healthcheck", {}).get("test", ["CMD", *self._image.health])
        return self.run(*asked[1:], within=10).returncode == 0

    def wait_until_healthy(self) -> None:
        """Wait for its health check to pass."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            if self.is_healthy():
                return
            time.sleep(0.2)
        raise AssertionError(f"It doesn't get well:\n{self.log()}")

    def log(self) -> str:
        """What it has said."""
        return self._log.read_text(errors="replace")

    def ended(self, within: float = PATIENCE) -> int:
        """Wait for it to end by itself, and return its status."""
        return self._process.wait(within)

    def ask_to_stop(self) -> None:
        """What an engine does first, to stop it."""
        os.kill(self.pid, signal.Signals[self._image.config.get("StopSignal") or "SIGTERM"])

    def close(self) -> None:
        """End all its processes: those of its namespace end with the first."""
        with suppress(IndexError, OSError):  # it has ended by itself
            os.kill(self.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)
