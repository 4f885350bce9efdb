"""A session with its options chosen: what ``Transcript.reveal`` hands out."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.wire.export.save import Saved
    from labkit.wire.transcript import Transcript


@dataclass(frozen=True, repr=False)
class Shown:
    """A session to be looked at; ``full`` and ``reveal`` are those of ``Transcript.text``."""

    transcript: "Transcript"
    full: bool = False
    reveal: bool = False

    def save(self, path: str | Path, *, overwrite: bool = False) -> "Saved":
        """Write the session into a file as ``Transcript.save`` does, with what is shown here."""
        return self.transcript.save(path, overwrite=overwrite, reveal=self.reveal)

    def __str__(self) -> str:
        return self.transcript.text(full=self.full, reveal=self.reveal)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.transcript.html(full=self.full, reveal=self.reveal)
