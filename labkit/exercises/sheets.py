"""What is shown to a student: a title, rows of words, groups of such rows, and sentences below.

A sheet is a value; its text and its HTML have the same content. In both, a line that is indented by four
columns is code, and so are a transcript's line and what stands in `backticks`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from labkit.wire.views import markup
from labkit.wire.views.columns import measure, pad, wrap

WIDTH = 100  # cells: prose in longer lines is hard to read
INDENT = "    "
NO_BREAK = "\N{NO-BREAK SPACE}"  # HTML drops others at the beginning of a cell
SAID = ("C: ", "S: ")  # a line of a transcript is code as well
HEADING = (
    '<tr><th scope="rowgroup" colspan="2" style="text-align: left; padding-top: 10px">'
    "<strong>{words}</strong></th></tr>"
)
TICKED = re.compile(r"`([^`]+)`")

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """``title`` is a line, ``rows`` are labels with their words, ``items`` groups of such rows, each under a
    heading; ``below`` are sentences."""

    title: str
    rows: tuple[Row, ...] = ()
    items: tuple[tuple[str, tuple[Row, ...]], ...] = ()
    below: tuple[str, ...] = ()


def text(sheet: Sheet) -> str:
    """The sheet as plain text."""
    lines = [sheet.title, *_rows(sheet.rows, "  ")]
    for heading, rows in sheet.items:
        lines += ["", *wrap(heading, WIDTH), *_rows(rows, INDENT)]
    for sentence in sheet.below:
        lines += ["", *_wrapped(sentence, WIDTH)]
    return "\n".join(line.rstrip() for line in lines)


def _rows(rows: Sequence[Row], margin: str) -> Iterator[str]:
    width = max((measure(label) for label, _ in rows), default=0)
    for label, words in rows:
        if words.startswith(INDENT):  # code stands below its label
            yield f"{margin}{label}"
            yield from (f"{margin}{line}" for line in words.splitlines())
            continue
        first, *others = _wrapped(words, WIDTH - len(margin) - width - 2) or [""]
        yield f"{margin}{pad(label, width)}  {first}"
        yield from (f"{margin}{' ' * width}  {line}" for line in others)


def _wrapped(words: str, width: int) -> list[str]:
    """The words in lines; what is code keeps its own."""
    return [
        part
        for line in words.splitlines()
        for part in ([line] if line.startswith(INDENT) else wrap(line, width))
    ]


def html(sheet: Sheet) -> str:
    """The sheet as HTML, with the same content."""
    body = [*map(_html_row, sheet.rows)]
    for heading, rows in sheet.items:
        body.append(HEADING.format(words=_inline(heading)))
        body += map(_html_row, rows)
    title, below = _inline(sheet.title), "".join(f"<p>{_html(sentence)}</p>" for sentence in sheet.below)
    if not body:
        return f'<div class="labkit"><p><strong>{title}</strong></p>{below}</div>'
    table = "\n".join(body)
    return (
        f'<div class="labkit"><style>{markup.STYLE}</style>\n<table>\n'
        f"<caption>{title}</caption>\n<tbody>\n{table}\n</tbody>\n</table>{below}</div>"
    )


def _html_row(row: Row) -> str:
    label, words = row
    name = label.lstrip()
    label = NO_BREAK * (len(label) - len(name)) + name
    return f'<tr>{markup.leading(label)}<td style="text-align: left">{_html(words)}</td></tr>'


def _html(words: str) -> str:
    """Words in HTML: lines stay lines, code is set as code."""
    parts = []
    for is_code, lines in groupby(words.splitlines(), key=lambda line: line.startswith(INDENT)):
        if is_code:
            code = "\n".join(line.removeprefix(INDENT) for line in lines)
            parts.append(f'<div><code style="white-space: pre-wrap">{escape(code)}</code></div>')
        else:
            parts.append("<br>".join(map(_inline, lines)))
    return "".join(parts)


def _inline(line: str) -> str:
    if line.startswith(SAID):
        return f"<code>{escape(line)}</code>"
    return TICKED.sub(r"<code>\1</code>", escape(line))


def code(answer: str) -> str:
    """An answer as the lines of code of a sheet."""
    return "\n".join(f"{INDENT}{line}" for line in answer.splitlines())


def numbered(sentences: Iterable[str]) -> tuple[Row, ...]:
    """Sentences with their numbers, as rows."""
    return tuple((str(number), sentence) for number, sentence in enumerate(sentences, 1))
