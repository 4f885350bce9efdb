"""dkimpy, as the lab uses it.

The library asks the machine for the time, and would ask the machine's name servers for keys. Here it gets
lab time; keys are fetched before, by the lab's own resolver, and handed over.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

_BLANKS_AT_END = re.compile(rb"(?<![\t ])[\t ]++(?=\r\n)")
_BLANKS = re.compile(rb"[\t ]++")

# A longer head is not looked at: the library's work grows with the square of it.
HEAD_LIMIT = 2**17  # octets


@dataclass(frozen=True, slots=True)
class _Moment:
    """Stands where the library has the module ``time``."""

    moment: datetime

    def time(self) -> float:
        """Seconds since 1970, of lab time."""
        return self.moment.timestamp()


@contextmanager
def dkimpy(moment: datetime) -> "Iterator[ModuleType]":
    """The library, while it is ``moment``. There must be no ``await`` within."""
    import dkim  # here: few labs sign, and it takes longer to load than a lab to start

    before, dkim.time = dkim.time, _Moment(moment)
    try:
        yield dkim
    finally:
        dkim.time = before


def head_size(content: bytes) -> int:
    """Octets before the first empty line."""
    end = content.find(b"\r\n\r\n")
    return len(content) if end < 0 else end


def relaxed(body: bytes) -> bytes:
    """The text with its blanks as "relaxed" counts them (RFC 6376 section 3.4.4).

    The library does the same, but its time grows with the square of the blanks. With these it has none
    left to work on.
    """
    return _BLANKS.sub(b" ", _BLANKS_AT_END.sub(b"", body))
