"""Spray: passwords are guessed, a few at many accounts or many at one, from one address or from many.

A relay can limit how often an address guesses (smtpd_client_auth_rate_limit), which many addresses get
around; and it can close an account after some failures, which a patient stranger gets around, and which
keeps the owner out. What neither helps against is a password that is the first one to be tried.
"""

from collections.abc import Iterable, Sequence

from labkit.attacker.means import guesses, names
from labkit.attacker.means.guesser import Guesser
from labkit.attacker.means.visitor import Visitor, left
from labkit.attacker.report import Finding, Report
from labkit.attacker.scene import Scene
from labkit.errors import PeerError, UsageError
from labkit.network.addresses import Host, lab_domain
from labkit.network.fabric import Network

GOAL = "find a password, or at least who has an account"
MOST_GUESSES = 100_000
MOST_MINUTES = 60 * 24 * 7
NO_LOGIN = "The relay asks nobody for a password here"


async def run(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    *,
    port: int = 25,
    users: Sequence[str] = guesses.NAMES,
    passwords: Sequence[str] = (),
    domain: str = "corp.example",
    count: int = 1_000,
    more: Iterable[Host] = (),
    minutes: int = 60,
    pause: int = 0,
    ask_names: bool = True,
) -> Report:
    """Guess up to ``count`` times at the accounts of ``users``, for up to ``minutes`` of lab time.

    ``passwords`` are the usual ones unless given. ``more`` are further addresses to guess from, each in its
    turn; ``pause`` is how many minutes of lab time pass before each next password. First it is asked which
    users there are, unless ``ask_names`` is False. A password is found when it logs in. Raises UsageError
    for numbers that can't be, OutsideTheLab for a domain that could be real.
    """
    _check(users, count, minutes, pause)
    lab_domain(domain)
    sources = [network.add(host) for host in (source, *more)]
    found = await names.ask(network, source, target, scene, users, domain, port) if ask_names else []
    visitors = [Visitor(network, host, target, scene, port) for host in sources]
    guesser = Guesser(visitors, scene, minutes)
    words = passwords or guesses.passwords(scene.tell(guesses.COMMON))
    try:
        if await _can_guess(visitors[0], found):
            await guesser.try_all(guesses.rounds(users, words), count, 60 * pause)
    finally:
        await guesser.leave()
    found += guesser.findings()
    people = f"{len(users)} accounts" if len(users) > 1 else f"the account {users[0]}"
    places = f"{len(sources)} addresses" if len(sources) > 1 else "1 address"
    time = f"{guesser.minutes:,.0f} {'minute' if round(guesser.minutes) == 1 else 'minutes'} of lab time"
    what = f"{guesser.heard:,} guesses at {people} from {places}, in {time}"
    return await scene.report(network, source, what, (), found, goal=GOAL)


async def _can_guess(visitor: Visitor, found: list[Finding]) -> bool:
    """Whether passwords are asked for. A relay that isn't there now may be there later."""
    try:
        if await visitor.offers_login():
            return True
    except PeerError:
        return True
    found.append(Finding("no password can be guessed", NO_LOGIN, visitor.session, harm=False))
    await left(visitor)
    return False


def _check(users: Sequence[str], count: int, minutes: int, pause: int) -> None:
    if not users:
        raise UsageError("There is nobody to guess at: name one user or more.")
    if not 1 <= count <= MOST_GUESSES:
        raise UsageError(f"{count:,} guesses can't be made: choose 1 to {MOST_GUESSES:,}.")
    if not 1 <= minutes <= MOST_MINUTES or not 0 <= pause <= MOST_MINUTES:
        raise UsageError(
            f"An attack takes 1 to {MOST_MINUTES:,} minutes of lab time, and its pauses no more."
        )
