"""The relay that isn't patched, for teaching: what it obeys, and that it says what it is."""

from collections.abc import Callable

import pytest

from labkit import Lab
from labkit.relay.unpatched import patch, unpatch

Play = Callable[..., list[str]]

TLS = "smtpd_tls_security_level = may\nmynetworks = 192.0.2.0/24"
EARLY = """
    S: 220 *
    C: EHLO attacker.example
    S: 250 ...
    C> b'STARTTLS\\r\\nVRFY staff@corp.example\\r\\n'
    S: 220 2.0.0 Ready to start TLS
    == TLS
"""


def test_it_obeys_inside_tls_what_it_was_told_before(lab: Lab, play: Play) -> None:
    unpatch(lab.relay)
    play(f"{EARLY}\nS: 252 2.0.0 staff@corp.example\nC: NOOP\nS: 250 2.0.0 Ok\nC: QUIT\nS: 221 *", TLS)


def test_a_patched_relay_has_forgotten_it(lab: Lab, play: Play) -> None:
    play(f"{EARLY}\nC: NOOP\nS: 250 2.0.0 Ok\nC: QUIT\nS: 221 2.0.0 Bye\n== EOF", TLS)


@pytest.mark.parametrize("port", [25, 587, 465])
def test_it_says_what_it_is_when_it_greets(lab: Lab, play: Play, port: int) -> None:
    lab.relay.services = {"submissions": "smtpd_tls_wrappermode = yes"}
    unpatch(lab.relay)
    first = "== TLS" if port == 465 else ""
    greeting = "S: 220 mail.corp.example ESMTP unpatched, for teaching (CVE-2011-0411)"
    play(f"{first}\n{greeting}\nC: QUIT\nS: 221 2.0.0 Bye\n== EOF", port=port)


def test_it_says_so_when_it_is_printed_until_it_is_patched(lab: Lab, play: Play) -> None:
    unpatch(lab.relay)
    assert repr(lab.relay).startswith("Relay relay [192.0.2.25] (unpatched, for teaching): accepted 0")
    patch(lab.relay)
    assert repr(lab.relay).startswith("Relay relay [192.0.2.25]: accepted 0")
    play("S: 220 mail.corp.example ESMTP Postfix\nC: QUIT\nS: 221 2.0.0 Bye\n== EOF")


def test_its_other_rules_hold(lab: Lab, play: Play) -> None:
    unpatch(lab.relay)
    play(
        """
        S: 220 *
        C: EHLO attacker.example
        S: 250 ...
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 454 4.7.1 <orders@customer.example>: Relay access denied
        C: QUIT
        S: 221 2.0.0 Bye
        """,
        TLS,
    )


def test_a_reset_brings_a_patched_relay(lab: Lab) -> None:
    unpatch(lab.relay)
    assert "unpatched" not in repr(lab.reset().relay)
