"""What one check saw, and how all of them are told: in words, since a screen reader reads no colours."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from textwrap import fill

WIDTH = 100  # columns of a terminal


class Mark(Enum):
    """How much it matters."""

    FINE = "fine"
    NOTE = "note"  # worth knowing; the lab works
    MEND = "mend"  # the lab, or a part of it, doesn't work


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check ``saw``, what to ``do`` about it, and the ``command`` that does it, ready to be pasted."""

    mark: Mark
    saw: str
    do: str = ""
    command: str = ""


def told(findings: Mapping[str, Finding]) -> str:
    """All findings, each under its name, and what they come to."""
    names = max(map(len, findings))
    return "\n".join([*(_row(name.ljust(names), one) for name, one in findings.items()), "", _sum(findings)])


def must_be_mended(findings: Mapping[str, Finding]) -> list[str]:
    """The names of what must be mended."""
    return [name for name, finding in findings.items() if finding.mark is Mark.MEND]


def _row(name: str, finding: Finding) -> str:
    start = f"{finding.mark.value}  {name}  "
    indent = " " * len(start)
    words = [_wrapped(words, indent) for words in (finding.saw, finding.do) if words]
    lines = [*words, indent + finding.command] if finding.command else words
    return start + "\n".join(lines)[len(start) :]


def _wrapped(words: str, indent: str) -> str:
    return fill(
        words, WIDTH, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _sum(findings: Mapping[str, Finding]) -> str:
    mend = must_be_mended(findings)
    if mend:
        return f"To be mended, so that the lab works: {', '.join(mend)}."
    if any(finding.mark is Mark.NOTE for finding in findings.values()):
        return "The lab works on this machine. What is marked with note is worth knowing."
    return "The lab works on this machine."
