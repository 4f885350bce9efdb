"""The table of attacks and defences as a value, and as it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from labkit.attacker.report import Report
from labkit.errors import UsageError
from labkit.lab.defence import Defence
from labkit.lab.honest import HonestRound
from labkit.lab.repertoire import Attack
from labkit.wire.views import markup
from labkit.wire.views.columns import WIDTH, pad, table, wrap

TITLE = "Attack by defence: what got through, and what was lost of honest mail"
NOTHING = "-"
LEGEND = "A dash: nothing got through. What each attack is, and each defence:"
HONEST = "honest mail"
NUMBER_WIDTH = 5


@dataclass(frozen=True, repr=False, slots=True)
class Cell:
    """What one attack got past one defence, and the report of each call that it took."""

    attack: Attack
    defence: Defence
    reports: tuple[Report, ...]

    @property
    def harm(self) -> int:
        """How much got through, in the attack's own things."""
        return sum(report.harm for report in self.reports)

    @property
    def words(self) -> str:
        """The same in words, such as "4 letters"."""
        return self.attack.words(self.harm)

    def __repr__(self) -> str:
        head = f"{self.attack.name} against {self.defence.name}: {self.words} got through"
        return "\n\n".join([head, *map(repr, self.reports)])

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"


@dataclass(frozen=True, repr=False, slots=True)
class Matrix:
    """Every cell, and an honest round for each defence, in the order of ``attacks`` and ``defences``."""

    attacks: tuple[Attack, ...]
    defences: tuple[Defence, ...]
    cells: tuple[Cell, ...]
    rounds: tuple[HonestRound, ...]

    def cell(self, attack: str, defence: str) -> Cell:
        """One cell, by the two names. Raises UsageError when it isn't in the table."""
        for one in self.cells:
            if (one.attack.name, one.defence.name) == (attack, defence):
                return one
        raise UsageError(f"{attack!r} against {defence!r} isn't in this table.")

    def honest(self, defence: str) -> HonestRound:
        """What became of honest mail. Raises UsageError when that defence isn't in the table."""
        for one, found in zip(self.defences, self.rounds, strict=True):
            if one.name == defence:
                return found
        raise UsageError(f"{defence!r} isn't in this table.")

    def holes(self, defence: str) -> tuple[str, ...]:
        """The attacks that get something past a defence."""
        return tuple(one.attack.name for one in self.cells if one.defence.name == defence and one.harm)

    def verdict(self, defence: str) -> str:
        """What a defence is worth, in a sentence."""
        holes, honest = self.holes(defence), self.honest(defence)
        first = f"leaves open {', '.join(holes)}" if holes else "leaves nothing of this open"
        second = (
            f"loses {honest.lost} of {honest.sent} honest letters" if honest.lost else "loses no honest mail"
        )
        return f"{first}; {second}."

    # Views

    def __repr__(self) -> str:
        return "\n".join([TITLE, "", *self._grid(), "", *self._legend()])

    def _grid(self) -> Iterator[str]:
        """The numbers: a row for each attack, a column for each defence, which has a number."""
        rows = [(attack.name, attack.things[1], self._row(attack)) for attack in self.attacks]
        rows.append((HONEST, "letters lost", [honest.lost for honest in self.rounds]))
        first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
        heads = "".join(f"{number:>{NUMBER_WIDTH}}" for number in range(1, len(self.defences) + 1))
        yield " " * (first + 2 + second) + heads
        for name, things, harms in rows:
            figures = (f"{harm:,}" if harm else NOTHING for harm in harms)
            yield f"{pad(name, first)}  {pad(things, second)}" + "".join(
                f"{figure:>{NUMBER_WIDTH}}" for figure in figures
            )

    def _row(self, attack: Attack) -> list[int]:
        return [one.harm for one in self.cells if one.attack is attack]

    def _legend(self) -> Iterator[str]:
        rows = [
            (str(number), defence.name, f"{defence.what} It {self.verdict(defence.name)}")
            for number, defence in enumerate(self.defences, 1)
        ]
        name = max(len(row[1]) for row in rows)
        yield from table(rows, (2, name, WIDTH - name - 6))
        yield ""
        for sentence in self._sentences():
            yield from (row.rstrip() for row in wrap(sentence, WIDTH))

    def _sentences(self) -> list[str]:
        return [f"{attack.name} – {attack.what}" for attack in self.attacks]

    def _repr_html_(self) -> str:
        heads = ["defence", *(attack.name for attack in self.attacks), HONEST]
        rows = (self._html_row(defence) for defence in self.defences)
        about = [f"{defence.name} – {defence.what}" for defence in self.defences]
        foot = [LEGEND, *self._sentences(), *about]
        return markup.table([TITLE], map(markup.whole, heads), rows, foot)

    def _html_row(self, defence: Defence) -> str:
        honest = self.honest(defence.name)
        arrived = f"{honest.arrived} of {honest.sent} arrived"
        return markup.row(
            (
                markup.leading(defence.name),
                *(_html_cell(one) for one in self.cells if one.defence is defence),
                markup.name(arrived, kind="refused" if honest.lost else ""),
            )
        )


def _html_cell(one: Cell) -> str:
    return markup.name(one.words, kind="refused") if one.harm else markup.name(NOTHING)
