"""The kinds of values in main.cf: how each is read, and how it is written (postconf(5)).

To read is to take the text of main.cf, or a Python value, and to give what a policy holds; what can't be
read raises a PolicyError that says what is wrong, and what would be right.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from labkit.errors import PolicyError
from labkit.relay.language.postfix_names import nearest

LONGEST = 2**31 - 1
LARGEST = 2**63 - 1

_NO_ALIASES: Mapping[str, str] = {}
_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_BYTES = {"k": 2**10, "m": 2**20, "g": 2**30}


class Kind(NamedTuple):
    """``read`` gives the value that a policy holds; ``write`` gives the text that reads as this value."""

    read: Callable[[object], Any]
    write: Callable[[Any], str] = str


def _switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("yes", "no"):
        return str(value).lower() == "yes"
    raise PolicyError(f"{value!r} is neither yes nor no.")


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def one_of(*words: str, elsewhere: Sequence[str] = (), aliases: Mapping[str, str] = _NO_ALIASES) -> Kind:
    """One of the words; those in ``elsewhere`` are Postfix's too, but not this lab's."""

    def read(value: object) -> str:
        word = str(value).lower()
        word = aliases.get(word, word)
        if word in words:
            return word
        if word in elsewhere:
            raise PolicyError(f"Postfix knows {word}; this lab knows {', '.join(words)}.")
        raise PolicyError(f"{value!r} is not one of {', '.join(words)}.{nearest(str(value), words)}")

    return Kind(read)


def whole(value: object) -> int | None:
    """The number that a text or a Python number is, or None."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(least: int = 0) -> Kind:
    """A whole number."""

    def read(value: object) -> int:
        found = whole(value)
        if found is None or not least <= found <= LONGEST:
            raise PolicyError(f"{value!r} is not a whole number from {least} to {LONGEST}.")
        return found

    return Kind(read)


def size(least: int) -> Kind:
    """A number of bytes."""

    def read(value: object) -> int:
        found = whole(value)
        if found is None or not least <= found <= LARGEST:
            least_said = f"greater than {least - 1}" if least else "or 0 for no limit"
            raise PolicyError(f"{value!r} is not a number of bytes {least_said}.{_in_bytes(value)}")
        return found

    return Kind(read)


def _in_bytes(value: object) -> str:
    parts = re.fullmatch(r"(\d{1,9})\s*([kmg])(i?b)?", str(value).lower())
    return f" Postfix reads no units here: write {int(parts[1]) * _BYTES[parts[2]]}." if parts else ""


def seconds(unit: str, least: int = 0) -> Kind:
    """A time in seconds; text without a unit is in ``unit``."""

    def read(value: object) -> int:
        found = whole(value) if not isinstance(value, str) else _seconds(value, unit)
        if found is None or not least <= found <= LONGEST:
            at_least = f" of at least {least}s" if least else ""
            raise PolicyError(f"{value!r} is not a time{at_least}, such as 90s, 15m, 4h, 5d or 1w.")
        return found

    return Kind(read, _time)


def _seconds(text: str, unit: str) -> int | None:
    parts = re.fullmatch(r"(\d{1,10})([smhdw]?)", text, re.ASCII)
    return int(parts[1]) * _UNITS[parts[2] or unit] if parts else None


def _time(value: int) -> str:
    """A time in the largest unit that needs no fraction."""
    unit = next(unit for unit, length in _UNITS.items() if value % length == 0) if value else "s"
    return f"{value // _UNITS[unit]}{unit}"


NO_LEVEL = {"": "none"}
Switch = Annotated[bool, Kind(_switch, _yes_or_no)]
SmtpdLevel = Annotated[str, one_of("none", "may", "encrypt", aliases=NO_LEVEL)]
SmtpLevel = Annotated[
    str,
    one_of(
        "none",
        "may",
        "encrypt",
        "verify",
        elsewhere=("dane", "dane-only", "fingerprint", "secure"),
        aliases=NO_LEVEL,
    ),
]
BareNewline = Annotated[
    str, one_of("normalize", "reject", "no", elsewhere=("note",), aliases={"yes": "normalize"})
]
Size = Annotated[int, size(least=1)]
SizeOrNone = Annotated[int, size(least=0)]
Count = Annotated[int, number(least=1)]
CountOrNone = Annotated[int, number(least=0)]
Seconds = Annotated[int, seconds("s")]
SomeSeconds = Annotated[int, seconds("s", least=1)]
Hours = Annotated[int, seconds("h")]
Days = Annotated[int, seconds("d")]
