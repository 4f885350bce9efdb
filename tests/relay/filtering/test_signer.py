"""The signer behind smtpd_milters: for whom it signs, and what arrives."""

import pytest

from labkit import Lab, Policy
from labkit.clock import START
from labkit.errors import OutsideTheLab, PolicyError, UsageError
from labkit.network.addresses import Host
from labkit.recipient.policy import HEADERS
from labkit.relay.filtering.signer import Signer
from labkit.smtp.envelope import Session

OFFICE = Host("workstation", "192.0.2.50", "workstation.corp.example")
STRANGER = Host("attacker", "203.0.113.66", "vps66.hosting.example")
CLOSED = Policy(mynetworks="192.0.2.0/24")
SIGNING = """
mynetworks = 192.0.2.0/24
mydestination = corp.example, mail.corp.example
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_milters = inet:localhost:8891
"""
TRACE = b"Received: from here\r\n\tby mail.corp.example; now\r\n"
LETTER = b"From: Staff <staff@corp.example>\r\n\r\nTen boxes.\r\n"


def _signed(letter: bytes, client: Host = OFFICE, user: str = "", policy: Policy = CLOSED) -> bytes:
    signer = Signer(1)
    signer.add("corp.example", "ed", "ed25519")
    return signer.signed(letter, policy, Session(client, 1, 25, user=user), START)


@pytest.mark.parametrize(
    ("client", "user", "policy", "is_signed"),
    [
        (OFFICE, "", CLOSED, True),
        (STRANGER, "", CLOSED, False),
        (STRANGER, "staff", CLOSED, True),
        (STRANGER, "", Policy(mynetworks="0.0.0.0/0"), True),
    ],
)
def test_it_signs_for_whom_the_relay_knows(client: Host, user: str, policy: Policy, is_signed: bool) -> None:
    assert (b"DKIM-Signature:" in _signed(LETTER, client, user, policy)) == is_signed


@pytest.mark.parametrize(
    ("letter", "is_signed"),
    [
        (LETTER, True),
        (LETTER.replace(b"corp.example", b"CORP.example"), True),
        (LETTER.replace(b"corp.example", b"bank.example"), False),
        (LETTER.replace(b"corp.example", b"shop.corp.example"), False),
        (b"Sender: staff@corp.example\r\n\r\n", False),
        (b"\r\nFrom: staff@corp.example\r\n", False),
        (b"", False),
    ],
)
def test_it_signs_what_is_from_its_domains(letter: bytes, is_signed: bool) -> None:
    assert (b"DKIM-Signature:" in _signed(letter)) == is_signed


def test_the_signature_stands_below_the_relays_own_trace() -> None:
    signed = _signed(TRACE + LETTER)
    assert signed.startswith(TRACE + b"DKIM-Signature: v=1;")
    assert signed.endswith(LETTER)


def test_a_key_with_the_same_selector_takes_the_place_of_the_first_and_can_be_removed() -> None:
    signer = Signer(1)
    signer.add("corp.example", "ed", "ed25519")
    signer.add("corp.example", "mail", "ed25519")
    signer.add("corp.example", "ed", "ed25519")
    assert [key.selector for key in signer.keys] == ["ed", "mail"]
    signer.remove("corp.example", "ed")
    assert [key.selector for key in signer.keys] == ["mail"]


def test_what_it_cant_sign_with() -> None:
    with pytest.raises(OutsideTheLab):
        Signer(1).add("gmail.com")
    with pytest.raises(UsageError):
        Signer(1).add("corp.example", "mail", "md5")
    with pytest.raises(PolicyError, match=r"this lab has .*inet:localhost:8891"):
        Policy(smtpd_milters="inet:localhost:8892")


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_what_the_relay_signs_arrives_proved(lab: Lab, algorithm: str) -> None:
    lab.customer.checks = HEADERS
    lab.dns.add(lab.relay.sign("corp.example", "mail", algorithm))
    lab.dns.add('_dmarc.corp.example. IN TXT "v=DMARC1; p=reject"')
    lab.relay.policy = Policy.parse(SIGNING)
    lab.workstation.send()
    lab.attacker.spoof(target="mx1")
    honest, forged = lab.mailbox("orders@customer.example")[:2]
    assert "dkim=pass" in honest.text
    assert "dmarc=pass" in honest.text
    assert "dkim=none" in forged.text
    rows = dict(honest.authentication.rows)
    assert rows["header.d=corp.example"] == "The domain that has signed."


def test_without_the_milter_nothing_is_signed(lab: Lab) -> None:
    lab.relay.sign("corp.example", "ed", "ed25519")
    lab.workstation.send()
    assert "DKIM-Signature" not in lab.mailbox("orders@customer.example")[0].text


def test_a_relay_that_trusts_everybody_signs_what_a_stranger_forges(lab: Lab) -> None:
    lab.relay.sign("corp.example", "ed", "ed25519")
    lab.relay.policy = lab.relay.policy.replace(smtpd_milters="inet:localhost:8891")
    lab.attacker.spam(4)
    letters = [letter.text for mailboxes in lab.mailboxes for letter in mailboxes]
    forged = [text for text in letters if "From: The Director <director@corp.example>" in text]
    assert forged
    assert all("DKIM-Signature" in text for text in forged)


def test_two_labs_sign_the_same_letter_alike() -> None:
    texts = []
    for _ in range(2):
        with Lab(Policy.parse(SIGNING)) as lab:
            lab.relay.sign("corp.example")
            lab.workstation.send()
            texts.append(lab.mailbox("orders@customer.example")[0].text)
    assert texts[0] == texts[1]
    assert "DKIM-Signature" in texts[0]
