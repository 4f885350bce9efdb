"""Attack by defence: every attack against every defence, and honest mail through each. Nothing is asserted.

Each cell is run in a lab of its own, which begins in its first state and is closed again; the student's own
lab isn't touched. Where that has a seed, the others have its names, too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import product
from typing import Protocol, TypeVar

from labkit.errors import Interrupted, UsageError
from labkit.lab import opened
from labkit.lab.defence import Defence, Road
from labkit.lab.defences import DEFENCES
from labkit.lab.honest import HonestRound, honest_round
from labkit.lab.lab import Lab
from labkit.lab.matrix_table import Cell, Matrix
from labkit.lab.progress import progress
from labkit.lab.repertoire import ATTACKS, BEYOND, Attack
from labkit.lab.stage import CHANCE
from labkit.loop import CtrlC


class Named(Protocol):
    """What is chosen by its name."""

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)
T = TypeVar("T")


def matrix(
    attacks: str | Attack | Iterable[str | Attack] | None = None,
    defences: str | Defence | Iterable[str | Defence] | None = None,
) -> Matrix:
    """Run attacks against defences, and an honest morning's mail through each; all of them unless you choose.

    Both are chosen by name; a defence, or an attack, of your own can stand there as well. The whole table
    takes about half a minute. Raises UsageError for a name that there isn't, what ``Defence.install``
    raises for one of your own, and Interrupted when you stop it.
    """
    rows = _chosen(attacks, Attack, ATTACKS, BEYOND)
    columns = _chosen(defences, Defence, DEFENCES)
    cells: list[Cell] = []
    rounds: list[HonestRound] = []
    for found in _counted(_run(rows, columns), len(columns) * (1 + len(rows))):
        if isinstance(found, Cell):
            cells.append(found)
        else:
            rounds.append(found)
    return Matrix(tuple(rows), tuple(columns), tuple(cells), tuple(rounds))


def _run(attacks: Sequence[Attack], defences: Sequence[Defence]) -> Iterator[Cell | HonestRound]:
    yield from map(honest, defences)
    for defence, attack in product(defences, attacks):
        yield cell(attack, defence)


def _counted(results: Iterator[T], total: int) -> Iterator[T]:
    """The results, with a bar, and a word when it is stopped."""
    done = 0
    with CtrlC() as ctrl_c, progress(total, "cells") as show:
        try:
            for found in results:
                if ctrl_c.presses:  # between two labs, where nobody else counts
                    raise Interrupted
                yield found
                done += 1
                show(done)
        except Interrupted:
            raise Interrupted(
                f"You stopped the table after {done} of {total} cells. Its labs are closed; your own goes on."
            ) from None


def cell(attack: Attack, defence: Defence) -> Cell:
    """One attack against one defence, in a lab of its own. Raises Interrupted."""
    return _in_a_lab(defence, lambda lab: Cell(attack, defence, tuple(attack.run(lab, _road(lab, defence)))))


def honest(defence: Defence) -> HonestRound:
    """Honest mail through a defence, in a lab of its own. Raises Interrupted."""
    return _in_a_lab(defence, lambda lab: honest_round(lab, _road(lab, defence)))


def _road(lab: Lab, defence: Defence) -> Road:
    return lab.stage.tell(defence.road)


def _in_a_lab(defence: Defence, work: Callable[[Lab], T]) -> T:
    with Lab(beside=True, seed=opened.stage().seed or CHANCE) as lab:
        defence.install(lab)
        found = work(lab)
        if lab.problems:
            raise RuntimeError("; ".join(lab.problems))
    return found


def _chosen(
    wanted: str | N | Iterable[str | N] | None, kind: type[N], usual: Sequence[N], more: Sequence[N] = ()
) -> list[N]:
    """What is wanted, in that order, and nothing twice. Raises UsageError."""
    if wanted is None:
        return list(usual)
    known = {each.name: each for each in (*usual, *more)}
    several = wanted if isinstance(wanted, Iterable) and not isinstance(wanted, str) else [wanted]
    found = [_one(each, kind, known) for each in several]
    if not found:
        raise UsageError(f"Choose one {kind.__name__.lower()} or more, or leave them out for all.")
    return list({each.name: each for each in found}.values())


def _one(wanted: object, kind: type[N], known: Mapping[str, N]) -> N:
    found = wanted if isinstance(wanted, kind) else known.get(str(wanted))
    if found is None:
        close = get_close_matches(str(wanted), known, 1, 0.5)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise UsageError(
            f"There is no {kind.__name__.lower()} {wanted!r}.{hint} There are: {', '.join(known)}."
        )
    return found
