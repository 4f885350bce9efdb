"""Four servers for a student to test, and nothing known of them but their letters: ``lab.servers``.

Two of them carry mail for strangers, and each of the four looks different from what it is to somebody who
tests with one letter, in the clear, or looks at RCPT only. They stand at the relay's place in turn: so the
test is the same as for any other server, and a letter that arrives is found in the stranger's own mailbox.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from labkit.attacker.means.relaytest import RelayTest
from labkit.errors import UsageError
from labkit.lab.deceivers import KEEPS_LETTERS, OPEN_BEHIND_TLS, REFUSES_LATE
from labkit.lab.kinds import Kind
from labkit.relay.policy import Policy

if TYPE_CHECKING:
    from labkit.lab.lab import Lab

TRUSTS_OUR_NAME = Kind(
    "trusts our name",
    "refuses strangers, unless they say MAIL FROM: an address of the company.",
    """
    mynetworks = 192.0.2.0/24
    smtpd_relay_restrictions = permit_mynetworks,
        check_sender_access inline:{ {corp.example = OK} }, reject_unauth_destination
    """,
)

SERVERS = {"A": REFUSES_LATE, "B": TRUSTS_OUR_NAME, "C": KEEPS_LETTERS, "D": OPEN_BEHIND_TLS}

WHAT = 'Four servers: {names}. Test one of them, as with lab.servers.probe("{first}").'
NO_SERVER = "There is no server {given!r} here. There are {names}."
TESTED = "a relay test of server {name}, port 25"


class FourServers:
    """Four servers, each with a letter for a name."""

    def __init__(self, lab: "Lab") -> None:
        self._lab = lab

    def probe(self, name: str) -> RelayTest:
        """Test a server as ``lab.attacker.probe()`` tests the relay, whose policy is the same afterwards.

        Raises UsageError for another name, Interrupted when you stop it, and LabClosed.
        """
        known = str(name).strip().upper()
        if known not in SERVERS:
            raise UsageError(NO_SERVER.format(given=name, names=", ".join(SERVERS)))
        relay, stage = self._lab.relay, self._lab.stage
        policy, services = relay.policy, relay.services
        relay.policy, relay.services = Policy.parse(stage.tell(SERVERS[known].main_cf), stage.home), {}
        try:
            test: RelayTest = self._lab.attacker.probe()
        finally:
            relay.policy, relay.services = policy, services
        return replace(test, what=TESTED.format(name=known))

    def __repr__(self) -> str:
        return WHAT.format(names=", ".join(SERVERS), first=next(iter(SERVERS)))
