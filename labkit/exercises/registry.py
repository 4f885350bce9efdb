"""Where exercises are found: one module for each notebook, loaded when one of its exercises is asked for."""

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import ModuleType

from labkit.errors import UsageError
from labkit.exercises.exercise import Exercise

MODULES = {
    "00": "welcome",
    "01": "speak",
    "02": "deliver",
    "03": "abused",
    "04": "bill",
    "05": "find",
    "06": "close",
    "07": "encrypt",
    "08": "people",
    "09": "prove",
    "10": "limits",
    "11": "kinds_of_relay",
    "12": "real",
}
NOT_THERE = 'There is no exercise {name!r}. {hint} Ask for one by its number, such as exercise("03.1").'
NEAR, ALL = "Did you mean {names}?", "There are: {names}."


def find(name: object) -> Exercise:
    """The exercise with this id. Raises UsageError that names the nearest ones."""
    text = str(name).strip()
    for one in of_notebook(text.partition(".")[0]):
        if one.id == text:
            return one
    known = [one.id for one in exercises()]
    close = get_close_matches(text, known, 3, 0.6)
    hint = NEAR.format(names=" or ".join(close)) if close else ALL.format(names=", ".join(known))
    raise UsageError(NOT_THERE.format(name=text, hint=hint))


def exercises() -> tuple[Exercise, ...]:
    """Every exercise, in the order of the course."""
    return tuple(one for notebook in MODULES for one in of_notebook(notebook))


@cache
def of_notebook(number: str) -> tuple[Exercise, ...]:
    """The exercises of the notebook with this number, such as "03"; none where there is no such notebook."""
    if number not in MODULES:
        return ()
    module: ModuleType = import_module(f"labkit.exercises.course.{MODULES[number]}")
    found: tuple[Exercise, ...] = module.EXERCISES
    return found
