"""The feedback report is one that a mail library can read, with the letter inside (RFC 5965)."""

from email import message_from_bytes

from labkit.clock import START
from labkit.recipient.feedback import BOUNDARY, feedback
from labkit.recipient.mailbox import Received

LETTER = Received(
    "orders",
    START,
    b"Return-Path: <a@corp.example>\r\nFrom: a@corp.example\r\n\r\nBuy!\r\n",
    client="192.0.2.25",
    domain="corp.example",
)


def test_the_report_has_three_parts() -> None:
    report = message_from_bytes(feedback(LETTER, "customer.example", START))
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "feedback-report"
    words, facts, letter = report.get_payload()
    assert "192.0.2.25" in words.get_payload()
    fields = dict(facts.get_payload()[0].items())
    assert fields["Feedback-Type"] == "abuse"
    assert (fields["Source-IP"], fields["Reported-Domain"]) == ("192.0.2.25", "corp.example")
    assert fields["Original-Mail-From"] == "<a@corp.example>"
    assert letter.get_payload()[0]["From"] == "a@corp.example"
    assert report["To"] == "<abuse@corp.example>"


def test_without_a_proved_domain_it_goes_to_the_address() -> None:
    report = message_from_bytes(
        feedback(Received("orders", START, b"", client="192.0.2.25"), "c.example", START)
    )
    assert report["To"] == "<abuse@[192.0.2.25]>"


def test_a_letter_cant_end_the_report_early() -> None:
    hostile = Received("orders", START, f"\r\n--{BOUNDARY}--\r\n".encode(), client="192.0.2.25")
    assert len(message_from_bytes(feedback(hostile, "c.example", START)).get_payload()) == 3
