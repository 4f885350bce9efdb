"""The SMTP relay lab: watch an open relay get abused, close it, and watch again.

Words used throughout, as the mail RFCs use them:

relay         a server that takes mail in order to pass it on; *open* when it does so for anybody
envelope      what the server acts on: one reverse-path (MAIL FROM) and forward-paths (RCPT TO);
              the letter's own From: and To: are only text inside the content
transcript    the recording of one session
session view  the lines above TLS, as the server saw them
wire view     the bytes below TLS, as somebody on the path reads them
policy        the relay's settings, with Postfix's parameter names
checks        what a recipient looks at, and what follows (RecipientPolicy)
defence       a policy and all that belongs to it: DNS records, passwords, checks (defences)
matrix        every attack against every defence, each cell run in a lab of its own
exercise      a task that checks itself; progress is the board of all of them
restriction   one rule of a policy; the first one that decides, wins
lab time      starts at Monday 2026-01-05 09:00:00 UTC and moves only when told
nonce         a mark in each letter, by which it is found again in a mailbox

>>> from labkit import Lab, Policy
>>> with Lab() as lab:
...     report = lab.attacker.spam(5)
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from labkit.errors import (
    Interrupted,
    LabClosed,
    LabError,
    MachineError,
    OutsideTheLab,
    PolicyError,
    UsageError,
)

if TYPE_CHECKING:
    from labkit.exercises.progress import progress
    from labkit.exercises.task import exercise
    from labkit.lab import defences, kinds
    from labkit.lab.comparing import diff
    from labkit.lab.defence import Defence
    from labkit.lab.matrix import matrix
    from labkit.recipient.policy import RecipientPolicy
    from labkit.relay.lockout import Lockout
    from labkit.relay.policy import Policy
    from labkit.screens.windows import Lab

__all__ = [
    "Defence",
    "Interrupted",
    "Lab",
    "LabClosed",
    "LabError",
    "Lockout",
    "OutsideTheLab",
    "Policy",
    "PolicyError",
    "RecipientPolicy",
    "UsageError",
    "defences",
    "diff",
    "exercise",
    "kinds",
    "matrix",
    "progress",
]

# Each is loaded when somebody asks for it: so a command's help is there at once, and `labkit doctor` can say
# which package is missing.
_LATER = {
    "Defence": "labkit.lab.defence",
    "Lab": "labkit.screens.windows",
    "Lockout": "labkit.relay.lockout",
    "Policy": "labkit.relay.policy",
    "RecipientPolicy": "labkit.recipient.policy",
    "diff": "labkit.lab.comparing",
    "exercise": "labkit.exercises.task",
    "matrix": "labkit.lab.matrix",
    "progress": "labkit.exercises.progress",
}
_MODULES = {"defences": "labkit.lab.defences", "kinds": "labkit.lab.kinds"}

_TOO_OLD = (
    "The lab needs Python 3.11 or newer, and this is Python {0}.{1}. Choose a newer one for this notebook "
    "(Kernel, Change Kernel), or install one from python.org."
)


def __getattr__(name: str) -> object:
    if sys.version_info < (3, 11):  # noqa: UP036 - pip refuses it; a folder of the lab in VS Code doesn't
        raise MachineError(_TOO_OLD.format(*sys.version_info))
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name in _LATER:
        found: object = getattr(import_module(_LATER[name]), name)
        return found
    raise AttributeError(f"module 'labkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    """What a Python prompt and a notebook offer after ``labkit.`` and Tab."""
    return sorted(__all__)
