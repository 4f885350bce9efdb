"""The customer's server takes mail for its own mailboxes, and for nobody else."""

import pytest
from playbook import Player

from labkit import Lab

CASES = [
    ("orders@customer.example", "250 2.1.5 Ok"),
    ("Orders@CUSTOMER.example", "250 2.1.5 Ok"),
    ("Postmaster", "250 2.1.5 Ok"),
    (
        "nobody@customer.example",
        "550 5.1.1 <nobody@customer.example>: Recipient address rejected: User unknown in local recipient table",
    ),
    ("staff@corp.example", "554 5.7.1 <staff@corp.example>: Relay access denied"),
]


@pytest.mark.parametrize(("recipient", "answer"), CASES)
def test_whom_it_takes_mail_for(lab: Lab, recipient: str, answer: str) -> None:
    Player(lab, "relay", 25, "198.51.100.25").play(
        f"""
        S: 220 mx1.customer.example ESMTP Postfix
        C: HELO mail.corp.example
        S: 250 mx1.customer.example
        C: MAIL FROM:<staff@corp.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<{recipient}>
        S: {answer}
        """
    )
