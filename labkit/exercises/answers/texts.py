"""Answers that are texts: main.cf, the client's lines of a dialogue, DNS records, and others."""

from textwrap import dedent
from typing import Self

from labkit.dns.changes import records
from labkit.errors import LabError, PolicyError, UsageError
from labkit.exercises.answers.kind import AnswerError, Kind, plain
from labkit.lab.stage import Stage
from labkit.relay.policy import Policy

WHOSE_LINES = ("C: ", "S: ")


class Text(Kind):
    """Any text; ``of`` says what it is, such as "the rule of an alarm"."""

    def __init__(self, of: str = "a text") -> None:
        self._of = of

    @property
    def shape(self) -> str:
        return self._of

    def read(self, answer: object, stage: Stage) -> str:
        """The text, without indentation as a whole and without empty lines around it."""
        if not isinstance(answer, str):
            raise self.not_in_this_form(answer)
        return plain(answer)

    def answer(self, text: str) -> object:
        return text

    def told(self, stage: Stage) -> Self:
        return type(self)(stage.tell(self._of))


class PolicyText(Kind):
    """A policy, or the main.cf text of one. Parameters that aren't set have their defaults."""

    @property
    def shape(self) -> str:
        return "a main.cf text in quotation marks, or a Policy"

    def read(self, answer: object, stage: Stage) -> Policy:
        """The policy. What can't be read is explained: its line, what is wrong, the nearest name."""
        if isinstance(answer, Policy):
            return answer
        if not isinstance(answer, str):
            raise self.not_in_this_form(answer)
        try:
            return Policy.parse(answer, stage.home)
        except PolicyError as error:
            raise AnswerError(str(error)) from None

    def text(self, answer: object) -> str:
        return plain(str(answer))

    def call(self, answer: object) -> str:
        return super().call(str(answer))

    def answer(self, text: str) -> object:
        return text


class Lines(Kind):
    """Lines that a client says to a server: one text, or a list with a text for each line."""

    @property
    def shape(self) -> str:
        return "the client's lines, as one text or as a list of texts"

    def read(self, answer: object, stage: Stage) -> list[str]:
        """The lines, without the C: that a transcript puts before them."""
        if isinstance(answer, str):
            return [_said(line, number) for number, line in enumerate(plain(answer).splitlines(), 1)]
        if not isinstance(answer, (list, tuple)):
            raise self.not_in_this_form(answer)
        return [_one_line(line, number) for number, line in enumerate(answer, 1)]

    def text(self, answer: object) -> str:
        return "\n".join(map(str, answer)) if isinstance(answer, (list, tuple)) else plain(str(answer))

    def answer(self, text: str) -> object:
        return text


def _one_line(line: object, number: int) -> str:
    if not isinstance(line, str):
        raise AnswerError(f"Line {number} is {line!r}. Write each line in quotation marks.")
    if len(line.splitlines()) > 1:
        raise AnswerError(f"Line {number} of the list holds several lines. Write each as a text of its own.")
    return _said(line.removesuffix("\n").removesuffix("\r"), number)


def _said(line: str, number: int) -> str:
    client, server = WHOSE_LINES
    if line.startswith(server):
        raise AnswerError(
            f"Line {number} begins with S:, so the server says it. Give the client's lines alone."
        )
    return line.removeprefix(client)


class Records(Kind):
    """DNS records, one a line, as ``lab.dns.add`` takes them."""

    @property
    def shape(self) -> str:
        return "DNS records as one text, one record a line"

    def read(self, answer: object, stage: Stage) -> str:
        """The text. A line that is no record is explained."""
        if isinstance(answer, (list, tuple)) and all(isinstance(part, str) for part in answer):
            answer = "\n".join(answer)
        if not isinstance(answer, str):
            raise self.not_in_this_form(answer)
        try:
            records(answer)
        except LabError as error:
            raise AnswerError(str(error)) from None
        return plain(answer)

    def key(self, value: str) -> object:
        try:
            return frozenset(map(str, records(value)))
        except UsageError:
            return value

    def text(self, answer: object) -> str:
        return (
            "\n".join(map(str, answer)) if isinstance(answer, (list, tuple)) else dedent(str(answer)).strip()
        )

    def answer(self, text: str) -> object:
        return text


POLICY, LINES, RECORDS = PolicyText(), Lines(), Records()
