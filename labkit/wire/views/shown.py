"""A session with its options chosen: what ``Transcript.reveal`` hands out."""

from dataclasses import dataclass

from labkit.wire.record import Recording
from labkit.wire.views import html, text


@dataclass(frozen=True, repr=False)
class Shown:
    """A session to be looked at; ``full`` and ``reveal`` are those of ``Transcript.text``."""

    recording: Recording
    full: bool = False
    reveal: bool = False

    def __str__(self) -> str:
        return text.render(self.recording, full=self.full, reveal=self.reveal)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html.render(self.recording, full=self.full, reveal=self.reveal)
