"""Postfix's main.cf: how a policy is written down (postconf(5), "main.cf file format")."""

import re
from collections.abc import Callable, Iterator, Mapping

from labkit.errors import PolicyError

_NAME = r"[A-Za-z0-9_]+"
_CONDITIONAL = r"(?s)\s*([A-Za-z0-9_]+)\s*(?:([?:])(.*))?"
_CLOSING = {"{": "}", "(": ")"}


def read(text: str) -> dict[str, tuple[str, int]]:
    """Each parameter's value, and the line that set it; as with Postfix, the last one wins.

    Raises PolicyError, with the number of the line, for a line that isn't "name = value".
    """
    found: dict[str, tuple[str, int]] = {}
    for number, line in _logical_lines(text):
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise PolicyError(f"Line {number}: {line.strip()!r} is not of the form: name = value")
        found[name.strip()] = (value.strip(), number)
    return found


def write(values: Mapping[str, str]) -> str:
    """The parameters as main.cf lines."""
    return "\n".join(f"{name} = {escape(value)}".rstrip() for name, value in values.items())


def escape(value: str) -> str:
    """A value in which every $ stands for itself."""
    return value.replace("$", "$$")


def split(text: str) -> tuple[str, ...]:
    """The items of a list: separated by commas, white space or both; what is in braces stays together.

    Raises PolicyError for braces that don't match.
    """
    items, item, depth = [], "", 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            raise PolicyError(f"{text!r} closes a brace that it didn't open.")
        if depth == 0 and (char == "," or char.isspace()):
            items.append(item)
            item = ""
        else:
            item += char
    if depth:
        raise PolicyError(f"{text!r} opens a brace and doesn't close it.")
    return tuple(item for item in [*items, item] if item)


def expanded(lines: Mapping[str, tuple[str, int]], known: Callable[[str], str]) -> dict[str, tuple[str, int]]:
    """What ``read`` gave with all $names replaced: by each other, and else by what is ``known``.

    Raises PolicyError, with the number of the line, for a reference to nothing, or to itself.
    """

    def value(name: str, within: tuple[str, ...] = ()) -> str:
        if name not in lines:
            return known(name)
        if name in within:
            raise PolicyError(f"{name} is made of itself: {' -> '.join((*within, name))}.")
        return expand(lines[name][0], lambda other: value(other, (*within, name)))

    found = {}
    for name, (_, number) in lines.items():
        try:
            found[name] = (value(name), number)
        except PolicyError as error:
            raise PolicyError(f"Line {number}: {name}: {error}") from None
        except RecursionError:
            raise PolicyError(f"Line {number}: {name}: its $names are nested too deeply.") from None
    return found


def expand(text: str, look_up: Callable[[str], str]) -> str:
    """The text with its $names replaced: $name, ${name}, ${name?then}, ${name:else}, ${name?{a}:{b}}, $$.

    ``look_up`` gives a parameter's value. Raises PolicyError for a $ that isn't one of these.
    """
    done, at = "", 0
    while (dollar := text.find("$", at)) >= 0:
        value, after = _reference(text, dollar + 1, look_up)
        done, at = done + text[at:dollar] + value, after
    return done + text[at:]


def _reference(text: str, at: int, look_up: Callable[[str], str]) -> tuple[str, int]:
    """What the reference after a $ stands for, and where the text goes on."""
    if text[at : at + 1] == "$":
        return "$", at + 1
    if text[at : at + 1] in _CLOSING:
        end = _closing(text, at)
        return _inside(text[at + 1 : end], look_up), end + 1
    name = re.match(_NAME, text[at:])
    if not name:
        raise PolicyError(f"{text[at - 1 :]!r}: a $ begins the name of a parameter; $$ is the sign itself.")
    return look_up(name[0]), at + name.end()


def _inside(inner: str, look_up: Callable[[str], str]) -> str:
    """What ``${inner}`` stands for."""
    parts = re.fullmatch(_CONDITIONAL, inner)
    if not parts:
        raise PolicyError(f"'${{{inner}}}' is not of the form ${{name}}, ${{name?then}} or ${{name:else}}.")
    name, sign, rest = parts.groups()
    value = look_up(name)
    if not sign:
        return value
    then, rest = _operand(rest) if sign == "?" else ("", f":{rest}")
    other, rest = _operand(rest[1:]) if rest.startswith(":") else ("", rest)
    if rest:
        raise PolicyError(f"'${{{inner}}}' goes on with {rest!r} where it should end.")
    return expand(then if value else other, look_up)


def _operand(text: str) -> tuple[str, str]:
    """What stands in braces, and the text behind them; without braces it is all the text."""
    opened = text.lstrip()
    if not opened.startswith("{"):
        return text, ""
    end = _closing(opened, 0)
    return opened[1:end], opened[end + 1 :].strip()


def _closing(text: str, at: int) -> int:
    """Where the bracket that opens at ``at`` is closed."""
    opening, closing, depth = text[at], _CLOSING[text[at]], 0
    for place in range(at, len(text)):
        depth += (text[place] == opening) - (text[place] == closing)
        if depth == 0:
            return place
    raise PolicyError(f"{text[at - 1 if at else 0 :]!r} opens a bracket and doesn't close it.")


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments; one that begins with white space continues the one before."""
    logical, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace() and logical:
            logical += " " + line.strip()
            continue
        if logical:
            yield start, logical
        logical, start = line.strip(), number
    if logical:
        yield start, logical
