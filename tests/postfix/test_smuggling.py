"""SMTP smuggling beside a real Postfix: which false ends it believes in, under which setting."""

from collections.abc import Iterator

import pytest
from postfix.beside import Beside, difference

from labkit import Lab
from labkit.attacker.smuggle import SEQUENCES

BASE = """
mynetworks = 192.0.2.0/24
mydestination = corp.example, mail.corp.example
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
"""
POLICIES = {
    "no": BASE + "smtpd_forbid_bare_newline = no",
    "normalize": BASE + "smtpd_forbid_bare_newline = normalize",
    "reject": BASE + "smtpd_forbid_bare_newline = reject",
    "no pipelining": BASE
    + "smtpd_forbid_bare_newline = no\nsmtpd_data_restrictions = reject_unauth_pipelining",
}


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    with Lab() as lab:
        beside = Beside(lab, POLICIES)
        yield beside
        beside.close()
        assert lab.problems == ()


def _dialogue(sequence: bytes) -> tuple[str, str]:
    """A letter for the company, with another one behind the sequence."""
    commands = b"MAIL FROM:<other@hosting.example>\r\nRCPT TO:<sales@corp.example>\r\nDATA\r\n"
    content = b"Subject: {n}\r\n\r\none" + sequence + commands + b"Subject: {n}\r\n\r\ntwo\r\n.\r\nQUIT\r\n"
    start = [
        "C: EHLO vps66.hosting.example",
        "C: MAIL FROM:<someone@hosting.example>",
        "C: RCPT TO:<staff@corp.example>",
    ]
    return "attacker", "\n".join([*start, "C: DATA", f"D> {content!r}", "== END", ""])


@pytest.mark.parametrize("policy", POLICIES)
def test_postfix_believes_in_the_same_ends_of_a_letter(beside: Beside, policy: str) -> None:
    played = beside.play(policy, {name: _dialogue(sequence) for name, sequence in SEQUENCES.items()})
    differences = [difference(name, *both) for name, both in played.items()]
    if any(differences):
        pytest.fail("\n\n".join(filter(None, differences)), pytrace=False)
    fooled = {name for name, (_, theirs) in played.items() if len(theirs.arrived) == 2}
    believed = {"CRLF.LF", "CRLF.CRCRLF", "LF.CRLF", "LF.LF", "LF.CRCRLF", "CRCRLF.LF", "CRCRLF.CRCRLF"}
    assert fooled == (believed if policy == "no" else set())
