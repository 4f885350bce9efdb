"""Postfix's main.cf: how a policy is written down (postconf(5), "main.cf file format")."""

from collections.abc import Iterator, Mapping

from labkit.errors import PolicyError


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
    return "\n".join(f"{name} = {value}".rstrip() for name, value in values.items())


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
