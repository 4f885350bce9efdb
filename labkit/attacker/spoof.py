"""Spoof: letters that seem to come from somebody else, each by another trick.

The envelope says where bounces go, From: what the reader sees, and nothing makes the two agree. Some
tricks lie about the domain, which its owner can end (SPF, DKIM, DMARC). The others tell the truth about a
domain that only looks like another: the reader's eye is what they deceive.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from labkit.attacker.letters import SOMEBODY, Draft, address
from labkit.attacker.means.post import post
from labkit.attacker.report import Attempt, Finding, Report
from labkit.attacker.scene import Scene
from labkit.errors import UsageError
from labkit.network.addresses import Host, lab_domain
from labkit.network.fabric import Network

GOAL = "have a letter read that seems to come from the bank, or from the director"
OWN = "promo@vps66.hosting.example"  # the stranger's own address, which is true
PAY = "Hello,\n\nour bank account has changed. Please pay all open invoices today\nto the account attached."
UNLOCK = "Dear customer,\n\nto unlock your account, type your password at bank-login.example/unlock."


@dataclass(frozen=True, slots=True)
class Trick:
    """How a letter deceives: what the envelope says, and what From: says.

    ``seen`` is what a mail program shows of From:, where that isn't what stands there.
    """

    name: str
    reverse_path: str
    header_from: str
    text: str = PAY
    seen: str = ""


# The second letter isn't Latin; and the same as it stands in headers (RFC 3492).
CYRILLIC, PUNYCODE = "c\u043erp.example", "xn--crp-sed.example"

TRICKS = (
    Trick(
        "the bank, and the envelope agrees",
        "security@bank.example",
        "Example Bank <security@bank.example>",
        UNLOCK,
    ),
    Trick("the bank, in From: only", OWN, "Example Bank <security@bank.example>", UNLOCK),
    Trick(
        "the director, and the envelope agrees",
        "director@corp.example",
        "The Director <director@corp.example>",
    ),
    Trick("the director, in From: only", OWN, "The Director <director@corp.example>"),
    Trick(
        "the address is only a name", OWN, f'"director@corp.example" <{OWN}>', PAY, "director@corp.example"
    ),
    Trick("a digit for a letter", "director@c0rp.example", "The Director <director@c0rp.example>"),
    Trick(
        "a domain beside the right one",
        "director@corp-example.test",
        "The Director <director@corp-example.test>",
    ),
    Trick(
        "a letter of another alphabet",
        f"director@{PUNYCODE}",
        f"The Director <director@{PUNYCODE}>",
        PAY,
        f"The Director <director@{CYRILLIC}>",
    ),
)


def named(names: Sequence[str]) -> tuple[Trick, ...]:
    """The tricks of these names. Raises UsageError for a name that there isn't."""
    known = {trick.name: trick for trick in TRICKS}
    for name in names:
        if name not in known:
            raise UsageError(f"{name!r} is no trick. There are: {'; '.join(known)}.")
    return tuple(known[name] for name in names)


async def run(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    *,
    recipient: str = SOMEBODY,
    tricks: Sequence[Trick] = TRICKS,
    port: int = 25,
) -> Report:
    """Send a letter by each of the tricks; what the reader sees is told beside what the envelope says.

    Raises UsageError for a recipient that can't be, OutsideTheLab for one who could be real.
    """
    if not tricks:
        raise UsageError("There is nothing to try: name one trick or more, or leave them out for all.")
    path = address(recipient)
    lab_domain(path.domain)
    drafts = [
        Draft(address(trick.reverse_path), path, trick.header_from, "New bank details", trick.text)
        for trick in tricks
    ]
    attempts = await scene.judged(await post(network, source, target, scene, drafts, port=port))
    shown = [_shown(trick, attempt) for trick, attempt in zip(tricks, attempts, strict=True)]
    letters = "1 letter that says it is" if len(tricks) == 1 else f"{len(tricks)} letters that say they are"
    what = f"{letters} from others, to {recipient}"
    return await scene.report(network, source, what, attempts, shown, goal=GOAL)


def _shown(trick: Trick, attempt: Attempt) -> Finding:
    """One trick, for the reader of the report: the letter itself is counted as an attempt."""
    seen = trick.seen or trick.header_from
    what = f"{trick.name}: {attempt.verdict.word}"
    return Finding(
        what, f"reader sees {seen}, envelope says {trick.reverse_path}", attempt.session, harm=False
    )
