"""A session that a student has spoken by hand: its transcript, and what the lab has to say about it."""

from dataclasses import dataclass
from html import escape
from textwrap import wrap

from labkit.wire.transcript import Transcript
from labkit.wire.views.columns import WIDTH


@dataclass(frozen=True, repr=False)
class Spoken(Transcript):
    """The recording of the session. ``remarks`` are whole sentences: which lines weren't said, and why."""

    remarks: tuple[str, ...] = ()

    def text(self, *, full: bool = False, reveal: bool = False) -> str:
        """The remarks, and below them the session as ``Transcript.text`` shows it."""
        remarks = ("\n".join(wrap(remark, WIDTH)) for remark in self.remarks)
        return "\n\n".join([*remarks, super().text(full=full, reveal=reveal)])

    def html(self, *, full: bool = False, reveal: bool = False) -> str:
        """The same as HTML."""
        above = (f"<p>{escape(remark)}</p>" for remark in self.remarks)
        return "\n".join([*above, super().html(full=full, reveal=reveal)])
