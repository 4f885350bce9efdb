"""Tables that are searched line by line: cidr:, pcre: and regexp: (cidr_table(5), pcre_table(5)).

A line is "pattern value"; ``!`` before a pattern turns it around. Lines between ``if pattern`` and
``endif`` are asked only where that pattern matches. The first line that matches gives the value.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from labkit.errors import PolicyError
from labkit.relay.language import regex

Network = IPv4Network | IPv6Network
Test = Callable[[str], object]  # of a key; what it gives is true where the line is for this key
Reader = Callable[[str], tuple[Test, str]]

# As texts: what isn't used isn't compiled, and importing this module stays fast.
_NETWORK = r"(\[[^][/]+\]|[^][/]+)(/[0-9]+)?"
_IF = r"(?is)if(?![a-z0-9])\s*(.*)"
_ENDIF = r"(?i)endif\s*"
_REFERENCE = r"\$(?:(\$)|([0-9]+)(?!\w)|\{([0-9]+)\}|\(([0-9]+)\)|)"


class Line(NamedTuple):
    """One line; ``inside`` are the lines between an ``if`` and its ``endif``."""

    test: Test
    value: str = ""
    inside: "Lines | None" = None


class Lines:
    """A table that is searched line by line."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines

    def find(self, key: str) -> str | None:
        """The value of the first line that matches, or None."""
        for line in self._lines:
            found = line.test(key)
            if not found:
                continue
            value = line.inside.find(key) if line.inside else _filled(line.value, found)
            if value is not None:
                return value
        return None

    def values(self) -> Iterator[str]:
        """Every value in it, before what the patterns find is put in."""
        for line in self._lines:
            yield from line.inside.values() if line.inside else (line.value,)


def read(kind: str, lines: list[str]) -> Lines:
    """The table of the lines; ``kind`` is "cidr", "pcre" or "regexp".

    Raises PolicyError for a line that Postfix can't read, or that this lab can't.
    """
    reader: Reader = _inside if kind == "cidr" else partial(_matching, regex.FLAVOURS[kind])
    return _block(iter(lines), reader, nested=False)


def _block(lines: Iterator[str], reader: Reader, nested: bool) -> Lines:
    """The lines up to the end, or up to the ``endif`` when they are nested."""
    found: list[Line] = []
    for text in lines:
        if re.fullmatch(_ENDIF, text):
            if nested:
                return Lines(found)
            raise PolicyError("endif stands without an if.")
        opened = re.fullmatch(_IF, text)
        test, value = reader(opened[1] if opened else text)
        if opened:
            found.append(Line(test, inside=_block(lines, reader, nested=True)))
        elif value:
            found.append(Line(test, value))
        else:
            raise PolicyError(f"{text!r} has a pattern and no value behind it.")
    if nested:
        raise PolicyError("an if has no endif.")
    return Lines(found)


def network(text: str) -> Network:
    """The network of an address or of "network/bits"; an IPv6 address may stand in brackets.

    Raises PolicyError, also where bits behind the network's are set, as Postfix does.
    """
    try:
        if not re.fullmatch(_NETWORK, text):
            raise ValueError("the part behind the slash is a number of bits")
        return ip_network(re.sub(r"[][]", "", text))
    except ValueError as error:
        raise PolicyError(f"{text!r} is not a network such as 192.0.2.0/24 ({error}).") from None


def _inside(text: str) -> tuple[Test, str]:
    """A line of a cidr table."""
    wanted, rest = _negated(text)
    address, *value = rest.split(None, 1) or [""]
    return partial(_is_inside, network(address), wanted), "".join(value)


def _is_inside(wide: Network, wanted: bool, key: str) -> bool:
    """Whether an address is in a network or, where that isn't wanted, of its family and outside it."""
    try:
        address = ip_address(key)
    except ValueError:
        return False
    return address.version == wide.version and (address in wide) == wanted


def _matching(flavour: regex.Flavour, text: str) -> tuple[Test, str]:
    """A line of a pcre or a regexp table."""
    wanted, rest = _negated(text)
    source, flags, value = _parts(rest)
    pattern = flavour.compile(source, flags)
    for sign in re.finditer(_REFERENCE, value):
        _check(sign, pattern.groups if wanted else 0, value)
    if wanted:
        return pattern.search, value
    return lambda key: not pattern.search(key), value.replace("$$", "$")


def _negated(text: str) -> tuple[bool, str]:
    """Whether the pattern is wanted to match, and the text without the ! before it."""
    rest = text.lstrip("! \t")
    return text[: len(text) - len(rest)].count("!") % 2 == 0, rest


def _parts(text: str) -> tuple[str, str, str]:
    """The pattern between its delimiters, the flags, and the value."""
    if not text or text[0].isalnum():
        raise PolicyError(f"{text!r} is not of the form /pattern/flags value.")
    end = re.escape(text[0])
    parts = re.fullmatch(rf"(?s){end}((?:\\.|(?!{end})[^\\])*){end}(\S*)\s*(.*)", text)
    if not parts:
        raise PolicyError(f"{text!r} has no {text[0]} that ends the pattern.")
    return parts[1], parts[2], parts[3]


def _filled(value: str, found: object) -> str:
    """The value with what the pattern found."""
    if not isinstance(found, re.Match):
        return value
    return re.sub(_REFERENCE, lambda sign: "$" if sign[1] else found[_number(sign)] or "", value)


def _number(sign: re.Match[str]) -> int:
    """The group that a reference names; 0 for none."""
    return int(sign[2] or sign[3] or sign[4] or 0)


def _check(sign: re.Match[str], groups: int, value: str) -> None:
    """Refuse a $ that is neither $$ nor the number of a group."""
    if sign[0] == "$":
        raise PolicyError(f"{value!r}: behind a $ stands the number of a group; $$ is the sign itself.")
    if not sign[1] and not 0 < _number(sign) <= groups:
        raise PolicyError(f"{value!r}: the pattern has no group {_number(sign)}.")
