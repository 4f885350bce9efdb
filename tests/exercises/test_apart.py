"""A function that is run apart can neither end the marking nor hold it up, and its values come back."""

import os
from pathlib import Path

import pytest
from exercises.handing_in import CODE, solution, wrong

from labkit.exercises import apart as module
from labkit.exercises import registry
from labkit.exercises.again import again
from labkit.exercises.answers import AnswerError, Function, Number, Values
from labkit.exercises.apart import apart, holds_code
from labkit.exercises.bounded import call
from labkit.exercises.checking import Outcome, State
from labkit.lab.stage import USUAL


def looked_at(text: str) -> Outcome:
    with apart(registry.find(CODE), run=True) as exercise:
        return again(exercise, text, "")


def given(body: str, *args: object, returns: type | None = None) -> object:
    """What a function with this body gives, when it is called apart."""
    with apart(registry.find(CODE), run=True) as exercise:
        function = exercise.kind.read(f"def rule(a, b=0, c=0):\n    {body}", USUAL)
        return call(function, *(args or (1, 2, 3)), returns=returns)


def test_outcomes_are_those_of_a_check_here() -> None:
    exercise = registry.find(CODE)
    assert looked_at(solution(CODE)).state is State.DONE
    for number, known in enumerate(exercise.wrong):
        outcome = looked_at(wrong(CODE, number))
        assert (outcome.state, outcome.missed, outcome.reason) == (State.NOT_YET, known.misses, known.reason)


@pytest.mark.parametrize(
    "value", ["True", "None", "1.5", "'ü\\n'", "[1, 'a']", "(1,)", "{'a': {2}}", "b'\\xff'", "10 ** 50"]
)
def test_plain_values_come_back_as_they_are(value: str) -> None:
    assert given(f"return {value}") == eval(value)


def test_arguments_arrive_as_they_are() -> None:
    assert given("return [c, b, a]", "ü", None, (1.5, [True])) == [(1.5, [True]), None, "ü"]


def test_another_value_is_named_in_the_words_of_a_check_here() -> None:
    with pytest.raises(AnswerError, match="Your function gave <class 'object'>"):
        given("return object", returns=bool)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return 1 / 0", "stopped with ZeroDivisionError: division by zero"),
        ("exit(3)", "stopped with SystemExit: 3"),
        ("input()", "stopped with EOFError"),
        ("import os; os._exit(1)", "or it ended its process"),
        ("import os; os.write(3, b'hello'); os.close(4)", "."),
        ("return 'x' * 2**40", "stopped with MemoryError"),
    ],
)
def test_what_goes_wrong_in_it_is_explained(body: str, words: str) -> None:
    with pytest.raises(AnswerError, match=words):
        given(body, returns=bool)


def test_what_it_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert given("print('{}'); import sys; print('!', file=sys.stderr); return 1") == 1
    assert capfd.readouterr() == ("", "")


def test_an_endless_loop_is_ended_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    note = tmp_path / "number"
    body = f"import os; open({str(note)!r}, 'w').write(str(os.getpid()))\n    while True: pass"
    with pytest.raises(AnswerError, match="did not come to an end"):
        given(body)
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_so_is_one_that_begins_before_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.5)
    outcome = looked_at("def rule(a, b, c=[x for x in iter(int, 1)]):\n    return 'permit'")
    assert outcome.state is State.NOT_YET
    assert "did not come to an end" in outcome.trouble


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def rule(:", "is not Python"),
        ("x = 1", "0 functions"),
        ("def rule(a):\n    return 1", "can't be called as this exercise does it"),
        ("def rule(a, b, c=nothing):\n    return 1", "can't be made: NameError"),
    ],
)
def test_what_is_no_such_function_is_explained_as_in_a_check_here(text: str, words: str) -> None:
    outcome = looked_at(text)
    assert words in outcome.trouble
    assert outcome.trouble == again(registry.find(CODE), text, "").trouble


def test_a_part_that_is_code_makes_the_whole_code() -> None:
    assert holds_code(Values("a", b=Values(c=Function("f(x)"))))
    assert not holds_code(Values("a", b=Number(0, 1, "letters")))
