"""The stranger, as students call it: plain calls that wait and return a report. One method an attack."""

from collections.abc import Iterable, Sequence
from functools import partial

from labkit.attacker import backscatter, flood, forward, smuggle, sniff, spam, spoof, spray, strip, takeover
from labkit.attacker.means.guesses import NAMES
from labkit.attacker.means.post import Login
from labkit.attacker.means.relaytest import RelayTest
from labkit.attacker.report import Report
from labkit.lab import probing
from labkit.lab.attacking import Attacking
from labkit.lab.paths import path_of
from labkit.lab.speaking import speak
from labkit.lab.spoken import Spoken
from labkit.network.addresses import Host

# On the usual stage. Each attack tells them in the words of its own.
IN_THE_NAMES_OF = (
    "sales@corp.example",
    "director@corp.example",
    "sales@corp.example/The Director <director@corp.example>",
)


class Attacker(Attacking):
    """A stranger, and what a stranger tries."""

    def spam(
        self,
        count: int = 500,
        *,
        per_minute: int = 100,
        connections: int = 1,
        recipients_each: int = 1,
        hello: str = "",
    ) -> Report:
        """Send ``count`` forged letters through the relay, ``per_minute`` of lab time.

        ``connections`` are open at the same time; each letter has ``recipients_each`` recipients. ``hello``
        is a name to greet with that isn't the stranger's. Raises UsageError for what can't be, and for more
        than the lab's cap; Interrupted when you stop it (what was sent stays recorded), and LabClosed.
        """
        self._lab.check_count(count)
        self._lab.check_count(count * recipients_each)
        attack = partial(
            spam.run,
            recipients=self._stage.CUSTOMERS,
            count=count,
            per_minute=per_minute,
            connections=connections,
            recipients_each=recipients_each,
            hello=hello,
        )
        return self._run(attack, count, "letters")

    def speak(self, lines: str | Sequence[str], *, server: str = "relay", port: int = 25) -> Spoken:
        """Speak SMTP by hand, line by line, as ``lab.workstation.speak`` does; raises the same."""
        return speak(self._lab, self.host, lines, server, port)

    def smuggle(
        self, sequences: Iterable[str] = tuple(smuggle.SEQUENCES), *, target: str = "relay"
    ) -> Report:
        """Hide a second letter behind each of some false ends of a first one, sent through a provider.

        ``target`` is "relay", "mx1" or "mx2": whether it is fooled is for smtpd_forbid_bare_newline to
        say, or for ``lab.mx1.bare_newline``. Raises UsageError for another target and for a sequence that
        isn't in ``labkit.attacker.smuggle.SEQUENCES``, Interrupted and LabClosed.
        """
        host, recipient = self._target(target)
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
        place = probing.place(scenery.network.hosts, self._stage.RELAY if target is None else target, port)
        attack = partial(probing.probe, scenery, place, probing.login(scenery.stage, place, user, password))
        return self._run(attack, probing.LETTERS, "letters", place.host)

    def spray(
        self,
        count: int = 1_000,
        *,
        user: str | Sequence[str] | None = None,
        passwords: Sequence[str] = (),
        addresses: int = 1,
        minutes: int = 60,
        pause: int = 0,
        ask_names: bool = True,
        port: int = 25,
    ) -> Report:
        """Guess passwords at the relay: a few at many accounts, or many at the account of ``user``.

        ``user`` may be several. The ``passwords`` are those that people often choose, unless you give
        others. The guesses come from up to 21 addresses and go on for up to ``minutes`` of lab time,
        ``pause`` minutes of which pass before each next password. First it is asked which users there are,
        unless ``ask_names`` is False. Raises UsageError for numbers that can't be, Interrupted when you
        stop it, and LabClosed.
        """
        users = NAMES if user is None else (user,) if isinstance(user, str) else tuple(user)
        more = self._pool(addresses)
        attack = partial(
            spray.run,
            port=port,
            users=users,
            passwords=passwords,
            domain=self._stage.COMPANY,
            count=count,
            more=more,
            minutes=minutes,
            pause=pause,
            ask_names=ask_names,
        )
        return self._run(attack, count, "guesses")

    def takeover(
        self,
        count: int = 21,
        *,
        user: str = "sales",
        password: str | None = None,
        senders: Sequence[str] | None = None,
        port: int = 587,
    ) -> Report:
        """Send ``count`` letters with a stolen account, in each of these names in turn.

        The ``password`` is the weak one of sales unless you give another, and the names are theirs and the
        director's. A name is an address, or two: what the envelope says and what From: says,
        "envelope/from". Raises UsageError for numbers and addresses that can't be, Interrupted when you
        stop it, and LabClosed.
        """
        stage = self._stage
        login = Login(user, stage.PASSWORDS["sales"] if password is None else password)
        chosen = stage.tell(IN_THE_NAMES_OF) if senders is None else senders
        names = [chosen] if isinstance(chosen, str) else list(chosen)
        attack = partial(
            takeover.run, login=login, senders=names, recipients=stage.CUSTOMERS, count=count, port=port
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
            flood.run,
            honest=self._stage.WORKSTATION,
            sender=self._staff,
            recipient=self._somebody,
            how=how,
            count=count,
            more=self._pool(addresses),
            minutes=minutes,
        )
        return self._run(attack, 1, "floods")

    def backscatter(self, count: int = 12, *, victim: str | None = None) -> Report:
        """Have the relay bounce letters that nobody wrote to a ``victim``, a mailbox of the lab: the
        customer's press unless you name another.

        Raises UsageError for numbers and addresses that can't be, OutsideTheLab for a victim who could be
        real, Interrupted when you stop it, and LabClosed.
        """
        tell = self._stage.tell
        attack = partial(
            backscatter.run,
            victim=tell(backscatter.VICTIM) if victim is None else victim,
            recipients=tell(backscatter.NOT_THERE),
            count=count,
        )
        return self._run(attack, count, "letters")

    def spoof(
        self, to: str | None = None, *, target: str = "relay", tricks: Sequence[str] | None = None
    ) -> Report:
        """Send letters that seem to come from the bank and from the director, by one trick after the other,
        to a customer unless you say to whom.

        ``target`` is the server that they are handed to: "relay", "mx1" or "mx2"; ``tricks`` are the names
        of those to try, all unless given. Raises UsageError for another target, another trick and for an
        address that can't be, OutsideTheLab for one who could be real, Interrupted when you stop it, and
        LabClosed.
        """
        host, _ = self._target(target)
        chosen = self._stage.tell(spoof.TRICKS if tricks is None else spoof.named(tricks))
        attack = partial(spoof.run, recipient=self._somebody if to is None else to, tricks=chosen)
        return self._run(attack, len(chosen), "letters", host)

    def forward(self, *, footer: bool = False, seals: bool = False) -> Report:
        """Have an honest letter of the office sent on by the alumni's server, and see whom it convinces then.

        With ``footer`` that server adds a few lines, with ``seals`` it seals what it has seen (ARC).
        Raises Interrupted when you stop it, and LabClosed.
        """
        attack = partial(
            forward.run, sender=self._staff, recipient=self._somebody, footer=footer, seals=seals
        )
        return self._run(attack, 1, "letters", source=self._stage.WORKSTATION)

    def sniff(self, client: str = "laptop", *, since: int = 0) -> Report:
        """Say what a listener in the client's network has read so far; nothing is sent.

        ``client`` is "laptop" (in the hotel), "workstation", "copier", or "relay" for its way to the mail
        servers of others. ``since`` leaves out the sessions up to that number. Raises UsageError, LabClosed.
        """
        path = path_of(self._stage, client)
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
        path = path_of(self._stage, client, port)
        attack = partial(
            strip.run,
            how=how,
            client=path.program,
            onward=path.onward,
            tls=tls,
            login=Login(user, password) if user else None,
            sender=self._staff,
            to=self._somebody,
            stray=self._stage.tell(strip.STRAY),
            port=path.port,
        )
        return self._run(attack, things="letters")
