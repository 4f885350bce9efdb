"""The report that a mailbox provider sends when a reader calls a letter spam: ARF (RFC 5965).

It goes to whoever is responsible for the sending host and has asked for such reports (a "feedback loop"),
so that somebody there can find out who sent the letter.
"""

from datetime import datetime
from email.utils import format_datetime

from labkit.clock import header_date
from labkit.recipient.checks.verdict import one_line
from labkit.recipient.mailbox import Received

BOUNDARY = "feedback-report-of-the-lab"
AGENT = "SMTP relay lab/1.0"
SENTENCE = "A reader has called the letter below spam. It came from {client} at {arrived}."


def feedback(letter: Received, domain: str, now: datetime) -> bytes:
    """The report about a letter, as a whole letter from the postmaster of ``domain``."""
    arrived = header_date(letter.arrived)
    parts = (
        ("text/plain; charset=us-ascii", SENTENCE.format(client=letter.client, arrived=arrived).encode()),
        ("message/feedback-report", _facts(letter).encode("ascii", "replace")),
        ("message/rfc822", letter.content.replace(f"--{BOUNDARY}".encode(), b"--")),
    )
    head = [
        f"From: <postmaster@{domain}>",
        f"To: <abuse@{letter.domain or f'[{letter.client}]'}>",
        f"Subject: A reader of {domain} has called a letter spam",
        f"Date: {format_datetime(now)}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=feedback-report; boundary="{BOUNDARY}"',
    ]
    body = b"".join(
        f"--{BOUNDARY}\r\nContent-Type: {kind}\r\n\r\n".encode() + text + b"\r\n" for kind, text in parts
    )
    return "\r\n".join([*head, "", ""]).encode() + body + f"--{BOUNDARY}--\r\n".encode()


def _facts(letter: Received) -> str:
    """The part that machines read (RFC 5965 section 3)."""
    fields = [
        ("Feedback-Type", "abuse"),
        ("User-Agent", AGENT),
        ("Version", "1"),
        ("Source-IP", letter.client),
        ("Arrival-Date", format_datetime(letter.arrived)),
    ]
    mail_from = one_line(letter.message.header("Return-Path"))
    if mail_from:
        fields.append(("Original-Mail-From", mail_from))
    if letter.domain:
        fields.append(("Reported-Domain", letter.domain))
    return "".join(f"{name}: {value}\r\n" for name, value in fields)
