"""Dialogues recorded from a real Postfix, played against the lab's relay: every answer is the same.

Names and addresses are translated to the lab's. What the relay doesn't offer yet is taken out of EHLO;
every other difference stands in ``KNOWN``, with its reason.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

RECORDED = Path(__file__).parent.parent / "data" / "postfix-3.7-recorded.txt"

NOT_OFFERED = {"ETRN", "DSN", "CHUNKING"}

NAMES = {
    "relay.lab.test": "mail.corp.example",
    "student.test": "student.example",
    "lab.test": "corp.example",
    "good.test": "customer.example",
    "evil.test": "evil.example",
    "alice": "staff",
}

LOGINS = {
    "<alice>": b"\0staff\0paper-boat-7",
    "<alice,wrong>": b"\0staff\0wrong",
    "<nobody>": b"\0nobody\0paper-boat-7",
}

# The relay behaves as Postfix with strict_rfc821_envelopes = yes: a path must be in angle brackets.
KNOWN = {"C: RCPT TO:a b": "S: 501 5.1.3 Bad recipient address syntax"}

RULES = "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination\n"
OFFICE = "mynetworks = 192.0.2.0/24\n" + RULES
SUBMISSION = OFFICE + "smtpd_sasl_auth_enable = yes\nsmtpd_tls_security_level = encrypt\n"

SECTIONS = {
    "default defer_unauth_destination": (OFFICE.replace("reject_un", "defer_un"), "attacker"),
    "closed reject_unauth_destination": (OFFICE, "attacker"),
    "closed, inside domain": (OFFICE, "attacker"),
    "closed, unknown local user": (OFFICE, "attacker"),
    "closed, mynetworks client": (OFFICE, "workstation"),
    "submission, encrypt: MAIL and AUTH before STARTTLS": (SUBMISSION, "attacker"),
    "tls may + tls_auth_only: AUTH in plain": (
        SUBMISSION.replace("encrypt", "may") + "smtpd_tls_auth_only = yes",
        "attacker",
    ),
    "no TLS no SASL configured: STARTTLS, AUTH": (OFFICE, "attacker"),
    "STARTTLS injection: RSET pipelined behind STARTTLS": (SUBMISSION, "attacker"),
    "sequence errors": (OFFICE, "workstation"),
}


def section(name: str) -> list[str]:
    """The lines of one recorded dialogue."""
    text = RECORDED.read_text(encoding="utf-8")
    found = re.search(
        rf"^### {re.escape(name)} \(client [\d.]+\)\n(.*?)(?=^### |\Z)", text, re.DOTALL | re.MULTILINE
    )
    assert found, name
    return found[1].strip("\n").splitlines()


def script(lines: list[str]) -> Iterator[str]:
    """The dialogue as a playbook of the lab."""
    content: list[str] | None = None
    known = ""
    for line in lines:
        text = line.strip()
        if content is not None:
            content.append(text.removeprefix("C: "))
            if text == ".":
                yield _raw(content)
                content = None
            continue
        if text.startswith("S: 250") and text[7:] in NOT_OFFERED:
            continue
        yield known or _translated(text)
        known = KNOWN.get(text, "")
        if text.startswith("S: 354"):
            content = []


def _raw(lines: list[str]) -> str:
    data = "".join(f"{line}\r\n" for line in lines)
    return f"C> {data!r}"


def _translated(text: str) -> str:
    if text.startswith("== TLS"):
        return "== TLS"
    for shown, login in LOGINS.items():
        text = text.replace(f"AUTH PLAIN {shown}", f"AUTH PLAIN {b64encode(login).decode()}")
    text = text.replace("C(raw): b", "C> ").replace("EHLO again", "EHLO student.test")
    for theirs, ours in NAMES.items():
        text = text.replace(theirs, ours)
    return re.sub(r"queued as \w+", "queued as *", text)


def _last_capability_has_a_blank(lines: list[str]) -> list[str]:
    """Where the last capability was taken out, the one before it becomes the last."""
    out = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        last = line.startswith("S: 250-") and not following.startswith("S: 250")
        out.append(line.replace("S: 250-", "S: 250 ") if last else line)
    return out


@pytest.mark.parametrize("name", SECTIONS)
def test_the_relay_answers_as_postfix_did(play: Callable[..., list[str]], name: str) -> None:
    policy, source = SECTIONS[name]
    lines = _last_capability_has_a_blank(list(script(section(name))))
    play("\n".join(lines), policy=policy, source=source)
