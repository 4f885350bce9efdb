"""What changed from one attack to another: sentences, counts, and the answers that came instead."""

from collections.abc import Iterable

import pytest

from labkit.attacker.comparison import COLUMNS, compare
from labkit.attacker.report import Attempt, Finding, Report, Verdict
from labkit.clock import Clock
from labkit.smtp import reply
from labkit.smtp.answer import Reply
from labkit.wire.record import Kind, Party
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript
from labkit.wire.views.columns import WIDTH

DENIED = reply.relay_denied("c@d.example")
LATER = reply.relay_denied("c@d.example", for_now=True)
QUEUED = reply.queued("4B1")

STEPS = {
    Verdict.NOT_SENT: ("", None),
    Verdict.REFUSED: ("RCPT", DENIED),
    Verdict.DEFERRED: ("RCPT", LATER),
    Verdict.ACCEPTED_AT_RCPT: ("DATA", reply.NO_VALID_RECIPIENTS),
    Verdict.ACCEPTED: (".", QUEUED),
    Verdict.DELIVERED: (".", QUEUED),
}


def session(said: Reply, rule: str) -> Transcript:
    """A session, number 1, in which a rule gives this answer to RCPT."""
    recorder = Recorder(Clock())
    track = recorder.open(Party("attacker", "203.0.113.66"), Party("relay", "192.0.2.25"), 25)
    track.add(Kind.SERVER, b"220 relay\r\n")
    track.add(Kind.CLIENT, b"RCPT TO:<c@d.example>\r\n")
    track.decided(rule, "No.")
    track.add(Kind.SERVER, said.wire)
    track.close()
    return recorder.transcript(1)


def report(
    *verdicts: Verdict,
    rule: str = "",
    findings: Iterable[Finding] = (),
    goal: str = "",
    what: str = "letters",
) -> Report:
    attempts = tuple(
        Attempt(f"n{number}", verdict, *STEPS[verdict], session=1, trouble="" if verdict else "relay hung up")
        for number, verdict in enumerate(verdicts)
    )
    said = LATER if Verdict.DEFERRED in verdicts else DENIED
    sessions = (session(said, rule),) if rule else ()
    return Report("attacker", what, attempts, sessions, tuple(findings), goal)


def summary(before: Report, after: Report) -> list[str]:
    return [*compare(before, after).summary]


SENT, NO = Verdict.DELIVERED, Verdict.REFUSED


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (report(SENT), report(SENT), "Every letter fared as before."),
        (
            report(SENT),
            report(NO, rule="reject_unauth_destination"),
            "The letter was refused at RCPT by reject_unauth_destination instead of delivered.",
        ),
        (report(SENT), report(NO), "The letter was refused at RCPT with 554 instead of delivered."),
        (
            report(*[SENT] * 1_200),
            report(*[NO] * 1_200, rule="reject"),
            "1,200 of 1,200 letters were refused at RCPT by reject instead of delivered.",
        ),
        (
            report(SENT, SENT),
            report(SENT, Verdict.DEFERRED, rule="greylist"),
            "1 of 2 letters were refused for now at RCPT by greylist instead of delivered.",
        ),
        (
            report(SENT),
            report(Verdict.NOT_SENT),
            "The letter couldn't be sent, where it was delivered before.",
        ),
        (
            report(SENT),
            report(Verdict.ACCEPTED),
            "The letter was accepted and has not arrived, where it was delivered before.",
        ),
        (
            report(SENT),
            report(Verdict.ACCEPTED_AT_RCPT),
            "The letter's recipient was accepted and the letter refused later, instead of delivered.",
        ),
        (report(NO), report(SENT), "The letter was delivered instead of refused."),
        (
            report(NO, NO, Verdict.DEFERRED),
            report(SENT, SENT, Verdict.DEFERRED),
            "2 of 3 letters were delivered instead of refused.",
        ),
        (report(Verdict.DEFERRED), report(SENT), "The letter was delivered instead of refused for now."),
        (
            report(NO),
            report(Verdict.DEFERRED),
            "The letter fared otherwise, and was delivered neither before nor after.",
        ),
    ],
)
def test_one_sentence_on_top_says_what_changed(before: Report, after: Report, said: str) -> None:
    assert summary(before, after) == [said]


@pytest.mark.parametrize("before", Verdict)
@pytest.mark.parametrize("after", Verdict)
@pytest.mark.parametrize("count", [1, 3])
def test_every_change_has_its_sentence(before: Verdict, after: Verdict, count: int) -> None:
    (said,) = summary(report(*[before] * count), report(*[after] * count))
    assert said.endswith(".")
    assert "{" not in said


def test_the_most_frequent_change_is_told_and_the_others_are_counted() -> None:
    assert summary(report(SENT, SENT, SENT), report(NO, NO, Verdict.NOT_SENT)) == [
        "2 of 3 letters were refused at RCPT with 554 instead of delivered.",
        "Other letters fared otherwise in other ways: the table counts them.",
    ]


LEARNT = Finding("the password of staff", "it logs in")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([LEARNT], [], "The attack worked before, and fails now."),
        ([], [LEARNT], "The attack failed before, and works now."),
        ([], [], "The attack failed before, and fails still."),
        ([LEARNT], [LEARNT], "The attack worked before, and works still."),
    ],
)
def test_whether_an_attack_works_is_said(before: list[Finding], after: list[Finding], said: str) -> None:
    assert summary(report(findings=before, goal="a password"), report(findings=after, goal="a password")) == [
        said
    ]


def test_what_cannot_be_compared_one_by_one_is_said() -> None:
    assert summary(report(SENT, SENT, what="two"), report(SENT, what="one")) == [
        "These are two different things: before, attacker: two; after, attacker: one.",
        "Every letter fared as before.",
        "Letters tried: 2 before, 1 after. They are compared in order, as far as both go.",
    ]


def test_the_table_counts_verdicts_rules_and_the_answers_that_came_instead() -> None:
    before = report(SENT, SENT, SENT, findings=[LEARNT], goal="harm")
    after = report(SENT, NO, NO, rule="reject", goal="harm")
    rows = compare(before, after).rows
    assert rows == (
        (" ", "letters tried", "3", "3"),
        ("+", "letters refused", "0", "2"),
        ("~", "letters delivered, found in a mailbox", "3", "1"),
        ("~", "what the attack reached", "4", "1"),
        ("-", "found: the password of staff", "1", "0"),
        ("+", "refused by the rule reject", "0", "2"),
        ("~", "answer: 250 2.0.0 Ok: queued as 4B1 (to the final dot)", "3", "1"),
        ("+", "answer: 554 5.7.1 <c@d.example>: Relay access denied (to RCPT)", "0", "2"),
    )


def test_text_and_html_have_the_same_cells() -> None:
    comparison = compare(report(SENT, what="x" * 300), report(NO, rule="reject", what="x" * 300))
    text, html = repr(comparison), comparison._repr_html_()
    assert max(map(len, text.splitlines())) <= WIDTH
    for row in comparison.rows:
        assert all(cell.replace("<", "&lt;").replace(">", "&gt;") in html for cell in row[1:])
        assert row[1] in text
    assert all(name in text for name in COLUMNS)


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", '" onclick="alert(1)', "</td><img src=x>"])
def test_nothing_in_a_report_is_live(evil: str) -> None:
    before = report(SENT, what=evil, findings=[Finding(evil, evil)])
    after = Report(evil, evil, (Attempt("n", NO, "RCPT", Reply(554, "5.7.1", evil), 1),), ())
    page = compare(before, after)._repr_html_()
    assert "<script" not in page
    assert "<img" not in page
    assert '" onclick' not in page
