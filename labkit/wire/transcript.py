"""The recording of a session as students hold it: the value, with the views as its methods.

It stands above the views, which know only the plain value in ``record``, so the imports run one way.
The views are loaded when somebody looks: a lab starts sooner without them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from labkit.wire.record import Recording

if TYPE_CHECKING:
    from labkit.wire.asking.replies import Replies
    from labkit.wire.asking.why import Why
    from labkit.wire.comparing.diff import Diff
    from labkit.wire.export.save import Saved
    from labkit.wire.views.shown import Shown


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
        from labkit.wire.views import text

        return text.render(self, full=full, reveal=reveal)

    def html(self, *, full: bool = False, reveal: bool = False) -> str:
        """The session as an HTML table; the options are those of ``text``."""
        from labkit.wire.views import html

        return html.render(self, full=full, reveal=reveal)

    def reveal(self, *, full: bool = False) -> "Shown":
        """The session with the names and passwords that the other views mask."""
        from labkit.wire.views.shown import Shown

        return Shown(self, full=full, reveal=True)

    def diff(self, after: Recording) -> "Diff":
        """What changed from this session to a later one, line by line."""
        from labkit.wire.comparing import diff

        return diff.diff(self, after)

    @property
    def replies(self) -> "Replies":
        """The server's replies, numbered from 1, each with the command that it answers."""
        from labkit.wire.asking import replies

        return replies.replies(self)

    @property
    def decisions(self) -> "Replies":
        """Those of the replies that a rule decided."""
        return self.replies.decided

    def why(self, reply: int | str | None = None) -> "Why":
        """Why the server gave a reply: the rules that were asked, what each saw and said.

        ``reply`` is a code (554), a number from ``replies`` (4), or a text that the reply or its
        command holds ("RCPT TO:<orders@"); the first one that fits is meant. Without it, the reply that
        decided the session: its first refusal, or else its last decision. Raises UsageError where
        nothing fits.
        """
        return self.replies.why(reply)

    def save(self, path: str | Path, *, overwrite: bool = False, reveal: bool = False) -> "Saved":
        """Write the session into a file of the kind that its name ends in.

        .html is a page to read in a browser, .txt plain text, .jsonl is for programs (one JSON object a
        line), .pcapng for Wireshark: the packets, and the keys to what TLS hid. ``overwrite`` replaces a
        file that exists; ``reveal`` shows the credentials in the session view too. Raises UsageError for
        another ending, and for a file that can't be written.
        """
        from labkit.wire.export.run import Run
        from labkit.wire.export.save import save

        return save(path, Run(f"Session {self.number}", (self,)), overwrite=overwrite, reveal=reveal)

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.html()
