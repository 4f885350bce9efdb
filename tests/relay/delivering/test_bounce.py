"""Delivery status notifications: read back with the email package, and held against a real Postfix's."""

import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path as File

import pytest

from labkit import Policy
from labkit.relay.delivering.bounce import SIZE_LIMIT, Kind, Subject, notification
from labkit.relay.delivering.outcome import Action, Outcome
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Letter, Notice
from labkit.smtp.reply import Reply

RECORDED = File(__file__).parents[2] / "data" / "postfix-3.7-bounce.txt"
MOMENT = datetime(2026, 11, 21, 22, 13, 26, tzinfo=UTC)
STAFF, ORDERS, PRESS = Path("staff", "corp.example"), Path("orders", "b.example"), Path("press", "b.example")
CONTENT = b"Subject: hi\r\nFrom: staff@corp.example\r\n\r\nhello\r\n"
NO_SUCH_USER = Reply(550, "5.1.1", "<orders@b.example>: no such user here")


def letter(*paths: Path, sender: Path = STAFF, content: bytes = CONTENT, **more: object) -> Letter:
    return Letter(sender, paths or (ORDERS,), content, **more)  # type: ignore[arg-type]


def failed(path: Path = ORDERS) -> Outcome:
    reason = f"host mx.b.example[198.51.100.9] said: {NO_SUCH_USER} (in reply to RCPT TO command)"
    return Outcome(path, Action.FAILED, "5.1.1", reason, "mx.b.example", NO_SUCH_USER)


def delayed(path: Path = ORDERS) -> Outcome:
    return Outcome(
        path, Action.DELAYED, "4.4.1", "connect to mx.b.example[198.51.100.9]:25: Connection refused"
    )


def relayed(path: Path = ORDERS, *, takes_notices: bool = False) -> Outcome:
    answer = Reply(250, "2.0.0", "Ok: queued")
    return Outcome(path, Action.RELAYED, "2.0.0", str(answer), "mx.b.example", answer, takes_notices)


def delivered(path: Path = ORDERS) -> Outcome:
    return Outcome(path, Action.DELIVERED, "2.0.0", "delivered to mailbox")


def told(
    kind: Kind,
    sent: Letter,
    *outcomes: Outcome,
    policy: Policy | None = None,
    hostname: str = "mail.corp.example",
) -> Letter | None:
    subject = Subject("1683823C034", sent, MOMENT)
    made = notification(
        kind,
        subject,
        outcomes,
        policy=policy or Policy(delay_warning_time="4h"),
        hostname=hostname,
        now=MOMENT,
        next_id=lambda: "1986723C03E",
    )
    return made[1] if made else None


def parts(notice: Letter | None) -> list[EmailMessage]:
    """The notification itself, and its three parts. Nothing may be wrong with any of them."""
    assert notice
    whole = BytesParser(policy=email.policy.default).parsebytes(notice.content)
    assert isinstance(whole, EmailMessage)
    assert not whole.defects
    assert whole.get_content_type() == "multipart/report"
    found = [part for part in whole.iter_parts() if isinstance(part, EmailMessage)]
    assert len(found) == 3
    return [whole, *found]


def fields(notice: Letter | None) -> list[dict[str, str]]:
    """The delivery status: one group about the letter, and one for each recipient (RFC 3464 section 2.1)."""
    status = parts(notice)[2]
    groups = status.get_payload()
    assert isinstance(groups, list)
    return [{name: str(value) for name, value in group.items()} for group in groups]


def test_a_failure_has_the_fields_of_rfc_3464() -> None:
    notice = told(Kind.FAILURE, letter(), failed())
    about, recipient = fields(notice)
    assert about == {
        "Reporting-MTA": "dns; mail.corp.example",
        "X-Postfix-Queue-ID": "1683823C034",
        "X-Postfix-Sender": "rfc822; staff@corp.example",
        "Arrival-Date": "Sat, 21 Nov 2026 22:13:26 +0000 (UTC)",
    }
    assert recipient == {
        "Final-Recipient": "rfc822; orders@b.example",
        "Original-Recipient": "rfc822;orders@b.example",
        "Action": "failed",
        "Status": "5.1.1",
        "Remote-MTA": "dns; mx.b.example",
        "Diagnostic-Code": "smtp; 550 5.1.1 <orders@b.example>: no such user here",
    }


