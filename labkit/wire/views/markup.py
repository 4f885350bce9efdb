"""The few pieces of HTML that the views share: one style, and tables that a screen reader can read.

The style is scoped by one class and takes JupyterLab's colours where they exist, so it follows the
light and the dark theme. Signs and words carry every meaning; colour only repeats it. Where a
notebook isn't trusted yet JupyterLab drops the style and sets cells flush right, so each cell says
itself that it isn't a number.
"""

from collections.abc import Iterable
from html import escape

NUMBER = "number"  # the class of a cell that is set flush right
SHORT = "short"  # the class of a cell that stays on one line

# The tints are vermilion and blue, which colour-blind readers tell apart. The class is doubled
# because a rule needs two to win over JupyterLab's own style for tables.
STYLE = """
.labkit { overflow-x: auto; margin: 4px 0; }
.labkit table { width: auto; max-width: 980px; margin: 0; table-layout: auto; border-collapse: collapse;
  font-size: var(--jp-code-font-size, 13px); color: var(--jp-content-font-color1, currentColor); }
.labkit caption { caption-side: top; padding: 4px 6px; text-align: left; font-weight: 600; line-height: 1.45;
  color: inherit; }
.labkit tbody tr { background: none; }
.labkit th, .labkit td { padding: 1px 6px; border: 0; text-align: left; vertical-align: top;
  font-weight: inherit; line-height: 1.45; overflow-wrap: anywhere; white-space: normal; }
.labkit thead th { padding: 4px 6px; font-weight: 600;
  border-bottom: 2px solid var(--jp-border-color1, rgba(128, 128, 128, .6)); }
.labkit tfoot td { padding: 3px 6px; }
.labkit tfoot tr:first-child td { padding-top: 6px; font-weight: 600;
  border-top: 2px solid var(--jp-border-color1, rgba(128, 128, 128, .6)); }
.labkit td code { padding: 0; background: none; color: inherit; white-space: pre-wrap;
  font-family: var(--jp-code-font-family, monospace); font-size: inherit; }
.labkit .who { width: 1px; white-space: nowrap; color: var(--jp-content-font-color2, inherit);
  font-family: var(--jp-code-font-family, monospace); }
.labkit .theirs > td { padding-left: 2.2em; }
.labkit .half { width: 50%; }
.labkit .short { white-space: nowrap; }
.labkit .number { text-align: right; white-space: nowrap; }
.labkit .next { border-left: 1px solid var(--jp-border-color1, rgba(128, 128, 128, .6)); }
.labkit .hidden { background: repeating-linear-gradient(45deg,
  rgba(128, 128, 128, .22) 0 4px, transparent 4px 8px); }
.labkit .refused { background: rgba(213, 94, 0, .22); }
.labkit .accepted { background: rgba(0, 114, 178, .18); }
.labkit .decision td { padding: 0 6px 5px 2.2em; }
.labkit .boundary th, .labkit .boundary td { padding: 4px 6px; font-weight: 700;
  border-top: 3px double currentColor; border-bottom: 3px double currentColor; }
.labkit tbody .changed { background: rgba(128, 128, 128, .13); }
.labkit .signed .who { font-weight: 700; color: inherit; }
.labkit td div { padding: 1px 0 3px; }
.labkit .event td { font-style: italic; }
.labkit summary { display: block; cursor: pointer; list-style: none; }
.labkit summary::-webkit-details-marker { display: none; }
.labkit summary::after { content: " ▸"; color: var(--jp-content-font-color2, inherit); }
.labkit details[open] > summary::after { content: " ▾"; }
.labkit summary:focus-visible { outline: 2px solid currentColor; outline-offset: 1px; }
.labkit details div { padding-left: 1.2em; }
.labkit caption strong { padding: 0 4px; }
.labkit .fold > td { padding: 0; }
.labkit .fold > td > details > summary { padding: 1px 6px 1px 3em; }
.labkit .fold > td > details > table { width: 100%; max-width: none; }
.labkit .fold > td > details > table, .labkit .fold > td > details > table td { font-style: normal; }
.labkit .fold > td > details > table th { min-width: 1.8em; }
.labkit .fold > td > details > table th ~ td { width: 50%; }
""".replace(".labkit", ".labkit.labkit")


