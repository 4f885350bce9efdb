"""Somebody else's function, in a process of its own: it can't end the marking, nor hold it up.

Only the function is there. What it gives is judged here, where it can't reach. The process has a time limit
and no more than a gigabyte of memory, but it is no sandbox: it may read and write what its user may. So
nobody's function is run unasked.
"""

import json
import os
import signal
import subprocess
import sys
from ast import literal_eval
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Any

from labkit.exercises.answers import AnswerError, Function, Kind, Values
from labkit.exercises.answers.function import NOT_MADE, defined, tree
from labkit.exercises.answers.kind import plain
from labkit.exercises.exercise import Exercise
from labkit.lab.stage import Stage

SECONDS = 10.0  # of real time, for all calls of one check
LONGEST = 100_000  # characters that are read of one result
CHILD = Path(__file__).with_name("apart_child.py")
PASSED_ON = ("PATH", "SYSTEMROOT")  # of the environment: what Python needs to start

ENDED = "Your function did not come to an end within {seconds:g} seconds, or it ended its process."
NOT_RUN = "This answer is a Python function, and those are run only when they were asked for."


class NotRun(Exception):  # no AnswerError: it isn't the answer's fault
    """Somebody's code would have to be run, and nobody asked for it."""


def holds_code(kind: Kind) -> bool:
    """Whether an answer of this kind is Python code, or has such a part."""
    return isinstance(kind, Function) or (
        isinstance(kind, Values) and any(map(holds_code, kind.kinds.values()))
    )


@contextmanager
def apart(exercise: Exercise, *, run: bool) -> Iterator[Exercise]:
    """The exercise, with functions in processes of their own, or, without ``run``, with none run at all.

    The processes end with the block.
    """
    with ExitStack() as running:
        yield _apart(exercise, running if run else None)


def _apart(exercise: Exercise, running: ExitStack | None) -> Exercise:
    of_seed = exercise.for_seed
    return replace(
        exercise,
        kind=_kind(exercise.kind, running),
        for_seed=(lambda seed: _apart(of_seed(seed), running)) if of_seed else None,
    )


def _kind(kind: Kind, running: ExitStack | None) -> Kind:
    if isinstance(kind, Function):
        return _FunctionApart(kind.signature, running)
    if isinstance(kind, Values) and holds_code(kind):
        return Values(**{name: _kind(part, running) for name, part in kind.kinds.items()})
    return kind


class _FunctionApart(Function):
    """A function that is never made in this process, not even in order to compare it."""

    def __init__(self, signature: str, running: ExitStack | None) -> None:
        super().__init__(signature)
        self._running = running

    def read(self, answer: object, stage: Stage) -> Callable[..., Any]:
        """What passes calls on to the process. Raises AnswerError, and NotRun."""
        text, name = defined(plain(answer))
        if self._running is None:
            raise NotRun(NOT_RUN)
        process = self._running.enter_context(_process())
        return _Distant(process, {"text": text, "name": name, "count": self.count}, self)

    def same(self, one: object, other: object, stage: Stage) -> bool:
        one, other = self.text(one), self.text(other)
        return one == other or (tree(one) == tree(other) != "")


class _Distant:
    """A function elsewhere. Call it, and it is called there."""

    def __init__(self, process: "subprocess.Popen[str]", function: dict[str, Any], kind: Function) -> None:
        self._process = process
        said = self._ask(function)
        if "parameters" in said:
            raise kind.other_parameters()
        if "error" in said:
            raise AnswerError(NOT_MADE.format(error=f"{said['error']}: {said.get('words', '')}"))

    def __call__(self, *args: Any) -> Any:
        said = self._ask({"args": repr(args)})
        if "error" in said:
            raise type(str(said["error"]), (Exception,), {})(said.get("words", ""))
        given = said.get("given", "")
        try:
            return literal_eval(given)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return _Given(given)

    def _ask(self, question: dict[str, Any]) -> dict[str, str]:
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            said = json.loads(self._process.stdout.readline(LONGEST))
        except (OSError, ValueError, RecursionError):  # it is gone, or says something else
            raise AnswerError(ENDED.format(seconds=SECONDS)) from None
        if not isinstance(said, dict) or not all(isinstance(part, str) for part in said.values()):
            raise AnswerError(ENDED.format(seconds=SECONDS))
        return said


class _Given:
    """What a function gave that is no plain value of Python's; shown as it was there."""

    def __init__(self, shown: str) -> None:
        self._shown = shown

    def __repr__(self) -> str:
        return self._shown


@contextmanager
def _process() -> Iterator["subprocess.Popen[str]"]:
    """A process in an empty folder, which is ended when its time is over, and at the end of the block."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with TemporaryDirectory(prefix="labkit-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        timer = Timer(SECONDS, _end, [process])
        timer.daemon = True
        timer.start()
        try:
            yield process
        finally:
            timer.cancel()
            timer.join()
            _end(process)
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                with suppress(OSError):  # a question that it didn't live to read
                    pipe.close()


def _end(process: "subprocess.Popen[str]") -> None:
    """End the process and, where the system can, those that it has started."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # nobody is left of them
            return
    else:
        process.kill()
