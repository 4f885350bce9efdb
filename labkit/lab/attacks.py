"""The stranger, as students call it: plain calls that wait and return a report. One method an attack."""

from collections.abc import Iterable, Sequence
from functools import partial

from labkit.attacker import backscatter, flood, forward, smuggle, sniff, spam, spoof, spray, strip, takeover
from labkit.attacker.means.guesses import NAMES
from labkit.attacker.means.post import Login
from labkit.attacker.means.relaytest import RelayTest
from labkit.attacker.report import Report
from labkit.errors import UsageError
from labkit.lab import probing, stage
from labkit.lab.attacking import Attacking
from labkit.lab.paths import path_of
from labkit.network.addresses import Host

SMUGGLED_TO = {
    "relay": (stage.RELAY, f"staff@{stage.COMPANY}"),
    "mx1": (stage.MX1, f"orders@{stage.CUSTOMER}"),
    "mx2": (stage.MX2, f"orders@{stage.CUSTOMER}"),
}
IN_THE_NAMES_OF = (
    f"sales@{stage.COMPANY}",
    f"director@{stage.COMPANY}",
    f"sales@{stage.COMPANY}/The Director <director@{stage.COMPANY}>",
)
CUSTOMERS = tuple(f"{name}@{stage.CUSTOMER}" for name in stage.CUSTOMER_MAILBOXES)


