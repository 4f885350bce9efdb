"""The recording of a session as students hold it: the value, with the views as its methods.

It stands above the views, which know only the plain value in ``record``, so the imports run one way.
"""

from labkit.wire import diff, html, text
from labkit.wire.record import Recording


class Transcript(Recording):
    """One recorded session. Look at it, print it, or compare it with another one.

    ``number`` counts the sessions of a lab from 1 in the order in which they opened; ``client`` and
    ``server`` are the two ends; ``opened`` is lab time.
    """

    def text(self, *, full: bool = False, reveal: bool = False) -> str:
        """The session as text, 118 characters wide.

        ``full`` shows every line instead of folding long letters and repeated ones; ``reveal`` shows
        the credentials in the session view too.
        """
        return text.render(self, full=full, reveal=reveal)

    def html(self, *, full: bool = False, reveal: bool = False) -> str:
        """The session as an HTML table; the options are those of ``text``."""
        return html.render(self, full=full, reveal=reveal)

    def diff(self, after: Recording) -> diff.Diff:
        """What changed from this session to a later one, line by line."""
        return diff.diff(self, after)

    def __str__(self) -> str:
        return text.render(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html.render(self)