def test_it_comes_from_nobody_and_goes_to_the_sender() -> None:
    notice = told(Kind.FAILURE, letter(), failed())
    assert notice
    assert (notice.reverse_path, notice.forward_paths) == (NULL, (STAFF,))
    whole = parts(notice)[0]
    assert whole["To"] == "staff@corp.example"
    assert whole["From"] == "Mail Delivery System <MAILER-DAEMON@mail.corp.example>"
    assert whole["Subject"] == "Undelivered Mail Returned to Sender"
    assert whole["Auto-Submitted"] == "auto-replied"
    assert whole["Message-Id"] == "<20261121221326.1986723C03E@mail.corp.example>"


def test_a_bounce_never_bounces() -> None:
    for kind, outcome in ((Kind.FAILURE, failed()), (Kind.DELAY, delayed()), (Kind.SUCCESS, relayed())):
        wish = Notice(frozenset({"SUCCESS", "FAILURE", "DELAY"}))
        assert told(kind, letter(sender=NULL, notices=(wish,)), outcome) is None


def recorded() -> list[str]:
    return RECORDED.read_text().splitlines()


def of_the_lab() -> list[str]:
    """The same bounce as the lab writes it, with the recorded names and ids."""
    sender, victim = Path("forged-victim", "innocent.test"), Path("nobody3", "reject.test")
    text = "\n".join(recorded())
    returned = text.split("Return-Path: <forged-victim@innocent.test>\n")[1].split("\n\n--")[0]
    answer = Reply(550, "5.1.1", "<nobody3@reject.test>: no such user here")
    reason = f"host 127.0.0.1[127.0.0.1] said: {answer} (in reply to RCPT TO command)"
    notice = told(
        Kind.FAILURE,
        letter(victim, sender=sender, content=returned.replace("\n", "\r\n").encode() + b"\r\n"),
        Outcome(victim, Action.FAILED, "5.1.1", reason, "127.0.0.1", answer),
        hostname="relay.lab.test",
    )
    assert notice
    assert b"\n" not in notice.content.replace(b"\r\n", b"")
    return notice.content.decode().replace("\r\n", "\n").splitlines()


def without_words(lines: list[str]) -> list[str]:
    """Without what is written for people; the first of them says where the mail system is."""
    start = lines.index("This is the mail system at host relay.lab.test.")
    end = next(number for number, line in enumerate(lines) if line.startswith("<nobody3@reject.test>: host"))
    return lines[: start + 1] + lines[end:]


def test_but_for_the_words_for_people_it_is_a_real_postfix_s_bounce_line_by_line() -> None:
    # The recording Postfix had "myorigin = lab.test"; the lab's has the default, its own name.
    ours = [line.replace("MAILER-DAEMON@relay.lab.test", "MAILER-DAEMON@lab.test") for line in of_the_lab()]
    assert without_words(ours) == without_words(recorded())


WISHES = [
    (set(), {Kind.FAILURE, Kind.DELAY}),
    ({"NEVER"}, set()),
    ({"FAILURE"}, {Kind.FAILURE}),
    ({"DELAY"}, {Kind.DELAY}),
    ({"SUCCESS"}, {Kind.SUCCESS}),
    ({"SUCCESS", "FAILURE", "DELAY"}, {Kind.SUCCESS, Kind.FAILURE, Kind.DELAY}),
]


@pytest.mark.parametrize(("notify", "sent"), WISHES)
def test_notify_says_what_the_sender_is_told(notify: set[str], sent: set[Kind]) -> None:
    asked = letter(notices=(Notice(frozenset(notify)),))
    outcomes = {Kind.FAILURE: failed(), Kind.DELAY: delayed(), Kind.SUCCESS: delivered()}
    assert {kind for kind, outcome in outcomes.items() if told(kind, asked, outcome)} == sent


def test_only_those_are_named_whom_somebody_asked_about() -> None:
    asked = letter(ORDERS, PRESS, notices=(Notice(frozenset({"NEVER"})), Notice()))
    notice = told(Kind.FAILURE, asked, failed(ORDERS), failed(PRESS))
    assert [group["Final-Recipient"] for group in fields(notice)[1:]] == ["rfc822; press@b.example"]
    assert "<orders@b.example>: host" not in parts(notice)[1].get_content()


