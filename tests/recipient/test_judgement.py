"""What follows from all verdicts together: the most that follows from any, and the first of those decides."""

import pytest

from labkit.recipient.actions import Action
from labkit.recipient.checks.verdict import Verdict
from labkit.recipient.judgement import UNJUDGED, judgement
from labkit.recipient.policy import RecipientPolicy

POLICY = RecipientPolicy(
    dnsbl="spam folder", spf="header", dkim="defer", dmarc="usual", content="refuse", reputation="nothing"
)


def _verdict(result: str, disposition: str = "") -> Verdict:
    return Verdict(result, f"It is {result}.", (("disposition", disposition),) if disposition else ())


@pytest.mark.parametrize(
    ("found", "action", "decisive"),
    [
        ([("spf", "pass")], Action.HEADER, "spf"),
        ([("reputation", "bad")], Action.NOTHING, "reputation"),
        ([("spf", "fail"), ("dnsbl", "listed")], Action.JUNK, "dnsbl"),
        ([("dnsbl", "listed"), ("dkim", "fail")], Action.DEFER, "dkim"),
        ([("dkim", "fail"), ("content", "spam"), ("dmarc", "fail reject")], Action.REFUSE, "content"),
        ([("dmarc", "fail none")], Action.HEADER, "dmarc"),
        ([("dmarc", "fail quarantine")], Action.JUNK, "dmarc"),
        ([("dmarc", "fail reject"), ("content", "spam")], Action.REFUSE, "dmarc"),
        ([("dmarc", "pass")], Action.HEADER, "dmarc"),
    ],
)
def test_what_follows(found: list[tuple[str, str]], action: Action, decisive: str) -> None:
    judged = judgement(POLICY, [(check, _verdict(*text.split())) for check, text in found])
    assert judged.action is action
    assert judged.decisive is not None
    assert judged.decisive.check == decisive


def test_without_checks_there_is_nothing_to_say() -> None:
    assert (UNJUDGED.action, UNJUDGED.decisive, UNJUDGED.steps) == (Action.NOTHING, None, ())
    assert repr(UNJUDGED) == "Nothing was checked about this letter."
    assert "Nothing was checked" in UNJUDGED._repr_html_()


def test_a_transcript_gets_a_step_for_each_check() -> None:
    judged = judgement(POLICY, [("spf", _verdict("pass")), ("content", _verdict("spam"))])
    assert [tuple(step) for step in judged.steps] == [
        ("spf", "pass: It is pass", "goes on"),
        ("content", "spam: It is spam", "refuses"),
    ]


def test_a_student_can_ask_it() -> None:
    judged = judgement(POLICY, [("spf", _verdict("pass")), ("dnsbl", _verdict("listed"))])
    assert list(judged) == ["spf", "dnsbl"]
    assert "spf" in judged
    assert "dkim" not in judged
    assert judged["dnsbl"].result == "listed"
    with pytest.raises(KeyError):
        judged["dkim"]
    assert repr(judged).splitlines() == [
        "What was found about this letter",
        "",
        "check  result  what follows  why",
        "spf    pass    header        It is pass.",
        "dnsbl  listed  spam folder   It is listed.",
        "",
        "What follows from all of it: spam folder, because of dnsbl.",
    ]
