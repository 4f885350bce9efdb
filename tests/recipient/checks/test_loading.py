"""The libraries behind the checks are loaded when the first letter is checked, and never ask anybody."""

import subprocess
import sys

import pytest

from labkit import Lab
from labkit.recipient.policy import HEADERS

LOADED = "print(sorted({'dkim', 'spf', 'nacl', 'authres', 'cryptography'} & set(sys.modules)))"
UNUSED = f"import sys\nfrom labkit import Lab\nwith Lab() as lab:\n    lab.relay, lab.attacker, lab.customer\n    {LOADED}"


def test_a_lab_that_checks_nothing_loads_none_of_them() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", UNUSED], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "[]\n"


def test_no_check_opens_a_socket_of_its_own(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.query
    import dns.resolver

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("A library asked the machine's own name servers.")

    for name in ("udp", "tcp"):
        monkeypatch.setattr(dns.query, name, refused)
    monkeypatch.setattr(dns.resolver.Resolver, "resolve", refused)
    lab.customer.checks = HEADERS
    lab.dns.add('corp.example. IN TXT "v=spf1 mx include:nowhere.example exists:%{i}.x.example ptr -all"')
    lab.dns.add(lab.relay.sign("corp.example", "ed", "ed25519"))
    lab.relay.policy = lab.relay.policy.replace(smtpd_milters="inet:localhost:8891")
    lab.attacker.forward(footer=True, seals=True)
    assert "arc=pass" in lab.mailbox("orders@customer.example")[0].text
