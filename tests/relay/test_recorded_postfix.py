"""Dialogues recorded from a real Postfix, played against the lab's relay: every answer is the same.

Names, addresses and passwords are translated to the lab's; the answers are compared word for word.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playbook import Player

from labkit import Lab, Policy
from labkit.dns.zone import Zone
from labkit.lab import usual

RECORDED = Path(__file__).parent.parent / "data" / "postfix-3.7-recorded.txt"

NAMES = {
    # Recorded with Cyrus SASL, which puts the host behind an account's name; with Dovecot, as in the
    # lab, a name is what the client said.
    "alice@relay.lab.test": "staff",
    "relay.lab.test": "mail.corp.example",
    "student.test": "student.example",
    "lab.test": "corp.example",
    "good.test": "customer.example",
    "evil.test": "evil.example",
    "alice": "staff",
    "127.0.0.1": "203.0.113.66",
    "127.0.0.2": "203.0.113.66",
}

LOGINS = {
    "<alice>": b"\0staff\0paper-boat-7",
    "<alice ok>": b"\0staff\0paper-boat-7",
    "<alice,wrong>": b"\0staff\0wrong",
    "<nobody>": b"\0nobody\0paper-boat-7",
}

ZONE = (
    usual.ZONE
    + """
66.113.0.203.dnsbl.test. IN A 127.0.0.2
66.113.0.203.dnsbl.test. IN TXT "Listed for RFC 5782 testing, see https://dnsbl.test/?203.0.113.66"
nullmx.test.             IN MX 0 .
tempfail.test.           IN MX 10 mx.tempfail.test.
"""
)


@dataclass(frozen=True)
class Scene:
    """What a dialogue was played with; ``first`` is what the client said before it was recorded."""

    policy: str
    source: str = "attacker"
    port: int = 25
    first: str = ""


RULES = "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination\n"
OFFICE = "mynetworks = 192.0.2.0/24\n" + RULES
OPEN = "smtpd_relay_restrictions = permit\n"
TLS = "smtpd_sasl_auth_enable = yes\nsmtpd_tls_security_level = encrypt\n"
MAY = TLS.replace("encrypt", "may")
SUBMISSION = (
    "smtpd_sender_login_maps = inline:{ staff@corp.example=staff bob@corp.example=bob }\n"
    "smtpd_sender_restrictions = reject_sender_login_mismatch\n"
    "smtpd_relay_restrictions =\n"
    "smtpd_recipient_restrictions = permit_sasl_authenticated, reject\n"
)
SENDERS = OPEN + "smtpd_sender_restrictions = reject_non_fqdn_sender, reject_unknown_sender_domain\n"
HELO = OPEN + (
    "smtpd_helo_required = yes\n"
    "smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname\n"
)
BLOCK = "smtpd_client_restrictions = reject_rbl_client dnsbl.test\n"
BARE = OPEN + "smtpd_forbid_bare_newline = "

SCENES = {
    "default defer_unauth_destination": Scene(OFFICE.replace("reject_un", "defer_un")),
    "closed reject_unauth_destination": Scene(OFFICE),
    "closed, inside domain": Scene(OFFICE),
    "closed, unknown local user": Scene(OFFICE),
    "closed, mynetworks client": Scene(OFFICE, "workstation"),
    "soft_bounce=yes": Scene(OFFICE + "soft_bounce = yes"),
    "submission, encrypt: MAIL and AUTH before STARTTLS": Scene(TLS + SUBMISSION, port=587),
    "submission after TLS: no AUTH, bad AUTH, good, mismatch": Scene(TLS + SUBMISSION, port=587),
    "implicit TLS 465": Scene(MAY + SUBMISSION, port=465),
    "tls may + tls_auth_only: AUTH in plain": Scene(OFFICE + MAY + "smtpd_tls_auth_only = yes"),
    "AUTH in the clear, auth rate limit 3": Scene(OFFICE + MAY + "smtpd_client_auth_rate_limit = 3"),
    "no TLS no SASL configured: STARTTLS, AUTH": Scene(OFFICE),
    "STARTTLS injection: RSET pipelined behind STARTTLS": Scene(OFFICE + TLS),
    "recipient rate 2/min": Scene(OPEN + "smtpd_client_recipient_rate_limit = 2"),
    "size 2000, recipient limit 3": Scene(OPEN + "message_size_limit = 2000\nsmtpd_recipient_limit = 3"),
    "DNSBL listed client 127.0.0.2": Scene(BLOCK),
    "DNSBL unlisted client 127.0.0.3": Scene(BLOCK, "laptop"),
    "sender checks root": Scene(SENDERS),
    "sender checks x@nx.test": Scene(SENDERS),
    "sender checks x@nullmx.test": Scene(SENDERS),
    "sender checks x@tempfail.test": Scene(SENDERS),
    "sender checks x@good.test": Scene(SENDERS),
    "helo checks": Scene(HELO),
    "bare LF reject": Scene(BARE + "reject"),
    "bare LF normalize": Scene(BARE + "normalize"),
    "bare LF, forbid=no (3.7 default)": Scene(BARE + "no"),
    "unauth pipelining before EHLO reply": Scene(
        "smtpd_forbid_unauth_pipelining = yes", first="C> 'EHLO s.test\\r\\nMAIL FROM:<a@b.test>\\r\\n'"
    ),
    "sequence errors": Scene(OPEN),
    "vrfy disabled, hard error limit 3": Scene("disable_vrfy_command = yes\nsmtpd_hard_error_limit = 3"),
    "null sender + postmaster + long line + utf8": Scene(OPEN),
    "header_checks REJECT": Scene(OPEN + "header_checks = regexp:{ {/VIAGRA/ REJECT No pills here} }"),
    "BDAT": Scene(OPEN),
}

# These belong together: what a client did in one session counts in the next.
SERIES = {
    "message rate 2/min": (3, OPEN + "smtpd_client_message_rate_limit = 2"),
    "connection rate 2/min": (4, "smtpd_client_connection_rate_limit = 2"),
}
TOGETHER = ("concurrent 1: first", "concurrent 1: second")


def sections() -> dict[str, list[str]]:
    """The lines of each recorded dialogue, by its name."""
    text = RECORDED.read_text(encoding="utf-8")
    found = re.findall(r"^### (.*?) \(client [\d.]+\)\n(.*?)(?=^### |\Z)", text, re.DOTALL | re.MULTILINE)
    return {name: lines.strip("\n").splitlines() for name, lines in found}


def script(name: str) -> str:
    """A recorded dialogue as a playbook of the lab."""
    return "\n".join(_to_the_end(list(_translated(sections()[name]))))


def _translated(lines: list[str]) -> Iterator[str]:
    content: list[str] | None = None
    for line in map(str.strip, lines):
        if content is None or line.startswith("C(raw)"):
            yield _in_our_words(line)
            content = [] if line.startswith("S: 354") and content is None else None
        else:
            content.append(line.removeprefix("C: "))
            if line == ".":
                yield f"C> {''.join(f'{each}{LINE_END}' for each in content)!r}"
                content = None


LINE_END = "\r\n"


def _in_our_words(text: str) -> str:
    if text.startswith("== TLS"):
        return "== TLS"
    for shown, login in LOGINS.items():
        text = re.sub(rf"(?i)(AUTH PLAIN) {shown}.*", rf"\1 {b64encode(login).decode()}", text)
    text = text.replace("C(raw): b", "C> ").replace("EHLO again", "EHLO student.test")
    text = text.replace("S: <EOF>", "== EOF").replace("C: <4 kB>", "C: Subject: large")
    for theirs, ours in NAMES.items():
        text = text.replace(theirs, ours)
    return re.sub(r"queued as \w+", "queued as *", text)


def _to_the_end(lines: list[str]) -> list[str]:
    """Up to where the server hangs up: what the client says afterwards is lost, and sometimes the reply too."""
    for number, line in enumerate(lines):
        if line.endswith("too many errors"):
            return [*lines[: number - 1], line, "== EOF"]
        if line.startswith(("S: 221", "S: 421")):
            return [*lines[: number + 1], "== EOF"]
    return lines


def test_every_recorded_dialogue_is_played() -> None:
    series = [f"{name} #{number}" for name, (count, _) in SERIES.items() for number in range(1, count + 1)]
    assert sorted(sections()) == sorted([*SCENES, *series, *TOGETHER])


@pytest.mark.parametrize("name", SCENES)
def test_the_relay_answers_as_postfix_did(lab: Lab, play: Callable[..., list[str]], name: str) -> None:
    scene = SCENES[name]
    lab.dns.zone = Zone(ZONE)
    lab.dns.faults["tempfail.test"] = "servfail"
    play(f"{scene.first}\n{script(name)}", policy=scene.policy, source=scene.source, port=scene.port)


@pytest.mark.parametrize("name", SERIES)
def test_the_relay_goes_on_counting_as_postfix_did(play: Callable[..., list[str]], name: str) -> None:
    count, policy = SERIES[name]
    for number in range(1, count + 1):
        play(script(f"{name} #{number}"), policy=policy)


def test_the_relay_counts_connections_as_postfix_did(lab: Lab) -> None:
    lab.relay.policy = Policy.parse("smtpd_client_connection_count_limit = 1")
    Player(lab, "attacker").play(*map(script, TOGETHER))
