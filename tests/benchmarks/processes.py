"""What a process and all that it started weigh: memory by three counts, and CPU time. Linux only.

Processes share pages: twenty kernels have one copy of a library's code. PSS gives each its part of a
shared page, so that the sum over processes is what the machine really holds. RSS counts a shared page in
full for each process, so that the sum is too much. What is private belongs to one process alone.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

GONE = (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError, ProcessLookupError)
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Weight:
    """Octets by three counts, and seconds of CPU time."""

    pss: int = 0
    rss: int = 0
    private: int = 0
    cpu: float = 0.0

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(
            self.pss + other.pss, self.rss + other.rss, self.private + other.private, self.cpu + other.cpu
        )

    def __str__(self) -> str:
        return f"{self.pss / MIB:6.0f} MiB PSS {self.rss / MIB:6.0f} RSS {self.private / MIB:6.0f} private"


def weight_of(processes: Iterable[psutil.Process]) -> Weight:
    """The sum over these processes; one that has ended meanwhile weighs nothing."""
    return reduce(add, map(_weight, processes), Weight())


def family(pid: int) -> list[psutil.Process]:
    """A process, and all that it started, directly or not."""
    with suppress(*GONE):
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    return []


def _weight(process: psutil.Process) -> Weight:
    with suppress(*GONE):
        pages = dict(_pages(Path(f"/proc/{process.pid}/smaps_rollup")))
        times = process.cpu_times()
        return Weight(
            pages["Pss"],
            pages["Rss"],
            pages["Private_Clean"] + pages["Private_Dirty"],
            times.user + times.system + times.children_user + times.children_system,
        )
    return Weight()


def _pages(rollup: Path) -> Iterator[tuple[str, int]]:
    for row in rollup.read_text().splitlines()[1:]:  # the first one is the range of addresses
        name, value, _unit = row.split()
        yield name.rstrip(":"), int(value) * 1024


class Scales:
    """Weighs again and again on a thread of its own while inside ``with``; ``most`` is the heaviest by PSS.

    What lives for less than ``pause`` seconds can be missed.
    """

    def __init__(self, weigh: Callable[[], Weight], pause: float = 1.0) -> None:
        self._weigh, self._pause = weigh, pause
        self._over, self._thread = threading.Event(), threading.Thread(target=self._run)
        self.most = Weight()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._pause):
            self.most = max(self.most, self._weigh(), key=lambda weight: weight.pss)


@contextmanager
def ended(pid: int, patience: float = 30) -> Iterator[None]:
    """When the block is left, end a process that this script started, and whatever it left behind."""
    try:
        yield
    finally:
        members = family(pid)
        for process in members[:1]:
            process.terminate()
        _, alive = psutil.wait_procs(members, timeout=patience)
        for process in alive:
            with suppress(*GONE):
                process.kill()
        psutil.wait_procs(alive, timeout=patience)
