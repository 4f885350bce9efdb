"""Reports: what was tried, answered and delivered, in text and in HTML."""

import pytest

from labkit.attacker.report import Attempt, Report, Verdict
from labkit.smtp import reply

QUEUED, DENIED = reply.queued("4B1"), reply.relay_denied("a@b.example")


def attempts() -> tuple[Attempt, ...]:
    return (
        Attempt("n1", Verdict.DELIVERED, ".", QUEUED, 1),
        Attempt("n2", Verdict.ACCEPTED, ".", QUEUED, 1),
        Attempt("n3", Verdict.REFUSED, "RCPT", DENIED, 1),
        Attempt("n4", Verdict.DEFERRED, "RCPT", reply.relay_denied("a@b.example", for_now=True), 1),
        Attempt("n5", Verdict.NOT_SENT, trouble="relay hung up (session 1)."),
    )


def test_a_report_counts_promises_and_proofs_apart() -> None:
    report = Report("attacker", "5 letters", attempts(), ())
    assert (report.tried, report.accepted, report.refused, report.delivered) == (5, 2, 2, 1)
    assert repr(report).splitlines() == [
        "attacker: 5 letters",
        "  tried      5",
        "  not sent   1",
        "  refused    2",
        "  accepted   2",
        "  delivered  1 found in the recipients' mailboxes",
        "  answer     2 × 250 2.0.0 Ok: queued as 4B1 (to the final dot)",
        "  answer     1 × 554 5.7.1 <a@b.example>: Relay access denied (to RCPT)",
        "  answer     1 × 454 4.7.1 <a@b.example>: Relay access denied (to RCPT)",
        "  answer     1 × relay hung up (session 1).",
    ]


def test_html_says_the_same_and_obeys_nobody() -> None:
    html = Report("<b>", "5 letters", attempts(), ())._repr_html_()
    assert "&lt;b&gt;: 5 letters" in html
    assert "554 5.7.1 &lt;a@b.example&gt;: Relay access denied (to RCPT)" in html


@pytest.mark.parametrize(
    ("before", "found", "after"),
    [
        (Verdict.ACCEPTED, True, Verdict.DELIVERED),
        (Verdict.ACCEPTED, False, Verdict.ACCEPTED),
        (Verdict.REFUSED, True, Verdict.REFUSED),
    ],
)
def test_only_what_is_found_in_a_mailbox_is_delivered(before: Verdict, found: bool, after: Verdict) -> None:
    assert Attempt("n1", before).looked_up(lambda nonce: found).verdict is after