def test_a_server_that_knows_dsn_tells_of_success_itself() -> None:
    asked = letter(notices=(Notice(frozenset({"SUCCESS"})),))
    assert told(Kind.SUCCESS, asked, relayed(takes_notices=True)) is None
    notice = told(Kind.SUCCESS, asked, relayed())
    assert fields(notice)[1]["Action"] == "relayed"
    assert parts(notice)[0]["Subject"] == "Successful Mail Delivery Report"


def test_a_delay_says_until_when_it_will_be_tried() -> None:
    notice = told(Kind.DELAY, letter(), delayed())
    recipient = fields(notice)[1]
    assert (recipient["Action"], recipient["Status"]) == ("delayed", "4.4.1")
    assert recipient["Will-Retry-Until"] == "Thu, 26 Nov 2026 22:13:26 +0000 (UTC)"
    assert recipient["Diagnostic-Code"].startswith("X-Postfix; connect to mx.b.example")
    assert "Remote-MTA" not in recipient
    assert parts(notice)[0]["Subject"] == "Delayed Mail (still being retried)"
    assert "more than 4 hour(s)" in parts(notice)[1].get_content()


def test_what_was_given_up_is_a_failure_with_the_status_of_the_last_attempt() -> None:
    recipient = fields(told(Kind.FAILURE, letter(), delayed()))[1]
    assert (recipient["Action"], recipient["Status"]) == ("failed", "4.4.1")


def test_the_sender_s_own_marks_come_back() -> None:
    asked = letter(notices=(Notice(orcpt="rfc822;old@c.example"),), envid="order 66")
    about, recipient = fields(told(Kind.FAILURE, asked, failed()))
    assert about["Original-Envelope-Id"] == "order 66"
    assert recipient["Original-Recipient"] == "rfc822;old@c.example"


HEADER = b"Subject: hi\r\nFrom: staff@corp.example"
RETURNED = [
    (Kind.FAILURE, letter(), "message/rfc822", "Undelivered Message"),
    (Kind.FAILURE, letter(ret="FULL"), "message/rfc822", "Undelivered Message"),
    (Kind.FAILURE, letter(ret="HDRS"), "text/rfc822-headers", "Undelivered Message Headers"),
    (Kind.FAILURE, letter(content=CONTENT + b"x" * SIZE_LIMIT), "text/rfc822-headers", "Undelivered Message Headers"),
    (Kind.DELAY, letter(), "text/rfc822-headers", "Undelivered Message Headers"),
    (Kind.SUCCESS, letter(notices=(Notice(frozenset({"SUCCESS"})),)), "text/rfc822-headers", "Message Headers"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "sent", "media", "described"), RETURNED)
def test_what_is_sent_back(kind: Kind, sent: Letter, media: str, described: str) -> None:
    outcome = {Kind.FAILURE: failed(), Kind.DELAY: delayed(), Kind.SUCCESS: relayed()}[kind]
    notice = told(kind, sent, outcome)
    assert notice
    part = parts(notice)[3]
    assert (part.get_content_type(), part["Content-Description"]) == (media, described)
    assert b"\r\n\r\nReturn-Path: <staff@corp.example>\r\n" + HEADER in notice.content
    assert (b"\r\nhello\r\n" in notice.content) is (media == "message/rfc822")


def test_an_international_address_is_named_as_one() -> None:
    wide = Path("jörg", "b.example")
    notice = told(Kind.FAILURE, letter(wide, utf8=True), failed(wide))
    assert notice
    assert notice.utf8
    text = notice.content.decode()
    assert "Content-Type: message/global-delivery-status\r\n" in text
    assert "Final-Recipient: utf-8; jörg@b.example\r\n" in text
    assert "Original-Recipient: utf-8;jörg@b.example\r\n" in text
    assert "X-Postfix-Sender: rfc822; staff@corp.example\r\n" in text
    assert "Content-Type: message/global\r\n" in text


def test_no_line_for_people_is_too_long() -> None:
    reason = "host mx.b.example[198.51.100.9] said: 554 5.7.1 " + "a long explanation " * 20
    notice = told(Kind.FAILURE, letter(), Outcome(ORDERS, Action.FAILED, "5.7.1", reason))
    assert notice
    assert max(map(len, notice.content.decode().splitlines())) < 80
