"""Sniff: somebody in the same network listens, and is noticed by nobody.

Without TLS, a listener reads the password and the letter. With it, noise is left: who spoke with whom, when,
and how much. Ended by TLS on the whole path, which the client insists on (``strip`` tells why).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from labkit.attacker.means.noise import Noise, noise
from labkit.attacker.means.reading import Credentials, Letter, credentials, letters
from labkit.attacker.report import Finding, Report
from labkit.attacker.scene import Scene
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.network.hop import overheard
from labkit.wire.reading.line import Line
from labkit.wire.reading.lines import lines
from labkit.wire.record import Recording

GOAL = "read passwords and letters that others send"
NOTHING_YET = (
    "Nothing has crossed here yet, so there was nothing to read. Send something first, then listen again."
)
MOST_FINDINGS = 1000
MOST_SIZES = 12
WRONG = 535  # RFC 4954 section 6


async def run(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    *,
    client: Host | None = None,
    others: Sequence[Host] = (),
    since: int = 0,
) -> Report:
    """Read what has passed between ``client`` and ``target`` so far; without a client, with whomever.

    ``others`` are further servers on the same path; ``since`` is the number of the last session that isn't
    wanted. Nothing is sent: what is reported was on the wire.
    """
    ends = [host for host in ((client,) if client else network.hosts) if host != target]
    passed = [each for each in _passing(network, ends, (target, *others)) if each.number > since]
    found: list[Finding] = []
    for session in passed:
        found += islice(findings(session), MOST_FINDINGS - len(found))
    listened = f"listens between {client.name if client else 'everybody'} and {target.name}"
    report = await scene.report(network, source, listened, (), found, goal=GOAL)
    return report if passed else replace(report, moot=NOTHING_YET)


def findings(session: Recording) -> Iterator[Finding]:
    """What the wire shows of one session."""
    read = lines(session, reveal=True)
    yield from opened(read, session.number, "on the wire")
    behind = noise(session)
    if behind:
        yield _hidden(session, behind)


def opened(read: Sequence[Line], session: int, where: str) -> Iterator[Finding]:
    """The logins and letters in what was read of a session, ``where`` that was."""
    for login in credentials(read):
        yield _password(login, session, where)
    for letter in letters(read):
        yield _letter(letter, session, where)


def _passing(network: Network, ends: Sequence[Host], servers: Sequence[Host]) -> Iterator[Recording]:
    """The sessions between any of ``ends`` and any of ``servers``, in order."""
    paths = [overheard(network.recorder, end, server) for end in ends for server in servers if end != server]
    sessions = {session.number: session for path in paths for session in path}
    return (sessions[number] for number in sorted(sessions))


def _password(login: Credentials, session: int, where: str) -> Finding:
    answer = f"the server answered {login.code}" if login.code else "no answer was heard"
    proof = f'"{login.quoted}" {where}; {answer}'
    is_wrong = login.code == WRONG
    what = f"the {'wrong ' if is_wrong else ''}password {login.password!r} of {login.user!r}"
    return Finding(what, proof, session, harm=not is_wrong)


def _letter(letter: Letter, session: int, where: str) -> Finding:
    what = f"a letter from {letter.header_from or 'nobody'}: {letter.subject or '(no subject)'}"
    mark = f"its Message-ID {letter.mark}" if letter.mark else f"{letter.lines:,} lines of it"
    return Finding(what, f"{mark} {where}", session)


def _hidden(session: Recording, behind: Noise) -> Finding:
    moment = (session.opened + timedelta(seconds=behind.at)).strftime("%H:%M:%S")
    server = f"{behind.server_name or 'a server that was not named'} [{session.server.address}]"
    what = f"{session.client.address} spoke behind TLS with {server} on port {session.port} at {moment}"
    proof = f"the wire shows names, addresses and sizes: {_sizes(behind)}"
    return Finding(what, proof, session.number, harm=False)


def _sizes(behind: Noise) -> str:
    shown = ", ".join(f"{size:,}" for size in behind.pieces[:MOST_SIZES]) or "no"
    more = len(behind.pieces) - MOST_SIZES
    return f"{shown} bytes from the client" + (f", and {more:,} more pieces" if more > 0 else "")
