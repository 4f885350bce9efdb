"""The two languages of patterns in Postfix's tables, pcre and regexp, as Python's ``re`` reads them.

Known differences: pcre's flags A, E, U and X and regexp's flag x aren't read; where a POSIX pattern
could match in several ways, Python takes the first one and POSIX the longest.
"""

import re
from typing import NamedTuple

from labkit.errors import PolicyError

_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_IN_BRACKET = r"(?s)\[:(\w+):\]|(\\.)|(--+|.)"


class Flavour(NamedTuple):
    """One of the two languages.

    ``flags`` hold unless a letter of ``toggles`` behind the pattern turns them around. ``token`` finds an
    escaped character, a bracket expression, or a bracket that isn't closed. ``escapes`` are those that
    Python writes in another way.
    """

    flags: re.RegexFlag
    toggles: dict[str, re.RegexFlag]
    token: str
    escapes: dict[str, str]
    escapes_in_brackets: bool

    def compile(self, source: str, letters: str) -> re.Pattern[str]:
        """The pattern as Python's. Raises PolicyError for a pattern or a flag that can't be read."""
        flags = self.flags
        for letter in letters:
            if letter not in self.toggles:
                raise PolicyError(f"{letter!r} behind /{source}/ is not one of the flags {self._letters}.")
            flags ^= self.toggles[letter]
        try:
            return re.compile(re.sub(self.token, self._translated, source), flags)
        except (re.error, OverflowError, RecursionError) as error:
            raise PolicyError(f"/{source}/ is not a pattern that this lab can read ({error}).") from None

    @property
    def _letters(self) -> str:
        return ", ".join(self.toggles)

    def _translated(self, token: re.Match[str]) -> str:
        if token[0].startswith("\\"):
            return self.escapes.get(token[0], token[0])
        if token[0] == "[":
            raise PolicyError("a [ in a pattern is not closed by a ].")
        return f"[{token[1]}{re.sub(_IN_BRACKET, self._member, token[2])}]"

    def _member(self, member: re.Match[str]) -> str:
        name, escaped, char = member.groups()
        if name:
            if name not in _CLASSES:
                raise PolicyError(f"there is no class [:{name}:].")
            return _CLASSES[name]
        if escaped:
            return escaped if self.escapes_in_brackets else "\\\\" + _plain(escaped[1])
        if char.startswith("--"):
            return _hyphens(len(char), first=member.start() == 0)
        return _plain(char)


def _hyphens(number: int, first: bool) -> str:
    """Several hyphens: a range that begins or ends with one; a third is a hyphen itself."""
    if first:
        return r"\--" if number == 2 else r"\-"
    return r"-\-" if number == 2 else r"-\-\-"


def _plain(char: str) -> str:
    """A character of a bracket expression that Python would otherwise read as a set operation."""
    return f"\\{char}" if char in r"[]\&|~" else char


FLAVOURS = {
    "pcre": Flavour(
        flags=re.ASCII | re.IGNORECASE | re.DOTALL,
        toggles={"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE},
        token=r"(?s)\\.|\[(\^?)(\]?+(?:\[:\w+:\]|\\.|[^]\\])*)\]|\[",
        escapes={r"\h": r"[ \t]", r"\R": r"(?:\r\n|\r|\n)", r"\z": r"\Z", r"\Z": r"(?=\n?\Z)"},
        escapes_in_brackets=True,
    ),
    "regexp": Flavour(
        flags=re.ASCII | re.IGNORECASE | re.DOTALL,
        toggles={"i": re.IGNORECASE, "m": re.MULTILINE | re.DOTALL},
        token=r"(?s)\\.|\[(\^?)(\]?+(?:\[:\w+:\]|[^]])*)\]|\[",
        escapes={r"\<": r"\b(?=\w)", r"\>": r"\b(?<=\w)"},
        escapes_in_brackets=False,
    ),
}
