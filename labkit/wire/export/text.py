"""Sessions as a text file: the text view of each, with every line of it."""

from collections.abc import Iterator

from labkit.wire.export.run import Run
from labkit.wire.views import text
from labkit.wire.views.columns import WIDTH

BETWEEN = f"\n\n{'═' * WIDTH}\n\n"
LABEL = 10  # cells


def render(run: Run, reveal: bool = False) -> bytes:
    """The sessions, one below the other, in UTF-8; ``reveal`` shows the credentials in the session view."""
    return (BETWEEN.join(_parts(run, reveal)) + "\n").encode()


def _parts(run: Run, reveal: bool) -> Iterator[str]:
    if not run.is_one_session:
        facts = (f"  {label:{LABEL}} {value}" for label, value in run.facts)
        yield "\n".join([run.title, *facts, *run.notes])
    for session in run.sessions:
        yield text.render(session, full=True, reveal=reveal)