def table(
    caption: Iterable[str],
    heads: Iterable[str],
    rows: Iterable[str],
    foot: Iterable[str],
    *,
    verdict: str = "",
    tone: str = "",
) -> str:
    """A table with its style.

    ``heads`` and ``rows`` are HTML, as the functions below make it; the lines of ``caption`` and of
    ``foot`` are plain text, and so is ``verdict``, the caption's last line: it stands out, in ``tone``.
    """
    heads = list(heads)
    lines = [*map(escape, caption)]
    if verdict:
        lines.append(f"<strong{_class(tone)}>{escape(verdict)}</strong>")
    head, body = row(heads), "\n".join(rows)
    feet = "\n".join(row([words(sentence, span=len(heads))]) for sentence in foot)
    return (
        f'<div class="labkit"><style>{STYLE}</style>\n<table>\n'
        f"<caption>{'<br>'.join(lines)}</caption>\n"
        f"<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>\n<tfoot>\n{feet}\n</tfoot>\n</table></div>"
    )


def column(name: str, kind: str = "", meaning: str = "") -> str:
    """The heading of a column; ``meaning`` is what a screen reader says where it has no name."""
    return f'<th scope="col"{_cell(kind)}{_label(meaning)}>{escape(name)}</th>'


def whole(name: str) -> str:
    """The heading of a narrow column, whose words must not be broken."""
    return f'<th scope="col" style="text-align: left; overflow-wrap: normal">{escape(name)}</th>'


def row(cells: Iterable[str], kind: str = "") -> str:
    """One row of cells that are HTML already."""
    return f"<tr{_class(kind)}>{''.join(cells)}</tr>"


def leading(text: str, meaning: str = "") -> str:
    """A row's first cell, which names the row; ``meaning`` is what a screen reader says for a sign."""
    return f'<th scope="row" class="who"{_label(meaning)}>{escape(text)}</th>'


def code(text: str, kind: str = "", note: str = "", strong: bool = False) -> str:
    """A cell with what was said on the network, and a note of the lab's beneath it."""
    beneath = f"<div>{_text(f'└─ {note}', strong)}</div>" if note else ""
    return f"<td{_cell(kind)}><code>{_text(text, strong)}</code>{beneath}</td>"


def disclosed(shown: str, hidden: str) -> str:
    """What opens and closes on a click or a key: HTML that stands there, and HTML that comes with it."""
    return f"<details><summary>{shown}</summary>{hidden}</details>"


def said(text: str, strong: bool = False) -> str:
    """What was said on the network, for the inside of a cell."""
    return f"<code>{_text(text, strong)}</code>"


def cell(inside: str, kind: str = "", span: int = 1) -> str:
    """A cell of HTML."""
    wide = f' colspan="{span}"' if span > 1 else ""
    return f"<td{_cell(kind)}{wide}>{inside}</td>"


def words(text: str, kind: str = "", span: int = 1, strong: bool = False) -> str:
    """A cell with the lab's own words."""
    wide = f' colspan="{span}"' if span > 1 else ""
    return f"<td{_cell(kind)}{wide}>{_text(text, strong)}</td>"


def name(text: str, strong: bool = False, kind: str = "") -> str:
    """A cell with words that must not be broken, such as a name."""
    return f'<td{_class(kind)} style="text-align: left; overflow-wrap: normal">{_text(text, strong)}</td>'


def _text(text: str, strong: bool) -> str:
    return f"<strong>{escape(text)}</strong>" if strong else escape(text)


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _cell(kind: str) -> str:
    return _class(kind) if kind == NUMBER else f'{_class(kind)} style="text-align: left"'


def _label(meaning: str) -> str:
    return f' aria-label="{escape(meaning)}"' if meaning else ""
