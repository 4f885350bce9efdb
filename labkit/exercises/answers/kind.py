"""What every form of an answer can do: be read, be compared, be kept as text, be told for another seed."""

from abc import ABC, abstractmethod
from ast import literal_eval
from collections.abc import Mapping
from textwrap import dedent
from typing import Any, Self

from labkit.errors import UsageError
from labkit.lab.stage import Stage
from labkit.relay.policy import Policy

A_TYPE = {
    bool: "True or False",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    tuple: "several values",
    dict: "named values in braces",
    set: "several values in braces",
    frozenset: "several values in braces",
    bytes: "bytes",
    Policy: "a Policy",
}
NOT_IN_THIS_FORM = "Your answer is {given}. This exercise wants {shape}."


class AnswerError(UsageError):
    """An answer that can't be read or can't be run; the message says what, where, and what was expected."""


class Kind(ABC):
    """One form of an answer. ``shape`` says it in words, such as "a main.cf text or a Policy"."""

    @property
    @abstractmethod
    def shape(self) -> str:
        """What an answer looks like, in a few words."""

    @abstractmethod
    def read(self, answer: object, stage: Stage) -> Any:
        """The value that claims look at. Raises AnswerError."""

    def parts(self) -> tuple[tuple[str, str], ...]:
        """What can be chosen or must be filled in, each with its words, for the card."""
        return ()

    def key(self, value: Any) -> object:
        """What two values have in common that come to the same."""
        return value

    def is_blank(self, answer: object) -> bool:
        """Whether nothing was answered yet: None, an ellipsis, an empty text, or nothing but such."""
        if isinstance(answer, Mapping):
            return all(map(self.is_blank, answer.values()))
        if isinstance(answer, (list, tuple, set, frozenset)):
            return all(map(self.is_blank, answer))
        return answer is None or answer is ... or (isinstance(answer, str) and not answer.strip())

    def same(self, one: object, other: object, stage: Stage) -> bool:
        """Whether two answers come to the same; what can't be read is compared as it stands."""
        try:
            return bool(self.key(self.read(one, stage)) == self.key(self.read(other, stage)))
        except AnswerError:
            return plain(one) == plain(other)

    def text(self, answer: object) -> str:
        """The answer as text, to be kept and to be read by people."""
        return plain(answer) if isinstance(answer, str) else repr(answer)

    def call(self, answer: object) -> str:
        """What a student types to give this answer."""
        return f"task.check({literal(answer)})"

    def answer(self, text: str) -> object:
        """What ``text`` was made from. Raises AnswerError when it wasn't made so."""
        try:
            found: object = literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            raise AnswerError(f"{text[:80]!r} can't be read as {self.shape}.") from None
        return found

    def told(self, stage: Stage) -> Self:
        """The same kind with the words of a stage."""
        return self

    def not_in_this_form(self, answer: object) -> AnswerError:
        """What is said of an answer of another type."""
        given = A_TYPE.get(type(answer), f"a value of the type {type(answer).__name__}")
        return AnswerError(NOT_IN_THIS_FORM.format(given=given, shape=self.shape))


def literal(value: object) -> str:
    """A value as people write it in Python: a text of several lines stands between triple quotation marks."""
    if not isinstance(value, str) or "\n" not in value.strip():
        return repr(value.strip() if isinstance(value, str) else value)
    raw = "r" if "\\" in value else ""
    return f'{raw}"""\n{plain(value)}\n"""' if '"""' not in value else repr(value)


def plain(answer: object) -> str:
    """A text without common indentation and the empty lines around it; another value as Python has it."""
    return dedent(answer).strip() if isinstance(answer, str) else repr(answer)
