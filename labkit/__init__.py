"""The SMTP relay lab: watch an open relay get abused, close it, and watch again.

Words used throughout, as the mail RFCs use them:

relay         a server that takes mail in order to pass it on; *open* when it does so for anybody
envelope      what the server acts on: one reverse-path (MAIL FROM) and forward-paths (RCPT TO);
              the letter's own From: and To: are only text inside the content
transcript    the recording of one session
session view  the lines above TLS, as the server saw them
wire view     the bytes below TLS, as somebody on the path reads them
policy        the relay's settings, with Postfix's parameter names
restriction   one rule of a policy; the first one that decides, wins
lab time      starts at Monday 2026-01-05 09:00:00 UTC and moves only when told
nonce         a mark in each letter, by which it is found again in a mailbox

>>> from labkit import Lab, Policy
>>> with Lab() as lab:
...     report = lab.attacker.spam(5)
"""

from labkit.errors import Interrupted, LabClosed, LabError, OutsideTheLab, PolicyError, UsageError
from labkit.lab import Lab, kinds
from labkit.relay.policy import Policy

__all__ = [
    "Interrupted",
    "Lab",
    "LabClosed",
    "LabError",
    "OutsideTheLab",
    "Policy",
    "PolicyError",
    "UsageError",
    "kinds",
]
