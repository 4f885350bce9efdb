"""Which labs are open: the one that a new lab replaces, and those that were started beside it."""

import atexit
from typing import Protocol


class Closing(Protocol):
    """What can be closed."""

    def close(self) -> None: ...


_replaceable: Closing | None = None
_open: set[Closing] = set()


def make_way() -> None:
    """Close the lab that a new one replaces, if there is one."""
    if _replaceable:
        _replaceable.close()


def note(lab: Closing, *, beside: bool) -> None:
    """A lab has started."""
    global _replaceable
    _open.add(lab)
    if not beside:
        _replaceable = lab


def forget(lab: Closing) -> None:
    """A lab is closed, or about to be."""
    global _replaceable
    _open.discard(lab)
    if _replaceable is lab:
        _replaceable = None


def _close_all() -> None:
    for lab in list(_open):
        lab.close()


# Without this, Python would end while a lab's thread still holds open connections.
atexit.register(_close_all)
