"""The relay's ports, and what is different at each."""

from collections.abc import Callable

import pytest

from labkit import Lab, Policy, PolicyError
from labkit.relay.services import Services

HELLO = "S: 220 mail.corp.example ESMTP Postfix\nC: HELO client.example\nS: 250 mail.corp.example\n"


def test_the_default_is_main_cf_and_implicit_tls_on_465() -> None:
    policy = Policy(mynetworks="192.0.2.0/24")
    services = Services()
    assert services.policy("smtp", policy) == services.policy("submission", policy) == policy
    assert services.policy("submissions", policy) == policy.replace(smtpd_tls_wrappermode=True)
    assert repr(services) == (
        "smtp (port 25)\nsubmission (port 587)\nsubmissions (port 465)\n  -o smtpd_tls_wrappermode = yes"
    )


def test_a_service_is_main_cf_with_lines_on_top() -> None:
    services = Services({"submission": "smtpd_tls_security_level = encrypt"})
    for networks in ("192.0.2.0/24", "203.0.113.0/24"):
        found = services.policy("submission", Policy(mynetworks=networks))
        assert (found.mynetworks, found.smtpd_tls_security_level) == ((networks,), "encrypt")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({"submision": ""}, "There is no service 'submision'. Did you mean submission?"),
        ({"smtp": "mynetwork = 192.0.2.0/24"}, "mynetworks"),
        ({"smtp": 25}, "not a text"),
    ],
)
def test_mistakes_are_answered_when_they_are_made(lines: dict[str, str], said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        Services(lines)


def test_each_port_has_its_own_policy(lab: Lab, play: Callable[..., list[str]]) -> None:
    lab.relay.services = {"submission": "smtpd_client_restrictions = reject\nsmtpd_delay_reject = no"}
    play(HELLO)
    play("S: 554 5.7.1 <vps66.hosting.example[203.0.113.66]>: Client host rejected: Access denied", port=587)


def test_a_service_can_be_changed_alone(lab: Lab, play: Callable[..., list[str]]) -> None:
    lab.relay.services["smtp"] = "smtpd_helo_required = yes"
    play("S: 220 mail.corp.example ESMTP Postfix\nC: MAIL FROM:<>\nS: 503 5.5.1 Error: send HELO/EHLO first")
    play("S: 220 mail.corp.example ESMTP Postfix\nC: MAIL FROM:<>\nS: 250 2.1.0 Ok", port=587)
