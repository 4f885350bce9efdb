"""The lab at a glance: who is where, what the relay's policy is, and what a postmaster would say to it."""

from html import escape

from labkit.lab.scenery import Scenery
from labkit.recipient.mailbox import Mailboxes


class AllMailboxes(tuple[Mailboxes, ...]):
    """The mailboxes of every domain, shown one domain after the other."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self))


CLOSED = "This lab is closed. Start a new one with lab = Lab()."
COLUMNS = ("host", "address", "name", "what it is there for")


def text(scenery: Scenery | None) -> str:
    """The lab as plain text."""
    if not scenery:
        return CLOSED
    rows = [COLUMNS, *_rows(scenery)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]
    policy = [f"  {line}" for line in str(scenery.relay.policy).splitlines()]
    return "\n".join([*lines, "", "The relay's policy (lab.relay.policy):", *policy])


def html(scenery: Scenery | None) -> str:
    """The lab as HTML, with the same content."""
    if not scenery:
        return f"<p>{escape(CLOSED)}</p>"
    head = "".join(f'<th scope="col" style="text-align:left">{escape(name)}</th>' for name in COLUMNS)
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in _rows(scenery)
    )
    return (
        '<table><caption style="text-align:left"><b>Who is where</b></caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        "<p><b>The relay's policy</b> (<code>lab.relay.policy</code>)</p>"
        f"<pre>{escape(str(scenery.relay.policy))}</pre>"
    )


def _rows(scenery: Scenery) -> list[tuple[str, str, str, str]]:
    cast = scenery.stage.CAST
    return [(role.host.name, role.host.address, role.host.domain or "-", role.what) for role in cast]
