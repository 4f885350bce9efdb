"""A command line taken apart into words as Postfix takes it apart, before anything asks what they mean.

White space separates words, unless it stands in <...> or in "..."; and ``FROM:`` and ``TO:`` are words
even where the address follows at once.
"""

import re

SPACE = " \t\n\v\f\r"  # what C calls white space; Python's own idea of it is wider
_EASY = re.compile(r'[^<":\\]*')
_USUAL = re.compile(rf'(?i:(FROM:|TO:))[{SPACE}]*(<[^<>"\\\s]*>)((?: [^<":\\\s]+)*)')
_CLOSING = {"<": ">", '"': '"'}
_KEYWORDS = ("FROM:", "TO:")


def words(text: str) -> tuple[list[str], bool]:
    """The words, and whether the last one ends where it should, with its bracket or quote closed."""
    usual = _USUAL.fullmatch(text)
    if usual:
        return [usual[1], usual[2], *usual[3].split()], True
    if _EASY.fullmatch(text):
        return re.findall(rf"[^{SPACE}]+", text), True
    found, position, closed = [], 0, True
    while closed and (start := _past_space(text, position)) < len(text):
        position, closed = _end_of_word(text, start)
        found.append(text[start:position])
    return found, closed


def _past_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in SPACE:
        position += 1
    return position


def _end_of_word(text: str, start: int) -> tuple[int, bool]:
    position = start
    while position < len(text) and text[position] not in SPACE:
        character = text[position]
        if character in _CLOSING:
            position, closed = _end_of_quoted(text, position)
            if not closed:
                return position, False
            continue
        position += 2 if character == "\\" else 1
        if character == ":" and text[start:position].upper() in _KEYWORDS:
            break
    return min(position, len(text)), True


def _end_of_quoted(text: str, start: int) -> tuple[int, bool]:
    """Where <...> or "..." ends; brackets nest, and quotes hide brackets."""
    waiting, position = [_CLOSING[text[start]]], start + 1
    while waiting and position < len(text):
        character = text[position]
        if character == waiting[-1]:
            waiting.pop()
        elif character == '"' or (character == "<" and waiting[-1] == ">"):
            waiting.append(_CLOSING[character])
        position += 2 if character == "\\" else 1
    return min(position, len(text)), not waiting
