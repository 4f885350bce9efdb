"""A student's function, called with a bound: an endless loop is stopped, and what went wrong is explained.

It runs on a thread of its own, into which an exception is raised when its time is over. A function that
waits in the system, or catches everything, can't be reached so: it is left behind, and nobody waits for it.
"""

import ctypes
import linecache
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from reprlib import Repr
from traceback import walk_tb
from types import CodeType
from typing import Any

from labkit.errors import Interrupted
from labkit.exercises.answers.kind import A_TYPE, AnswerError

SECONDS = 2.0  # of real time, for one call
SLICE = 0.05  # between two looks, so that the stop button is heard
FAREWELL = 0.5  # for a function that has been told to stop

ENDLESS = (
    "Your function did not come to an end within {seconds:g} seconds, when it was called with {call}. "
    "Look for a loop that never stops."
)
RAISED = "Your function stopped with {error}{where}, when it was called with {call}."
OTHER_TYPE = "Your function gave {given}, when it was called with {call}. This exercise wants {wanted}."
NOTHING = (
    "Your function gave nothing (None), when it was called with {call}. "
    "Does every way through it end in return?"
)


class _TimeIsOver(BaseException):
    """Raised inside the student's function. No ``except Exception`` catches it."""


class _Run:
    """One call on its thread. ``given`` or ``error`` is what came of it, once ``ended`` is set."""

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.ended = threading.Event()
        self.given: Any = None
        self.error: BaseException | None = None
        context = copy_context()  # so that what the function prints appears under the student's cell
        work = lambda: context.run(self._run, function, args)  # noqa: E731
        self._thread = threading.Thread(target=work, name="answer", daemon=True)
        self._thread.start()

    def _run(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        try:
            self.given = function(*args)
        except BaseException as error:  # exit() in an answer must not end the notebook either
            self.error = error
        finally:
            self.ended.set()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within this time."""
        deadline = time.monotonic() + seconds
        while not self.ended.wait(SLICE) and time.monotonic() < deadline:
            pass
        return self.ended.is_set()

    def stop(self) -> None:
        """Raise an exception into it, again and again as long as it is caught."""
        deadline = time.monotonic() + FAREWELL
        while not self.ended.is_set() and time.monotonic() < deadline:
            identity = ctypes.c_ulong(self._thread.ident or 0)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(_TimeIsOver))
            self.ended.wait(SLICE)


def call(function: Callable[..., Any], *args: Any, returns: type | None = None) -> Any:
    """What the function gives for these arguments; ``returns`` is the type that it must have, if any.

    Raises AnswerError when it doesn't come to an end, raises, or gives something else; Interrupted when the
    student stops it.
    """
    run = _Run(function, args)
    try:
        if not run.wait(SECONDS):
            run.stop()
            raise AnswerError(ENDLESS.format(seconds=SECONDS, call=_called(args)))
    except KeyboardInterrupt:
        run.stop()
        raise Interrupted("You stopped the check while your function was running.") from None
    if run.error is not None:
        raise AnswerError(_explained(run.error, function, args))
    return _checked(run.given, args, returns)


def _checked(given: Any, args: tuple[Any, ...], returns: type | None) -> Any:
    if returns is None or _fits(given, returns):
        return given
    if given is None:
        raise AnswerError(NOTHING.format(call=_called(args)))
    wanted = A_TYPE.get(returns, f"a value of the type {returns.__name__}") if returns else ""
    raise AnswerError(OTHER_TYPE.format(given=_short(given), call=_called(args), wanted=wanted))


def _fits(given: Any, returns: type) -> bool:
    """True and False are numbers to Python, and never to a student; a whole number will do for any."""
    if isinstance(given, bool):
        return returns is bool
    return isinstance(given, (int, float) if returns is float else returns)


def _explained(error: BaseException, function: Callable[..., Any], args: tuple[Any, ...]) -> str:
    said = str(error)
    name = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return RAISED.format(error=name, where=_where(error, function), call=_called(args))


def _where(error: BaseException, function: Callable[..., Any]) -> str:
    """The innermost line of the student's own code that the error went through."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return ""
    numbers = [
        number
        for frame, number in walk_tb(error.__traceback__)
        if frame.f_code.co_filename == code.co_filename
    ]
    if not numbers:
        return ""
    number = numbers[-1]
    line = linecache.getline(code.co_filename, number).strip()
    counted = number - code.co_firstlineno + 1
    return f" at its line {counted} ({line})" if line else f" at its line {counted}"


def _called(args: tuple[Any, ...]) -> str:
    return ", ".join(map(_short, args)) if args else "nothing"


_SHORTENER = Repr()
_SHORTENER.maxstring = _SHORTENER.maxother = 120
_short = _SHORTENER.repr
