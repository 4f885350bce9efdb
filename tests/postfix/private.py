"""A private Postfix: folders, processes and a loopback address of its own, and nothing outside them.

One Postfix serves many policies: each has an smtpd of its own at a port of its own, with the cleanup and
the trivial-rewrite that belong to it.
"""

import itertools
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
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
    "trace",
)
ON_ITS_WAY = ("maildrop", "incoming", "active")
PORTS = itertools.count(2501)  # none is used twice: what listened there may still be ending
OPEN_PORTS = itertools.count(10_000 + os.getpid() % 20_000)  # below those that the system gives away
PATIENCE = 10.0  # seconds
LOOPBACK = "127.0.0.1"

# The keeper reads from this process: nothing, until its end, be it a good or a bad one. Then it ends the
# master with all its children, and takes the folders away.
KEEPER = """
home=$1; shift
setsid "$@" & master=$!
read -r nothing
kill -KILL "$master" "-$master"
wait
rm -rf "$home"
"""


class PrivatePostfix:
    """``put`` services into it, ``start`` it, and ``stop`` it: that leaves nothing behind.

    ``address`` is the loopback address at which it listens, and at which it finds a name server.
    """

    def __init__(self, address: str, settings: Mapping[str, str]) -> None:
        memory = MEMORY if os.access(MEMORY, os.W_OK) else None
        self.home = Path(tempfile.mkdtemp(prefix="postfix-", dir=memory))
        self.address, self._port = address, 0
        self._services: list[str] = []
        self._keeper: subprocess.Popen[bytes] | None = None
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
        self._port = next(PORTS)
        self._services += services(self.address, self._port, settings)
        return self._port

    def put_in_the_open(self, settings: dict[str, str], *, proxied: bool = False) -> int:
        """The same at 127.0.0.1, for clients who come by themselves unless they are ``proxied``.

        What is ``put`` last must be a service for the others: by that ``start`` knows that all are there.
        """
        port = next(port for port in OPEN_PORTS if _is_free(port))
        proxy = {} if proxied else {"smtpd_upstream_proxy_protocol": ""}
        self._services += services(LOOPBACK, port, {**settings, **proxy})
        return port

    def start(self) -> None:
        """Start Postfix. It ends with this process, whatever happens to it."""
        self._write("master.cf", [MASTER_CF, *self._services])
        self._keeper = subprocess.Popen(
            ["sh", "-c", KEEPER, "keeper", self.home, MASTER, "-d", "-c", self.home / "config"],
            env={"PATH": os.environ["PATH"], "MAIL_CONFIG": str(self.home / "config"), "TZ": "UTC"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait_until_it_listens()

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

    def problems(self) -> list[str]:
        """What has gone wrong in this Postfix, so that what it answers says nothing."""
        return [line for line in self.log().splitlines() if re.search("fatal:|panic:|throttling", line)]

    def stop(self) -> None:
        """End every process, and take the folders away."""
        if not self._keeper:
            shutil.rmtree(self.home)
            return
        assert self._keeper.stdin
        self._keeper.stdin.close()
        self._keeper.wait(PATIENCE)


def _is_free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True
