"""Long sessions folded for reading.

Ten letters that all went the same way say no more than one does, and nobody reads a body of 200
lines: such lines become one line that says what was left out. Replies that differ are never folded
away, unless the session is far too long to be read at all. An event that stands for lines keeps them,
so that a view can unfold it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, groupby, takewhile

from labkit.wire.reading.line import Line, Part

LETTER = 8  # a letter of so many lines is shown whole
HEADERS = 10  # header lines that are kept of a longer one
BODY = 4  # lines after the headers that are kept, the empty one between them included
SESSION, BEGINNING, END = 200, 120, 60  # the longest session shown whole, and what stays of a longer one
LINE = 400  # characters

# A new part of the session begins with one of these; in between it is all one letter.
BEGINS = frozenset({"MAIL", "EHLO", "HELO", "STARTTLS", "AUTH", "QUIT"})
HEADER = re.compile(r"[!-9;-~]+:| ")  # a header's first line, or one that continues it

MORE_LETTERS = "… {n:,} more letters went the same way"
ONE_MORE_LETTER = "… 1 more letter went the same way"
MORE_HEADERS = "… {n:,} more header lines of the letter, {size:,} bytes"
MORE_BODY = "… {n:,} more lines of the letter, {size:,} bytes"
MORE_LINES = "… {n:,} more lines of the session"
MORE_CHARACTERS = "… {n:,} more characters of this line"


def fold(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines with what repeats and what is very long replaced by events that say so."""
    folded = _letters(_repeated(lines))
    return tuple(chain.from_iterable(map(cut, _session(tuple(folded)))))


def _repeated(lines: Iterable[Line]) -> Iterator[Line]:
    for way, alike in groupby(_parts(lines), key=_way):
        first, *others = alike
        yield from first
        if others and way:
            sentence = MORE_LETTERS if len(others) > 1 else ONE_MORE_LETTER
            yield _event(tuple(chain.from_iterable(others)), sentence, len(others))
        else:
            yield from chain.from_iterable(others)


def _parts(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    part: list[Line] = []
    for line in lines:
        if part and (line.verb in BEGINS or line.who == "="):
            yield tuple(part)
            part = []
        part.append(line)
    if part:
        yield tuple(part)


def _way(part: tuple[Line, ...]) -> tuple[tuple[str, int, str], ...]:
    """How a letter went: its commands, reply codes and rules; empty for what isn't a letter.

    RSET only clears up after a letter, and there is none after a session's last one.
    """
    if part[0].verb != "MAIL":
        return ()
    steps = (line for line in part if line.part is not Part.CONTENT and line.step != "RSET")
    return tuple((line.verb, line.code, line.rule) for line in steps)


def _letters(lines: Iterable[Line]) -> Iterator[Line]:
    for is_content, run in groupby(lines, key=lambda line: line.part is Part.CONTENT):
        if is_content:
            yield from _letter(tuple(run))
        else:
            yield from run


def _letter(content: tuple[Line, ...]) -> Iterator[Line]:
    text = content[:-1] if content[-1].text == "." else content
    if len(text) <= LETTER:
        yield from content
        return
    headers = tuple(takewhile(lambda line: HEADER.match(line.text), text))
    yield from _first(headers, HEADERS, MORE_HEADERS)
    yield from _first(text[len(headers) :], BODY, MORE_BODY)
    yield from content[len(text) :]


def _first(lines: tuple[Line, ...], count: int, sentence: str) -> Iterator[Line]:
    """Folding a single line would save nothing, so it stays."""
    if len(lines) <= count + 1:
        yield from lines
        return
    yield from lines[:count]
    yield _event(lines[count:], sentence, len(lines) - count)


def _session(lines: tuple[Line, ...]) -> Iterator[Line]:
    if len(lines) <= SESSION:
        yield from lines
        return
    left_out = lines[BEGINNING:-END]
    yield from lines[:BEGINNING]
    yield _event(left_out, MORE_LINES, len(left_out))
    yield from lines[-END:]


def cut(line: Line) -> Iterator[Line]:
    """The line, or where it is too long its beginning, and how much was left out."""
    too_long = len(line.text) - LINE
    if too_long <= 1:
        yield line
        return
    yield replace(
        line, text=f"{line.text[:LINE]}…", wire=line.wire if line.hidden else f"{line.wire[:LINE]}…"
    )
    event = Line("=", Part.EVENT, MORE_CHARACTERS.format(n=too_long), "", hidden=line.hidden, at=line.at)
    yield event if line.hidden else replace(event, wire=event.text)


def _event(left_out: tuple[Line, ...], sentence: str, count: int) -> Line:
    text = sentence.format(n=count, size=sum(line.size for line in left_out))
    hidden = all(line.hidden for line in left_out)
    wire, at = "" if hidden else text, left_out[0].at
    return Line("=", Part.EVENT, text, wire, hidden=hidden, at=at, left_out=left_out)
