"""The survey of mail servers: which offer TLS, and whose certificate holds good."""

import pytest

from labkit import Lab, UsageError

GOOD = "good: its own name, in date, signed by a known authority"
FAULTS = [
    (None, "offered", GOOD),
    ("no tls", "not offered", "-"),
    ("wrong certificate", "offered", "not good: it has another host's name"),
    ("expired certificate", "offered", "not good: its time is over"),
    ("unknown authority", "offered", "not good: nobody known has signed it"),
    ("down", "-", "mx1 [198.51.100.25] refuses connections on port 25."),
    ("refuse", "-", "mx1 greeted with: 554"),
]


@pytest.mark.parametrize(("fault", "starttls", "certificate"), FAULTS)
def test_a_server_is_asked_and_its_certificate_looked_at(
    lab: Lab, fault: str | None, starttls: str, certificate: str
) -> None:
    lab.mx1.fault = fault
    (offer,) = lab.tls.survey("mx1").offers
    server, offered, found = offer.cells
    assert (server, offered) == ("mx1 [198.51.100.25]", starttls)
    assert found.startswith(certificate)


def test_all_mail_servers_are_asked_unless_some_are_named(lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtpd_tls_security_level="none")
    assert repr(lab.tls.survey()).splitlines() == [
        "server                     STARTTLS     certificate",
        "relay [192.0.2.25]         not offered  -",
        f"smarthost [198.51.100.10]  offered      {GOOD}",
        f"mx1 [198.51.100.25]        offered      {GOOD}",
        f"mx2 [198.51.100.26]        offered      {GOOD}",
    ]
    assert lab.tls.survey("mx1")._repr_html_().startswith("<pre>server ")


def test_no_letter_is_sent_and_nobody_is_left_waiting(lab: Lab) -> None:
    lab.mx1.fault = "wrong certificate"
    lab.tls.survey("mx1", "mx2")
    assert len(lab.transcripts.where(verdict="no letter")) == len(lab.transcripts) == 2
    assert lab.problems == ()


def test_a_host_that_there_is_not_is_named(lab: Lab) -> None:
    with pytest.raises(UsageError, match=r"'mx3' is no host of this lab\. Ask relay, smarthost, mx1, mx2\."):
        lab.tls.survey("mx3")
