"""A private Postfix: folders, processes and a loopback address of its own, and nothing outside them.

One Postfix serves many policies: each has an smtpd of its own at a port of its own, with the cleanup and
the trivial-rewrite that belong to it.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from postfix.configuration import MAIN_CF, MASTER_CF, services
from postfix.installed import MASTER

MEMORY = Path("/dev/shm")
QUEUES = (
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "maildrop",
    "saved",
)
ON_ITS_WAY = ("maildrop", "incoming", "active")
FIRST_PORT = 2500
PATIENCE = 5.0  # seconds


class PrivatePostfix:
    """``put`` services into it, ``start`` it once, ``renew`` it as often as you like; ``stop`` leaves nothing.

    ``address`` is the loopback address at which it listens, and at which it finds a name server.
    """

    def __init__(self, address: str, settings: Mapping[str, str]) -> None:
        memory = MEMORY if os.access(MEMORY, os.W_OK) else None
        self.home = Path(tempfile.mkdtemp(prefix="postfix-", dir=memory))
        self.address, self._port = address, FIRST_PORT
        self._services: list[str] = []
        self._master: subprocess.Popen[bytes] | None = None
        self._lay_out()
        main_cf = {**MAIN_CF, **settings}
        self._write("main.cf", [f"{name} = {value}" for name, value in main_cf.items()])

    def _lay_out(self) -> None:
        """Postfix's folders, and the few files that its smtpd finds in its chroot."""
        self.home.chmod(0o755)
        for name in ("config", "data", "queue", "queue/pid", "queue/etc"):
            (self.home / name).mkdir()
        for name in (*QUEUES, "private", "public"):
            (self.home / "queue" / name).mkdir(mode=0o700)
            shutil.chown(self.home / "queue" / name, "postfix")
        (self.home / "queue/public").chmod(0o710)
        shutil.chown(self.home / "queue/public", group="postdrop")
        shutil.chown(self.home / "data", "postfix")
        (self.home / "queue/etc/resolv.conf").write_text(f"nameserver {self.address}\n")
        (self.home / "queue/etc/nsswitch.conf").write_text("hosts: dns\n")

    def _write(self, name: str, lines: list[str]) -> None:
        file = self.home / "config" / name
        file.write_text("\n".join([*lines, ""]).replace("{home}", str(self.home)))
        os.utime(file, (0, 0))  # Postfix waits for a second after a change, lest it reads half of it

    def put(self, settings: dict[str, str]) -> int:
        """Add the services of one policy, and return the port."""
        self._port += 1
        self._services += services(self.address, self._port, settings)
        return self._port

    def start(self) -> None:
        """Start Postfix. It ends with this process, whatever happens to it."""
        self._write("master.cf", [MASTER_CF, *self._services])
        self._master = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", MASTER, "-d", "-c", self.home / "config"],
            env={"PATH": os.environ["PATH"], "MAIL_CONFIG": str(self.home / "config"), "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait_until_it_listens()

    def renew(self, settings: dict[str, str]) -> int:
        """Replace all policies by one, and return its port.

        Postfix starts afresh: after a mere reload, old processes would serve for a while beside new ones.
        """
        self._end()
        self._services.clear()
        port = self.put(settings)
        self.start()
        return port

    def _wait_until_it_listens(self) -> None:
        """The master opens its services in the order of master.cf: the last port is the last to come."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with socket.socket() as caller:
                if not caller.connect_ex((self.address, self._port)):
                    return
            time.sleep(0.01)
        raise AssertionError(f"Postfix doesn't listen:\n{self.log()}")

    def is_idle(self) -> bool:
        """Whether nothing is on its way; what was put off or is on hold stays."""
        return not any(files for name in ON_ITS_WAY for _, _, files in os.walk(self.home / "queue" / name))

    def log(self) -> str:
        """What Postfix has logged."""
        file = self.home / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    def stop(self) -> None:
        """End every process, and take the folders away."""
        try:
            self._end()
        finally:
            shutil.rmtree(self.home)

    def _end(self) -> None:
        if not self._master:
            return
        self._master.terminate()
        try:
            self._master.wait(PATIENCE)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self._master.pid, signal.SIGKILL)
            self._master.wait()
