"""An answer that is a short function of the student's own, or the Python text of one."""

import ast
import inspect
import linecache
from collections.abc import Callable
from textwrap import dedent
from typing import Any
from zlib import crc32

from labkit.exercises.answers.kind import AnswerError, Kind, plain
from labkit.lab.stage import Stage

NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)  # what ast.parse raises for other texts
NOT_MADE = "Your function can't be made: {error}."
FILE = "<answer {sum:08x}>"  # what a text is known by where Python names a file; each needs a name of its own


class Function(Kind):
    """A function with a ``signature`` such as "is_spam(letter)"; its name is free, its parameters count."""

    def __init__(self, signature: str) -> None:
        self.signature = signature
        described = ast.parse(f"def {signature}: ...").body[0]
        assert isinstance(described, ast.FunctionDef)
        self.count = len(described.args.args)

    @property
    def shape(self) -> str:
        return f"a function such as {self.signature}, without parentheses behind its name"

    def read(self, answer: object, stage: Stage) -> Callable[..., Any]:
        """The function. Raises AnswerError for what isn't one, and for other parameters."""
        if isinstance(answer, str):
            answer = _made(plain(answer))
        if not inspect.isroutine(answer):
            raise self.not_in_this_form(answer)
        try:
            inspect.signature(answer).bind(*[None] * self.count)
        except (TypeError, ValueError):
            raise self.other_parameters() from None
        return answer

    def other_parameters(self) -> AnswerError:
        """What is said of a function that takes too few arguments, or wants more."""
        return AnswerError(
            f"Your function can't be called as this exercise does it. It is called as {self.signature}."
        )

    def key(self, value: Callable[..., Any]) -> object:
        return tree(source(value)) or value

    def is_blank(self, answer: object) -> bool:
        """Also a function whose body is still "...", "pass" or a docstring."""
        if super().is_blank(answer):
            return True
        text = answer if isinstance(answer, str) else source(answer)
        try:
            body = [node for node in ast.parse(plain(text)).body if isinstance(node, ast.FunctionDef)]
        except NO_PYTHON:
            return False
        return bool(body) and all(map(_does_nothing, body[0].body))

    def text(self, answer: object) -> str:
        return plain(answer) if isinstance(answer, str) else source(answer) or repr(type(answer).__name__)

    def call(self, answer: object) -> str:
        text = self.text(answer)
        names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
        return f"{text}\n\n\ntask.check({', '.join(names) or text})"

    def answer(self, text: str) -> object:
        return text


def source(function: object) -> str:
    """The Python text of a function; "" where Python doesn't keep it."""
    if not inspect.isroutine(function):
        return ""
    try:
        if getattr(function, "__name__", "") == "<lambda>":
            return _lambda(function)
        return dedent(inspect.getsource(function)).strip()
    except (OSError, TypeError, SyntaxError):
        return ""


def _lambda(function: Any) -> str:
    """A lambda without the statement that it stands in. Raises OSError and SyntaxError."""
    lines, _ = inspect.findsource(function)
    first = function.__code__.co_firstlineno
    nodes = ast.walk(ast.parse("".join(lines)))
    found = [node for node in nodes if isinstance(node, ast.Lambda) and node.lineno == first]
    return ast.unparse(found[0]) if found else ""


def _does_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def tree(text: str) -> str:
    """The text as Python understands it, whatever its spaces; "" when it doesn't."""
    try:
        return ast.dump(ast.parse(text))
    except NO_PYTHON:
        return ""


def defined(text: str) -> tuple[str, str]:
    """The text, in which a lambda has got a name as well, and the name of the one function in it.

    Nothing is run. Raises AnswerError.
    """
    body = _parsed(text).body
    if len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Lambda):
        return f"answer = {text}", "answer"
    names = [node.name for node in body if isinstance(node, ast.FunctionDef)]
    if len(names) != 1 or len(body) != 1:
        raise AnswerError(
            f"Your answer has {len(names)} functions in it. This exercise wants one, and no more."
        )
    return text, names[0]


def _made(text: str) -> object:
    """The one function that a text defines, or a lambda. Raises AnswerError."""
    return _run(*defined(text))


def _run(text: str, name: str) -> object:
    """What a text calls by this name: the student's function, or one that was kept. Raises AnswerError."""
    file = FILE.format(sum=crc32(text.encode("utf-8", "replace")))
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, object] = {"__name__": "answer"}
    try:
        exec(compile(text, file, "exec"), space)
    except Exception as error:  # in a decorator or a default value: whatever it is, it is the answer's
        raise AnswerError(NOT_MADE.format(error=f"{type(error).__name__}: {error}")) from None
    return space[name]


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        shown = (error.text or "").strip()
        raise AnswerError(
            f"Line {error.lineno} is not Python: {shown!r}. Python says: {error.msg}."
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise AnswerError("Your answer is not Python that can be read.") from None
