"""Takeover: with a password that isn't theirs, a stranger sends as its owner, and as the director.

The relay can't know who is behind an account. But it can know which addresses belong to it
(smtpd_sender_login_maps), and refuse all others; and it can limit how much one client sends, so that
the theft doesn't go unnoticed for long. What the letter itself says in From: isn't looked at by either.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import cycle, islice

from labkit.attacker.letters import SOMEBODY, Draft, lab_path
from labkit.attacker.means.post import Login, post
from labkit.attacker.report import Attempt, Finding, Report, Verdict
from labkit.attacker.scene import Scene
from labkit.errors import UsageError
from labkit.network.addresses import Host, lab_domain
from labkit.network.fabric import Network
from labkit.smtp.address import Path

GOAL = "send letters that the company seems to have written"
MOST_LETTERS = 10_000
SUBJECT = "New bank details"
TEXT = "Hello,\n\nour bank account has changed. Please pay all open invoices today\nto the account attached."


async def run(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    *,
    login: Login,
    senders: Sequence[str],
    recipients: Sequence[str] = (SOMEBODY,),
    count: int = 20,
    port: int = 587,
) -> Report:
    """Send ``count`` letters with a stolen account, as each of ``senders`` in turn.

    A sender is an address, for the envelope and the From: header alike; or two, "envelope/header". Raises
    UsageError for addresses and numbers that can't be, OutsideTheLab for anybody who could be real.
    """
    if not 1 <= count <= MOST_LETTERS or not senders:
        raise UsageError(f"{count:,} letters can't be sent: choose 1 to {MOST_LETTERS:,}, and a sender.")
    paths = [lab_path(recipient) for recipient in recipients]
    used = list(islice(cycle(senders), count))
    drafts = [draft(sender, path) for sender, path in zip(used, cycle(paths), strict=False)]
    attempts = await scene.judged(await post(network, source, target, scene, drafts, port=port, login=login))
    what = f"{count:,} letters with the account {login.user}"
    return await scene.report(network, source, what, attempts, by_sender(used, attempts), goal=GOAL)


def draft(sender: str, recipient: Path) -> Draft:
    """A letter from "envelope/header", or from one address for both."""
    envelope, _, header = sender.partition("/")
    for domain in re.findall(r"@([^\s<>@,]+)", header):
        lab_domain(domain)
    return Draft(lab_path(envelope), recipient, header or envelope, SUBJECT, TEXT)


def by_sender(senders: Sequence[str], attempts: Sequence[Attempt]) -> list[Finding]:
    """What came of the letters in each name. The letters are counted as such, so this adds no harm."""
    tried, came = Counter(senders), Counter[str]()
    for sender, attempt in zip(senders, attempts, strict=True):
        came[sender] += attempt.verdict is Verdict.DELIVERED
    return [
        Finding(_named(sender), f"{came[sender]:,} of {count:,} found in mailboxes", harm=False)
        for sender, count in tried.items()
    ]


def _named(sender: str) -> str:
    envelope, _, header = sender.partition("/")
    return f"as {envelope}, From: {header}" if header else f"as {envelope}"
