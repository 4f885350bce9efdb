"""Answers that are chosen or counted: one of several sentences, a number, several answers at once."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Self

from labkit.exercises.answers.kind import AnswerError, Kind, literal
from labkit.exercises.answers.texts import Text
from labkit.lab.stage import Stage
from labkit.relay.language.postfix_names import nearest


class Choice(Kind):
    """One of several: each has a short key, by which it is chosen. With ``several``, any number of them."""

    def __init__(self, options: Mapping[str, str], several: bool = False) -> None:
        self.options, self.several = dict(options), several

    @property
    def shape(self) -> str:
        keys = ", ".join(map(repr, self.options))
        if self.several:
            return f'some of {keys}: one text with commas between, such as "{", ".join(self._example())}"'
        return f"one of {keys}"

    def _example(self) -> list[str]:
        return list(self.options)[:2]

    def parts(self) -> tuple[tuple[str, str], ...]:
        return tuple(self.options.items())

    def read(self, answer: object, stage: Stage) -> str | frozenset[str]:
        """The key, or with ``several`` the keys. Capitals don't matter."""
        if not self.several:
            return self._key(answer)
        if isinstance(answer, str):
            answer = [part for part in answer.split(",") if part.strip()]
        if not isinstance(answer, Iterable):
            raise self.not_in_this_form(answer)
        return frozenset(map(self._key, answer))

    def _key(self, given: object) -> str:
        if not isinstance(given, str):
            raise self.not_in_this_form(given)
        wanted = given.strip().casefold()
        for key, words in self.options.items():
            if wanted in (key.casefold(), words.casefold()):
                return key
        raise AnswerError(f"{given.strip()!r} is not among the choices. Choose {self.shape}.")

    def is_blank(self, answer: object) -> bool:
        nothing_is_right = self.several and isinstance(answer, (set, frozenset, list, tuple)) and not answer
        return nothing_is_right or super().is_blank(answer)

    def text(self, answer: object) -> str:
        if isinstance(answer, Iterable) and not isinstance(answer, str):
            return ", ".join(sorted(map(str, answer)))
        return str(answer).strip()

    def answer(self, text: str) -> object:
        return text

    def told(self, stage: Stage) -> Self:
        return type(self)(stage.tell(self.options), self.several)


class Number(Kind):
    """A number from ``low`` to ``high``, of a ``unit`` in words, such as "minutes"."""

    def __init__(self, low: float, high: float, unit: str) -> None:
        self.low, self.high, self.unit = low, high, unit

    @property
    def shape(self) -> str:
        return f"a number from {self.low:,g} to {self.high:,g} ({self.unit}), without quotation marks"

    def read(self, answer: object, stage: Stage) -> float:
        if isinstance(answer, bool) or not isinstance(answer, (int, float)):
            raise self.not_in_this_form(answer)
        if not isfinite(answer) or not self.low <= answer <= self.high:
            raise AnswerError(f"Your answer is {answer!r}. This exercise wants {self.shape}.")
        return float(answer)


class Values(Kind):
    """Several answers at once, by their names. Those given as mere names are texts."""

    def __init__(self, *names: str, **kinds: Kind) -> None:
        self.kinds: dict[str, Kind] = {name: Text() for name in names} | kinds

    @property
    def shape(self) -> str:
        example = ", ".join(f"{name}=..." for name in self.kinds)
        return f"{len(self.kinds)} answers by name: task.check({example})"

    def parts(self) -> tuple[tuple[str, str], ...]:
        """Each name with its form; names whose forms are the same stand together."""
        names: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
        for name, kind in self.kinds.items():
            names.setdefault((kind.shape, kind.parts()), []).append(name)
        return tuple(
            row
            for (shape, parts), alike in names.items()
            for row in ((", ".join(alike), shape), *((f"  {key}", words) for key, words in parts))
        )

    def read(self, answer: object, stage: Stage) -> dict[str, Any]:
        """The value of each name. Raises AnswerError for a name that is missing, unknown or can't be read."""
        if not isinstance(answer, Mapping):
            raise self.not_in_this_form(answer)
        for name in answer:
            if name not in self.kinds:
                names = ", ".join(self.kinds)
                raise AnswerError(
                    f"There is no {name!r} here.{nearest(str(name), self.kinds)} The names are: {names}."
                )
        return {name: self._one(name, kind, answer.get(name), stage) for name, kind in self.kinds.items()}

    def _one(self, name: str, kind: Kind, answer: object, stage: Stage) -> Any:
        if kind.is_blank(answer):
            raise AnswerError(f"{name} has no answer yet. It wants {kind.shape}.")
        try:
            return kind.read(answer, stage)
        except AnswerError as error:
            raise AnswerError(f"{name}: {error}") from None

    def key(self, value: dict[str, Any]) -> object:
        return {name: self.kinds[name].key(part) for name, part in value.items()}

    def is_blank(self, answer: object) -> bool:
        if isinstance(answer, Mapping):
            return all(
                name not in self.kinds or self.kinds[name].is_blank(part) for name, part in answer.items()
            )
        return super().is_blank(answer)

    def call(self, answer: object) -> str:
        if not isinstance(answer, Mapping):
            return super().call(answer)
        answers = "".join(f"    {name}={literal(part)},\n" for name, part in answer.items())
        return f"task.check(\n{answers})"

    def text(self, answer: object) -> str:
        if not isinstance(answer, Mapping):
            return super().text(answer)
        return repr({name: self._kept(name, part) for name, part in answer.items()})

    def _kept(self, name: str, part: object) -> object:
        return part if isinstance(part, (int, float, type(None))) else self.kinds.get(name, Text()).text(part)

    def told(self, stage: Stage) -> Self:
        return type(self)(**{name: kind.told(stage) for name, kind in self.kinds.items()})
