"""Twenty labs one after another, each with an attack, TLS and a login: is anything left over?

Nothing may be left: no thread, no socket or other file, no task, and little memory. Two labs run
before, so that what is loaded once per process doesn't count. Half of the labs are closed; the other half
is replaced by the next one, as happens when a cell is run again.
"""

import asyncio
import gc
import threading
from dataclasses import dataclass

import psutil
import tqdm  # noqa: F401 - otherwise loaded in between, when an attack takes more than a second
from measuring import line

from labkit import Lab, Policy

LABS = 20
LETTERS = 100
TARGET_MB = 5
POLICY = Policy(
    mynetworks="0.0.0.0/0",
    smtpd_tls_security_level="may",
    smtpd_sasl_auth_enable=True,
)


@dataclass(frozen=True)
class Stock:
    """What this process holds."""

    threads: int
    files: int  # sockets are files, too
    tasks: int
    resident: int  # bytes

    @classmethod
    def taken(cls) -> "Stock":
        gc.collect()
        process = psutil.Process()
        return cls(
            threading.active_count(),
            process.num_fds(),
            sum(isinstance(thing, asyncio.Task) for thing in gc.get_objects()),
            process.memory_info().rss,
        )


def main() -> None:
    run_labs(2)
    before = Stock.taken()
    run_labs(LABS)
    after = Stock.taken()
    for what in ("threads", "files", "tasks"):
        left = getattr(after, what) - getattr(before, what)
        line(f"{what} left over after {LABS} labs", f"{left:8}", "0", met=left == 0)
    growth = (after.resident - before.resident) / 2**20
    line(f"memory growth over {LABS} labs", f"{growth:8.1f} MB", f"< {TARGET_MB} MB", met=growth < TARGET_MB)


def run_labs(count: int) -> None:
    """Start and use labs; every second one is closed, and the others are replaced by the next."""
    for number in range(count):
        lab = Lab(POLICY)
        use(lab)
        if number % 2:
            lab.close()


def use(lab: Lab) -> None:
    assert lab.attacker.spam(LETTERS).delivered == LETTERS
    assert lab.laptop.send(user="staff", password="paper-boat-7", tls="encrypt").delivered == 1


if __name__ == "__main__":
    main()