class Attacker(Attacking):
    """A stranger, and what a stranger tries."""

    def spam(
        self, count: int = 500, *, per_minute: int = 100, connections: int = 1, recipients_each: int = 1
    ) -> Report:
        """Send ``count`` forged letters through the relay, ``per_minute`` of lab time.

        ``connections`` are open at the same time; each letter has ``recipients_each`` recipients. Raises
        UsageError for numbers that can't be, and for more than the lab's cap; Interrupted when you stop it
        (what was sent stays recorded), and LabClosed.
        """
        self._lab.check_count(count)
        self._lab.check_count(count * recipients_each)
        attack = partial(
            spam.run,
            recipients=CUSTOMERS,
            count=count,
            per_minute=per_minute,
            connections=connections,
            recipients_each=recipients_each,
        )
        return self._run(attack, count, "letters")

    def smuggle(
        self, sequences: Iterable[str] = tuple(smuggle.SEQUENCES), *, target: str = "relay"
    ) -> Report:
        """Hide a second letter behind each of some false ends of a first one, sent through a provider.

        ``target`` is "relay", "mx1" or "mx2": whether it is fooled is for smtpd_forbid_bare_newline to
        say, or for ``lab.mx1.bare_newline``. Raises UsageError for another target and for a sequence that
        isn't in ``labkit.attacker.smuggle.SEQUENCES``, Interrupted and LabClosed.
        """
        if target not in SMUGGLED_TO:
            raise UsageError(f"{target!r} can't be the target. Choose one of {', '.join(SMUGGLED_TO)}.")
        host, recipient = SMUGGLED_TO[target]
        names = [sequences] if isinstance(sequences, str) else list(sequences)
        attack = partial(smuggle.run, recipient=recipient, sequences=names)
        return self._run(attack, len(names), "false ends", host)

    def probe(
        self,
        target: str | Host | None = None,
        port: int = 25,
        *,
        user: str | None = None,
        password: str = "",
    ) -> RelayTest:
        """Test whether a server carries strangers' letters: the relay, unless you name another.

        ``target`` is a host of the lab, with a port if you like ("mx1", "relay:587"), or a server of your
        own on this machine ("127.0.0.1:2525"). ``user`` and ``password`` are an account there; at the
        relay, the staff's is used. Raises OutsideTheLab for any other target, UsageError for a port that
        can't be, Interrupted when you stop it, and LabClosed.
        """
        scenery = self._lab.scenery
        place = probing.place(scenery.network.hosts, stage.RELAY if target is None else target, port)
        attack = partial(probing.probe, scenery, place, probing.login(place, user, password))
        return self._run(attack, probing.LETTERS, "letters", place.host)

    def spray(
        self,
        count: int = 1_000,
        *,
        user: str | None = None,
        addresses: int = 1,
        minutes: int = 60,
        pause: int = 0,
        port: int = 25,
    ) -> Report:
        """Guess passwords at the relay: a few at many accounts, or many at the account of ``user``.

        The guesses come from up to 21 addresses and go on for up to ``minutes`` of lab time, ``pause``
        minutes of which pass before each next password. Raises UsageError for numbers that can't be,
        Interrupted when you stop it, and LabClosed.
        """
        users = NAMES if user is None else (user,)
        more = _pool(addresses)
        attack = partial(
            spray.run, port=port, users=users, count=count, more=more, minutes=minutes, pause=pause
        )
        return self._run(attack, count, "guesses")

    def takeover(
        self,
        count: int = 21,
        *,
        user: str = "sales",
        password: str = "winter-2026",
        senders: Sequence[str] = IN_THE_NAMES_OF,
        port: int = 587,
    ) -> Report:
        """Send ``count`` letters with a stolen account, in each of these names in turn.

        A name is an address, or two: what the envelope says and what From: says, "envelope/from". Raises
        UsageError for numbers and addresses that can't be, Interrupted when you stop it, and LabClosed.
        """
        login = Login(user, password)
        names = [senders] if isinstance(senders, str) else list(senders)
        attack = partial(
            takeover.run, login=login, senders=names, recipients=CUSTOMERS, count=count, port=port
        )
        return self._run(attack, count, "letters")

    def flood(
        self, how: str = "connections", count: int | None = None, *, addresses: int = 1, minutes: int = 10
    ) -> Report:
        """Keep the relay busy, and see how long a letter from the office takes meanwhile.

        ``how`` is "connections", "slow", "lines", "recipients" or "bombs"; ``count`` is how many of them.
        They come from up to 21 addresses; connections are kept for ``minutes`` of lab time. Raises
        UsageError for what can't be, Interrupted when you stop it, and LabClosed.
        """
        attack = partial(
            flood.run, honest=stage.WORKSTATION, how=how, count=count, more=_pool(addresses), minutes=minutes
        )
        return self._run(attack, 1, "floods")

    def backscatter(self, count: int = 12, *, victim: str = backscatter.VICTIM) -> Report:
        """Have the relay bounce letters that nobody wrote to a ``victim``, a mailbox of the lab.

        Raises UsageError for numbers and addresses that can't be, OutsideTheLab for a victim who could be
        real, Interrupted when you stop it, and LabClosed.
        """
        return self._run(partial(backscatter.run, victim=victim, count=count), count, "letters")

    def spoof(
        self, to: str = CUSTOMERS[0], *, target: str = "relay", tricks: Sequence[str] | None = None
    ) -> Report:
        """Send letters that seem to come from the bank and from the director, by one trick after the other.

        ``target`` is the server that they are handed to: "relay", "mx1" or "mx2"; ``tricks`` are the names
        of those to try, all unless given. Raises UsageError for another target, another trick and for an
        address that can't be, OutsideTheLab for one who could be real, Interrupted when you stop it, and
        LabClosed.
        """
        if target not in SMUGGLED_TO:
            raise UsageError(f"{target!r} can't be the target. Choose one of {', '.join(SMUGGLED_TO)}.")
        chosen = spoof.TRICKS if tricks is None else spoof.named(tricks)
        attack = partial(spoof.run, recipient=to, tricks=chosen)
        return self._run(attack, len(chosen), "letters", SMUGGLED_TO[target][0])

    def forward(self, *, footer: bool = False, seals: bool = False) -> Report:
        """Have an honest letter of the office sent on by the alumni's server, and see whom it convinces then.

        With ``footer`` that server adds a few lines, with ``seals`` it seals what it has seen (ARC).
        Raises Interrupted when you stop it, and LabClosed.
        """
        attack = partial(forward.run, footer=footer, seals=seals)
        return self._run(attack, 1, "letters", source=stage.WORKSTATION)

    def sniff(self, client: str = "laptop", *, since: int = 0) -> Report:
        """Say what a listener in the client's network has read so far; nothing is sent.

        ``client`` is "laptop" (in the hotel), "workstation", "copier", or "relay" for its way to the mail
        servers of others. ``since`` leaves out the sessions up to that number. Raises UsageError, LabClosed.
        """
        path = path_of(client)
        attack = partial(sniff.run, client=path.client, others=path.servers[1:], since=since)
        return self._run(attack, things="paths", target=path.servers[0])

    def strip(
        self,
        how: str = "strip",
        *,
        client: str = "laptop",
        tls: str = "may",
        user: str = "",
        password: str = "",
        port: int | None = None,
    ) -> Report:
        """Stand on the client's path while its mail program sends a letter.

        ``how`` is "strip" (removes STARTTLS), "certificate" (shows a false one) or "inject" (adds commands
        before TLS). ``tls``, ``user``, ``password`` and ``port`` are the settings of the mail program;
        ``client`` is as in ``sniff``. How the relay treats TLS is for its policy to say. Raises UsageError
        for what can't be chosen, Interrupted and LabClosed.
        """
        path = path_of(client, port)
        attack = partial(
            strip.run,
            how=how,
            client=path.program,
            onward=path.onward,
            tls=tls,
            login=Login(user, password) if user else None,
            port=path.port,
        )
        return self._run(attack, things="letters")


def _pool(addresses: int) -> tuple[Host, ...]:
    """The addresses that a stranger uses besides the first."""
    if not 1 <= addresses <= 1 + len(stage.POOL):
        raise UsageError(f"The stranger has 1 to {1 + len(stage.POOL)} addresses, and not {addresses}.")
    return stage.POOL[: addresses - 1]
