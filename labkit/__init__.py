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

from importlib import import_module
from typing import TYPE_CHECKING

from labkit.errors import Interrupted, LabClosed, LabError, OutsideTheLab, PolicyError, UsageError
from labkit.lab import kinds
from labkit.recipient.policy import RecipientPolicy
from labkit.relay.lockout import Lockout
from labkit.relay.policy import Policy
from labkit.screens.windows import Lab

if TYPE_CHECKING:
    from labkit.exercises.progress import progress
    from labkit.exercises.task import exercise
    from labkit.lab import defences
    from labkit.lab.comparing import diff
    from labkit.lab.defence import Defence
    from labkit.lab.matrix import matrix

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

# A lab starts sooner without these; each is loaded when somebody asks for it.
_LATER = {
    "Defence": "labkit.lab.defence",
    "diff": "labkit.lab.comparing",
    "exercise": "labkit.exercises.task",
    "matrix": "labkit.lab.matrix",
    "progress": "labkit.exercises.progress",
}


def __getattr__(name: str) -> object:
    if name == "defences":
        return import_module("labkit.lab.defences")
    if name in _LATER:
        found: object = getattr(import_module(_LATER[name]), name)
        return found
    raise AttributeError(f"module 'labkit' has no attribute {name!r}")
