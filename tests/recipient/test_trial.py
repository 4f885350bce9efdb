"""A filter on trial: what it catches, what it misses, and whom it wrongs."""

import pytest

from labkit.recipient.checks.content import Rules, judge
from labkit.recipient.checks.verdict import Verdict
from labkit.recipient.samples import samples
from labkit.recipient.trial import trial


def test_the_set_has_as_many_honest_letters_as_bad_ones_and_names_each_once() -> None:
    letters = samples()
    assert sum(letter.is_bad for letter in letters) * 2 == len(letters) == 24
    assert len({letter.name for letter in letters}) == len(letters)
    assert not any(judge(letter.content).result == "malformed" for letter in letters)


def test_the_labs_own_filter_makes_both_mistakes() -> None:
    tried = trial()
    assert (tried.caught, tried.missed, tried.passed, tried.false_positives) == (9, 3, 9, 3)
    assert [case.sample.name for case in tried.cases if case.mistake] == [
        "warning",
        "new account",
        "script",
        "director",
        "invoice fraud",
        "spaced",
    ]


@pytest.mark.parametrize(
    ("rules", "missed", "false_positives"),
    [
        (Rules(), 3, 3),
        (Rules(spam_from=1), 3, 4),
        (Rules(spam_from=7), 4, 2),
        (Rules(suspicious=(), forbidden=()), 8, 0),
        (Rules(suspicious=(("account", 4), ("favour", 4), ("y o u", 4))), 2, 3),
    ],
)
def test_other_rules_make_other_mistakes(rules: Rules, missed: int, false_positives: int) -> None:
    tried = trial(lambda letter: judge(letter, rules))
    assert (tried.missed, tried.false_positives) == (missed, false_positives)


def test_any_filter_can_be_tried() -> None:
    nothing = trial(lambda letter: Verdict("clean", "Nothing is looked at."))
    everything = trial(lambda letter: Verdict("spam", "Everything is spam."))
    assert (nothing.caught, nothing.false_positives) == (0, 0)
    assert (everything.missed, everything.passed) == (0, 0)


def test_both_views_say_the_same() -> None:
    tried = trial(letters=samples()[:1])
    assert repr(tried).splitlines()[0] == (
        "Of 0 bad letters 0 were stopped and 0 missed; of 1 honest ones 1 arrived and 0 were stopped (false positives)."
    )
    html = trial()._repr_html_()
    for case in trial().cases:
        assert f">{case.sample.name}<" in html
        assert case.sample.name in repr(trial())
    assert "false positive" in html


def test_no_shown_text_turns_the_direction_of_writing() -> None:
    assert "\u202e" not in repr(trial())
