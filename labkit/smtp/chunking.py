"""A letter that comes in chunks of so many octets (BDAT, RFC 3030), put together as Postfix does it."""

from labkit.smtp.content import RECORD, Content, counted, well_begun, with_line_ends


class Chunks:
    """The chunks of one letter. ``limit`` is in octets, and 0 is no limit.

    Lines may go on from one chunk to the next. ``size`` is of the whole lines so far, as Postfix
    counts it; ``bare_newlines`` says that one of them ended in a bare line feed.
    """

    def __init__(self, limit: int, *, loose: bool) -> None:
        self.limit, self.loose = limit, loose
        self.size, self.bare_newlines = 0, False
        self._lines: list[bytes] = []
        self._rest = b""

    def add(self, chunk: bytes, *, last: bool = False) -> None:
        """Take a chunk in. The last one may leave its last line open."""
        lines, newline, self._rest = (self._rest + chunk).rpartition(b"\n")
        whole = with_line_ends(lines + newline, loose=self.loose)
        self.bare_newlines = self.bare_newlines or (not self.loose and whole != lines + newline)
        self._keep(whole)
        if last and self._rest:
            whole, self._rest = self._rest + b"\r\n", b""
            self._keep(whole)

    def _keep(self, lines: bytes) -> None:
        self.size += counted(lines)
        if not self.is_too_big:
            self._lines.append(lines)

    @property
    def is_too_big(self) -> bool:
        """Whether what is here is more than the limit."""
        full, _ = divmod(len(self._rest), RECORD)
        return bool(self.limit) and self.size + full * (RECORD + 2) > self.limit

    def has_room_for(self, size: int) -> bool:
        """Whether a chunk of that size may come."""
        return not self.limit or self.size + size <= self.limit

    @property
    def content(self) -> Content:
        """The letter so far."""
        octets = None if self.is_too_big else well_begun(b"".join(self._lines))
        return Content(octets, self.size, self.bare_newlines)
