"""Which labs are open: the one that a new lab replaces, and those that were started beside it."""

import atexit
from typing import Protocol

from labkit.lab.stage import Stage, stage_of
from labkit.relay.language import home


class Closing(Protocol):
    """What can be closed, and its stage."""

    stage: Stage

    def close(self) -> None: ...


_replaceable: Closing | None = None
_open: set[Closing] = set()


def make_way() -> None:
    """Close the lab that a new one replaces, if there is one."""
    if _replaceable:
        _replaceable.close()


def newest() -> Closing | None:
    """The open lab that a new one would replace: the student's own."""
    return _replaceable


def note(lab: Closing, *, beside: bool) -> None:
    """A lab has started."""
    global _replaceable
    _open.add(lab)
    if not beside:
        _replaceable = lab
        home.move_to(lab.stage.home)


def forget(lab: Closing) -> None:
    """A lab is closed, or about to be."""
    global _replaceable
    _open.discard(lab)
    if _replaceable is lab:
        _replaceable = None
        home.move_to(home.USUAL)


def stage() -> Stage:
    """The stage of the lab that is open; where there is none, the one that a new lab would have."""
    return _replaceable.stage if _replaceable else stage_of()


def _close_all() -> None:
    for lab in list(_open):
        lab.close()


# Without this, Python would end while a lab's thread still holds open connections.
atexit.register(_close_all)
