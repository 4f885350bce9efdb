"""A student's function: bounded, and what goes wrong in it is explained with the student's own line."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from labkit.errors import Interrupted
from labkit.exercises import bounded
from labkit.exercises.answers import AnswerError, Function

ENDLESS = "Your function did not come to an end within"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 0.2)


def goes_round(letter: str) -> bool:
    while True:
        pass


def catches_all(letter: str) -> bool:
    while True:
        try:
            while True:
                pass
        except Exception:
            pass


@pytest.mark.parametrize("function", [goes_round, catches_all])
def test_an_endless_loop_is_stopped_and_leaves_no_thread(function: Callable[..., Any]) -> None:
    before = set(threading.enumerate())
    with pytest.raises(AnswerError, match=ENDLESS) as caught:
        bounded.call(function, "a letter")
    assert "when it was called with 'a letter'" in str(caught.value)
    deadline = time.monotonic() + 10
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert set(threading.enumerate()) <= before


def test_a_function_that_waits_in_the_system_is_left_behind() -> None:
    go_on = threading.Event()
    with pytest.raises(AnswerError, match=ENDLESS):
        bounded.call(lambda: go_on.wait(30))
    go_on.set()


def test_what_it_raises_is_explained_with_the_line_of_the_students_code() -> None:
    def share(letters: int) -> float:
        total = 0
        return letters / total

    with pytest.raises(AnswerError) as caught:
        bounded.call(share, 3)
    assert str(caught.value) == (
        "Your function stopped with ZeroDivisionError: division by zero at its line 3 (return letters / total), "
        "when it was called with 3."
    )


def test_what_another_library_raises_is_explained_with_the_line_that_called_it() -> None:
    def number(text: str) -> Any:
        import json

        return json.loads(text)

    with pytest.raises(AnswerError, match=r"at its line 4 \(return json.loads\(text\)\)"):
        bounded.call(number, "?")


@pytest.mark.parametrize(
    ("function", "returns", "words"),
    [
        (lambda: None, bool, "gave nothing (None)"),
        (lambda: 1, bool, "gave 1, when it was called with nothing. This exercise wants True or False."),
        (lambda: True, int, "gave True"),
        (lambda: "1", float, "gave '1'"),
        (list, str, "gave [], when"),
    ],
)
def test_a_value_of_another_type_is_told_what_was_expected(
    function: Callable[..., Any], returns: type, words: str
) -> None:
    with pytest.raises(AnswerError) as caught:
        bounded.call(function, returns=returns)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "returns"), [(True, bool), (3, int), (3, float), (2.5, float), ("", str), (None, None)]
)
def test_a_value_of_the_right_type_is_given_back(given: object, returns: type | None) -> None:
    assert bounded.call(lambda: given, returns=returns) == given


def test_exit_in_an_answer_ends_nothing_but_the_answer() -> None:
    with pytest.raises(AnswerError, match="stopped with SystemExit"):
        bounded.call(lambda: exit())


def test_endless_recursion_is_explained() -> None:
    def again(letter: str) -> Any:
        return again(letter)

    with pytest.raises(AnswerError, match="RecursionError"):
        bounded.call(again, "x")


def test_long_arguments_are_shortened() -> None:
    with pytest.raises(AnswerError) as caught:
        bounded.call(lambda text: text.no, "x" * 10_000)
    assert len(str(caught.value)) < 400


def test_the_stop_button_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(run: object, seconds: float) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(bounded._Run, "wait", pressed)
    with pytest.raises(Interrupted, match="You stopped the check"):
        bounded.call(goes_round, "a letter")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (3, "a function such as is_spam(letter)"),
        (lambda: True, "It is called as is_spam(letter)."),
        ("def f(letter)\n    return 1", "Line 1 is not Python: 'def f(letter)'"),
        ("x = 1", "has 0 functions in it"),
        ("def f(a): ...\ndef g(a): ...", "has 2 functions in it"),
        ("while True: pass\ndef f(a): ...", "wants one, and no more"),
        ("def f(a=1/0): ...", "can't be made: ZeroDivisionError: division by zero."),
        ("def f(a): '\0'", "not Python"),
    ],
)
def test_what_is_no_such_function_is_explained(answer: object, words: str) -> None:
    from labkit.lab.stage import USUAL

    with pytest.raises(AnswerError) as caught:
        Function("is_spam(letter)").read(answer, USUAL)
    assert words in str(caught.value)


def test_a_function_can_be_kept_as_text_and_run_again() -> None:
    from labkit.lab.stage import USUAL

    def is_spam(letter: str) -> bool:
        return "win" in letter

    kind = Function("is_spam(letter)")
    for answer in (is_spam, lambda letter: "win" in letter):
        again = kind.read(kind.answer(kind.text(answer)), USUAL)
        assert (again("you win"), again("hello")) == (True, False)
        assert kind.same(answer, kind.text(answer), USUAL)


def test_two_functions_of_the_same_name_are_told_apart() -> None:
    from labkit.lab.stage import USUAL

    one, other = "def f(letter):\n    return True", "def f(letter):\n    return False"
    assert not Function("f(letter)").same(one, other, USUAL)
    assert Function("f(letter)").same(one, f"\n{one}  # why not\n", USUAL)


def test_a_function_whose_body_is_empty_is_blank() -> None:
    def not_yet(letter: str) -> bool:
        """Say whether it is spam."""

    kind = Function("is_spam(letter)")
    assert kind.is_blank(not_yet)
    assert kind.is_blank("def is_spam(letter):\n    pass")
    assert not kind.is_blank("def is_spam(letter):\n    return True")
    assert not kind.is_blank("def is_spam(letter) return")
