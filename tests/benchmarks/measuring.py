"""What the benchmarks share: rounds that alternate, medians, and one line for each figure.

The machine may be busy with other things, and its clock speed moves. So the sides of a comparison take
turns within one run, and what counts is the ratio within each round; CPU time stands beside wall time,
because it suffers less from what else is running.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that something took: on the wall, and of this process's CPU time."""

    wall: float
    cpu: float


class Stopwatch:
    """Measures what runs inside ``with``; ``cost`` holds it afterwards."""

    def __init__(self, cpu_clock: Callable[[], float] = time.process_time) -> None:
        self._cpu_clock = cpu_clock

    def __enter__(self) -> "Stopwatch":
        self._cpu, self._wall = self._cpu_clock(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.cost = Cost(time.perf_counter() - self._wall, self._cpu_clock() - self._cpu)


def alternate(rounds: int, cases: dict[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Run every case once unmeasured, to warm up, and then ``rounds`` times in turn."""
    for case in cases.values():
        case()
    results: dict[str, list[T]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            results[name].append(case())
    return results


def in_ms(costs: Sequence[Cost], base: Cost = Cost(0, 0)) -> str:
    """The medians, less ``base``, as text."""
    typical = middle(costs)
    return f"{1000 * (typical.wall - base.wall):8.1f} ms wall {1000 * (typical.cpu - base.cpu):8.1f} ms CPU"


def middle(costs: Sequence[Cost]) -> Cost:
    """The medians of wall and CPU time, each for itself."""
    return Cost(median(cost.wall for cost in costs), median(cost.cpu for cost in costs))


def ratio(over: Sequence[Cost], under: Sequence[Cost], kind: str = "wall") -> float:
    """The median of the ratios round by round; ``kind`` is "wall" or "cpu"."""
    seconds = attrgetter(kind)
    return median(seconds(a) / seconds(b) for a, b in zip(over, under, strict=True))


def line(name: str, value: str, target: str = "", *, met: bool | None = None) -> None:
    """Print one figure, its target, and whether it was met."""
    verdict = {True: "met", False: "MISSED", None: ""}[met]
    print(f"{name:44} {value:36} {target:22} {verdict}".rstrip())
