"""Each form of an answer reads what fits, and says plainly what is wrong with what doesn't."""

import pytest

from labkit import Policy
from labkit.exercises.answers import (
    LINES,
    POLICY,
    RECORDS,
    AnswerError,
    Choice,
    Kind,
    Number,
    Text,
    Values,
)
from labkit.lab.stage import USUAL, stage_of

ONE = Choice({"a": "The relay", "b": "The copier"})
SOME = Choice({"a": "The relay", "b": "The copier"}, several=True)
MINUTES = Number(0, 60, "minutes")
BOTH = Values("why", who=ONE, when=MINUTES)


@pytest.mark.parametrize(
    ("kind", "answer", "value"),
    [
        (POLICY, "soft_bounce = yes", Policy(soft_bounce=True)),
        (POLICY, Policy(), Policy()),
        (LINES, "EHLO a.example\nQUIT\n", ["EHLO a.example", "QUIT"]),
        (LINES, ["C: EHLO a.example", "", "QUIT\r\n"], ["EHLO a.example", "", "QUIT"]),
        (RECORDS, ' corp.example. IN TXT "x" ', 'corp.example. IN TXT "x"'),
        (RECORDS, ['corp.example. IN TXT "x"'], 'corp.example. IN TXT "x"'),
        (ONE, " A ", "a"),
        (ONE, "the copier", "b"),
        (SOME, "b, A", frozenset("ab")),
        (SOME, {"a"}, frozenset("a")),
        (MINUTES, 7, 7.0),
        (MINUTES, 0.5, 0.5),
        (Text(), "\n  x\n", "x"),
        (BOTH, {"who": "a", "when": 1, "why": "x"}, {"why": "x", "who": "a", "when": 1.0}),
    ],
)
def test_what_fits_is_read(kind: Kind, answer: object, value: object) -> None:
    assert kind.read(answer, USUAL) == value
    assert kind.same(kind.answer(kind.text(answer)), answer, USUAL)


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        (POLICY, "mynetworks", "Line 1: 'mynetworks' is not of the form: name = value"),
        (POLICY, b"x", "Your answer is bytes. This exercise wants a main.cf text"),
        (LINES, "EHLO a.example\nS: 250 ok", "Line 2 begins with S:"),
        (LINES, ["EHLO", 3], "Line 2 is 3. Write each line in quotation marks."),
        (LINES, ["EHLO\nQUIT"], "Line 1 of the list holds several lines."),
        (LINES, 3, "Your answer is a number."),
        (RECORDS, "corp.example. TXT v=spf1 -all", "Line 1 is not a DNS record"),
        (RECORDS, 3, "This exercise wants DNS records as one text"),
        (ONE, "c", "'c' is not among the choices. Choose one of 'a', 'b'."),
        (ONE, 1, "Your answer is a number. This exercise wants one of 'a', 'b'."),
        (SOME, "a, c", "'c' is not among the choices."),
        (SOME, 1, "Your answer is a number."),
        (MINUTES, "7", "Your answer is a text. This exercise wants a number from 0 to 60 (minutes)"),
        (MINUTES, True, "Your answer is True or False."),
        (MINUTES, 61, "Your answer is 61."),
        (MINUTES, float("nan"), "Your answer is nan."),
        (Text("a rule"), ["x"], "Your answer is a list. This exercise wants a rule."),
        (BOTH, {"who": "a", "why": "x"}, "when has no answer yet. It wants a number"),
        (BOTH, {"who": "c", "when": 1, "why": "x"}, "who: 'c' is not among the choices."),
        (BOTH, {"whoo": "a"}, "There is no 'whoo' here. Did you mean who? The names are: why, who, when."),
        (BOTH, "a", "3 answers by name: task.check(why=..., who=..., when=...)"),
    ],
)
def test_what_does_not_fit_is_explained(kind: Kind, answer: object, words: str) -> None:
    with pytest.raises(AnswerError) as caught:
        kind.read(answer, USUAL)
    assert words in str(caught.value)


@pytest.mark.parametrize("kind", [POLICY, LINES, RECORDS, ONE, SOME, MINUTES, Text(), BOTH])
@pytest.mark.parametrize("answer", [None, ..., "", " \n", [], ["", ""], {}, set()])
def test_nothing_is_blank_in_every_form(kind: Kind, answer: object) -> None:
    assert kind.is_blank(answer)


def test_named_answers_are_blank_as_long_as_all_are() -> None:
    assert BOTH.is_blank({"who": "", "when": None, "why": ...})
    assert not BOTH.is_blank({"who": "", "when": 0, "why": ""})


def test_records_are_the_same_in_any_order_and_spacing() -> None:
    one = 'corp.example. IN TXT "x"\ncorp.example.   IN MX 10 mail.corp.example.'
    other = 'corp.example. 3600 IN MX 10 mail.corp.example.\ncorp.example. IN TXT "x"'
    assert RECORDS.same(one, other, USUAL)
    assert not RECORDS.same(one, 'corp.example. IN TXT "x"', USUAL)


@pytest.mark.parametrize("text", ["", "[", "__import__('os')", "{1: 2}.x"])
def test_a_text_that_was_not_kept_by_us_is_explained(text: str) -> None:
    with pytest.raises(AnswerError, match="can't be read as a number"):
        MINUTES.answer(text)


def test_choices_are_told_in_the_words_of_a_seed() -> None:
    kind = Values(host=Choice({"mail.corp.example": "the relay of corp.example"}), rule=Text("as 192.0.2.60"))
    stage = stage_of("anna")
    told = kind.told(stage)
    assert told.parts()[1] == (f"  {stage.RELAY.domain}", f"the relay of {stage.COMPANY}")
    assert told.parts()[-1] == ("rule", f"as {stage.COPIER.address}")
    assert told.read({"host": stage.RELAY.domain, "rule": "x"}, stage)["host"] == stage.RELAY.domain


def test_names_that_want_the_same_stand_together_on_the_card() -> None:
    parts = Values(first=ONE, second=ONE, third=MINUTES).parts()
    assert [label for label, _ in parts] == ["first, second", "  a", "  b", "third"]


@pytest.mark.parametrize(
    ("kind", "answer", "typed"),
    [
        (ONE, "a", "task.check('a')"),
        (MINUTES, 7, "task.check(7)"),
        (POLICY, "\n  a = b\n  c = d\n", 'task.check("""\na = b\nc = d\n""")'),
        (POLICY, "a = b\\d\nc = d", 'task.check(r"""\na = b\\d\nc = d\n""")'),
        (BOTH, {"who": "a", "when": 1}, "task.check(\n    who='a',\n    when=1,\n)"),
    ],
)
def test_an_answer_is_shown_as_it_is_typed(kind: Kind, answer: object, typed: str) -> None:
    assert kind.call(answer) == typed
