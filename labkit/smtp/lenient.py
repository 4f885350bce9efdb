"""Addresses from clients that don't write them as RFC 5321 says: Postfix finds one all the same.

It reads them by RFC 822, as if they stood in a header: with comments, quotes and groups, with or without
angle brackets (Postfix: strict_rfc821_envelopes = no). A relay that understands less than its
neighbours is one that can be fooled.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_ATOM_END = ' \t\r\n|%!()<>@,;:\\".[]'
_NOT_OF_AN_ADDRESS = ",;"


class _Token(NamedTuple):
    """``kind`` is "word" for an atom, a quoted string or a literal, "comment", or the character itself."""

    kind: str
    text: str


def find_address(text: str, *, strict: bool) -> str | None:
    """The one address in a word of a command, without quotes; empty for none, and None for trouble.

    ``strict`` insists on angle brackets, with nothing but an address inside.
    """
    inner = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    if inner.startswith("@") and ":" in inner:
        inner = inner.partition(":")[2]  # a source route (RFC 5321 section 4.1.1.3): its way isn't gone
    addresses, others = _sorted(list(_tokens(inner)))
    if len(addresses) > 1 or (strict and (others or not text.startswith("<"))):
        return None
    found = addresses[0] if addresses else ""
    return None if strict and found.startswith("@") else found


def addresses_in(text: str) -> tuple[str, ...]:
    """Every address in the text of a header such as From:, in order, without names and quotes."""
    return tuple(reversed(_sorted(list(_tokens(text)))[0]))


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        character = text[position]
        if character in " \t\r\n":
            position += 1
        elif character == "(":
            position = _end_of_comment(text, position)
            yield _Token("comment", "")
        elif character in '"[':
            inside, position = _until(text, position + 1, '"' if character == '"' else "]")
            position += 1
            yield _Token("word", inside if character == '"' else f"[{inside}]")
        elif character in _ATOM_END and character != "\\":
            position += 1
            yield _Token(character, character)
        else:
            atom, position = _until(text, position, _ATOM_END)
            yield _Token("word", atom)


def _until(text: str, position: int, ends: str) -> tuple[str, int]:
    """The text up to one of ``ends``, without the backslashes that quote, and where it stopped."""
    found = []
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] in ends:
            break
        found.append(text[position : position + 1])
        position += 1
    return "".join(found), position


def _end_of_comment(text: str, position: int) -> int:
    depth = 0
    for found in re.finditer(r"\\.|[()]", text[position:]):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return position + found.end()
    return len(text)


def _sorted(tokens: list[_Token]) -> tuple[list[str], int]:
    """The addresses, and how many tokens belong to none. Read from the end, as names stand in front."""
    addresses: list[str] = []
    address: list[str] = []
    others, word_fits, in_group = 0, True, False

    def ends() -> None:
        if address:
            addresses.append("".join(reversed(address)))
            address.clear()

    while tokens:
        kind, text = tokens.pop()
        if kind == "comment":
            others += 1
        elif kind in _NOT_OF_AN_ADDRESS:
            ends()
            others, word_fits, in_group = others + 1, True, in_group or kind == ";"
        elif kind == ":" and in_group:
            ends()
            others += 1 + _drop(tokens, ",")
        elif kind == ">":
            ends()
            while tokens and tokens[-1].kind != "<":
                address.append(tokens.pop().text)
            ends()
            tokens[-1:] = []
            others, word_fits = others + _drop(tokens, ">;,:"), True
        elif kind == "word":
            if not word_fits:
                ends()
            address.append(text)
            word_fits = False
        else:
            address.append(text)
            word_fits = True
    ends()
    return addresses, others


def _drop(tokens: list[_Token], until: str) -> int:
    """Take a name away that stands in front of an address or a group; how many words it had."""
    before = len(tokens)
    while tokens and tokens[-1].kind not in until:
        tokens.pop()
    return before - len(tokens)
