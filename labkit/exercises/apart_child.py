"""The other side of ``apart``: makes one function, calls it as it is told, and says what it gave.

It runs by itself, without the lab. Questions come and answers go as JSON, one a line; what the function
prints or asks for goes nowhere.
"""

import inspect
import json
import os
import sys
from ast import literal_eval
from collections.abc import Callable
from typing import Any

MEMORY = 2**30  # octets
LONGEST = 10_000  # characters of a result


def main() -> None:
    """Answer questions until there are no more."""
    asked = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nowhere, number)
    _limit_memory()
    function: Callable[..., Any] | None = None
    for line in asked:
        question = json.loads(line)
        said: dict[str, str] = {}
        try:
            if function is None:
                function, said = _made(**question)
            else:
                said = {"given": repr(function(*literal_eval(question["args"])))[:LONGEST]}
        except BaseException as error:  # exit() is an answer like others
            said = {"error": type(error).__name__, "words": _words(error)}
        answers.write(json.dumps(said) + "\n")
        answers.flush()


def _made(text: str, name: str, count: int) -> tuple[Callable[..., Any], dict[str, str]]:
    space: dict[str, Any] = {"__name__": "answer"}
    exec(compile(text, "<answer>", "exec"), space)
    try:
        inspect.signature(space[name]).bind(*[None] * count)
    except (TypeError, ValueError):
        return space[name], {"parameters": "others"}
    return space[name], {}


def _words(error: BaseException) -> str:
    try:
        return str(error)[:LONGEST]
    except Exception:
        return ""


def _limit_memory() -> None:
    if sys.platform in ("win32", "darwin"):  # Windows has no such limit, and macOS refuses it
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main()
