"""Which users there are: what each kind of relay tells, and that AUTH of this one tells nothing."""

import pytest

from labkit import Lab, Policy
from labkit.attacker.means.names import NOBODY, Answer, judged
from labkit.relay.accounts import Accounts

LOGINS = "smtpd_sasl_auth_enable = yes\nsmtpd_tls_security_level = may\n"
MAILBOXES = "mailboxes there are: staff, sales, director, scans"


def told(lab: Lab, way: str) -> str:
    report = lab.attacker.spray(1)
    return next(finding.what for finding in report.findings if finding.what.startswith(way))


@pytest.mark.parametrize(
    ("lines", "way", "expected"),
    [
        ("", "VRFY", f"VRFY tells which {MAILBOXES}"),
        ("disable_vrfy_command = yes", "VRFY", "VRFY tells nothing"),
        ("", "RCPT", f"RCPT tells which {MAILBOXES}"),
        ("local_recipient_maps =", "RCPT", "RCPT tells nothing"),  # and sends bounces instead
        ("local_recipient_maps =", "VRFY", "VRFY tells nothing"),
        (LOGINS, "AUTH", "AUTH tells nothing"),
        (LOGINS + "smtpd_client_auth_rate_limit = 1", "AUTH", "AUTH tells nothing"),
    ],
)
def test_what_a_relay_tells(lab: Lab, lines: str, way: str, expected: str) -> None:
    lab.relay.policy = Policy(mynetworks="192.0.2.0/24").overridden(lines)
    assert told(lab, way) == expected


def test_mailboxes_are_no_secret_but_accounts_are(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(LOGINS)
    assert lab.attacker.spray(1).harm == 0


def test_unknown_users_cost_the_relay_as_much_as_wrong_passwords(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(LOGINS)
    before = lab.relay.accounts.computed
    lab.attacker.spray(1)
    assert lab.relay.accounts.computed - before == 1 + 20 + 1  # nobody, 20 names, and one guess


class Hasty(Accounts):
    """Accounts as a beginner writes them: who isn't known, needn't be computed."""

    def knows(self, user: str, password: bytes) -> bool:
        return user in self._hashes and super().knows(user, password)


def test_a_relay_that_answers_unknown_users_sooner_is_found_out(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(LOGINS)
    lab.relay.accounts.__class__ = Hasty
    report = lab.attacker.spray(1)
    assert "AUTH tells which accounts there are: staff, sales, director" in repr(report)
    assert "it computes 1 hashes for them and 0 for others, which takes time" in repr(report)
    assert report.harm == 1


WRONG = Answer("535 wrong password", 1)


@pytest.mark.parametrize(
    ("answers", "what", "harm"),
    [
        ({}, "AUTH tells nothing", False),
        ({NOBODY: WRONG}, "AUTH tells nothing", False),
        ({NOBODY: WRONG, "a": WRONG, "b": WRONG}, "AUTH tells nothing", False),
        ({NOBODY: Answer("535 no such user", 1), "a": WRONG}, "AUTH tells which accounts there are: a", True),
        ({NOBODY: WRONG, "a": WRONG, "b": Answer("535 wrong password", 2)}, "AUTH tells which accounts there are: b", True),
    ],
)  # fmt: skip
def test_answers_are_judged(answers: dict[str, Answer], what: str, harm: bool) -> None:
    finding = judged("AUTH", answers, 3)
    assert (finding.what, finding.harm, finding.session) == (what, harm, 3)
