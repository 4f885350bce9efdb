"""Sessions as one HTML page that stands alone: no script, no picture, nothing from elsewhere.

Whatever a message holds is text on it. Should a mistake of ours ever let through what isn't, the page's own
policy (Content Security Policy) still forbids the browser to run it or to fetch anything.
"""

from collections.abc import Iterator
from html import escape

from labkit.wire.export.run import Run
from labkit.wire.record import Recording
from labkit.wire.views import html, markup
from labkit.wire.views.page import page

OPEN_AT_ONCE = 3  # as many sessions stand open; more would be a page without an overview

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{parts}
</main>
</body>
</html>
"""

SESSION = """<details class="session"{opened}>
<summary>{heading}<br>{verdict}</summary>
{table}
</details>"""

# A session's caption says again what stands above the folded session; it stays for screen readers.
STYLE = """
:root { color-scheme: light dark; }
body { margin: 2rem auto; max-width: 1010px; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
main > table th { text-align: left; vertical-align: top; padding-right: 1rem; }
main > p { margin: .6rem 0; }
.session { margin: .6rem 0; padding: .3rem .8rem; border: 1px solid rgba(128, 128, 128, .6);
  border-radius: 4px; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.session .labkit.labkit caption { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }
"""


def render(run: Run, reveal: bool = False) -> bytes:
    """The page, in UTF-8; ``reveal`` shows the credentials in the session view too."""
    return PAGE.format(
        title=escape(run.title),
        style=STYLE + markup.STYLE,
        parts="\n".join(_parts(run, reveal)),
    ).encode()


def _parts(run: Run, reveal: bool) -> Iterator[str]:
    if run.is_one_session:
        yield _table(run.sessions[0], reveal)
        return
    if run.facts:
        yield f"<table>{''.join(map(_fact, run.facts))}</table>"
    yield from (f"<p>{escape(note)}</p>" for note in run.notes)
    opened = " open" if len(run.sessions) <= OPEN_AT_ONCE else ""
    for session in run.sessions:
        shown = page(session, full=True, reveal=reveal)
        yield SESSION.format(
            opened=opened,
            heading=escape(shown.heading),
            verdict=escape(shown.verdict),
            table=_table(session, reveal),
        )


def _fact(fact: tuple[str, str]) -> str:
    label, value = map(escape, fact)
    return f'<tr><th scope="row">{label}</th><td>{value}</td></tr>'


def _table(session: Recording, reveal: bool) -> str:
    table = html.render(session, full=True, reveal=reveal)
    return table.replace(f"<style>{markup.STYLE}</style>", "")  # it stands at the head of the page
