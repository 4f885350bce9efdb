"""The few widgets and pieces of HTML that all live views are made of; how they look is in view.css."""

from html import escape
from pathlib import Path
from typing import Any

import ipywidgets

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

STYLE = Path(__file__).with_name("view.css").read_text(encoding="utf-8")


def markup(value: str = "", *classes: str) -> Any:
    """A widget that shows HTML, which must be escaped already."""
    widget = ipywidgets.HTML(value)
    for name in classes:
        widget.add_class(name)
    return widget


def button(label: str, meaning: str = "", *classes: str) -> Any:
    """A button; ``meaning`` is shown to who points at it, and read out after the label."""
    widget = ipywidgets.Button(description=label, tooltip=meaning or label)
    for name in classes:
        widget.add_class(name)
    return widget


def box(*children: Any, kind: str) -> Any:
    """Widgets below or beside each other, as the class ``kind`` has it."""
    widget = ipywidgets.VBox(children)
    widget.add_class(kind)
    return widget


def view(*children: Any, kind: str) -> Any:
    """A whole view, with its style."""
    widget = box(markup(f"<style>{STYLE}</style>"), *children, kind="labkit-view")
    widget.add_class(kind)
    return widget


def mimebundle(widget: Any, text: str) -> dict[str, Any]:
    """A widget for a notebook, with a text that is always the same."""
    return {"text/plain": text, WIDGET_VIEW: widget._repr_mimebundle_()[WIDGET_VIEW]}


def heading(text: str, level: int = 2) -> Any:
    """The heading of a part."""
    return markup(f"<h{level}>{escape(text)}</h{level}>")


def note(text: str, trouble: bool = False) -> str:
    """A message, as HTML. Trouble is read out at once."""
    if not text:
        return ""
    kind, role = (" labkit-trouble", "alert") if trouble else ("", "status")
    return f'<div class="labkit-note{kind}" role="{role}">{escape(text)}</div>'


def in_words(summary: str, text: str) -> str:
    """The text form of a picture, folded, as HTML."""
    return folded(summary, f"<pre>{escape(text)}</pre>")


def folded(summary: str, content: str) -> str:
    """HTML that unfolds when somebody wants to see it."""
    return f'<details class="labkit-fold"><summary>{escape(summary)}</summary>{content}</details>'


def scrolled(content: str, name: str) -> str:
    """HTML in a box with a scroll bar, which the keyboard reaches, too."""
    return (
        f'<div class="labkit-scroll" tabindex="0" role="region" aria-label="{escape(name)}">{content}</div>'
    )
