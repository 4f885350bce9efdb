"""Where the network writes down what it carries: bounded, and honest about what it dropped.

The recording is a ring. When it is full, the oldest finished sessions go; a single endless session
is cut at its own limit. Both are counted and said, never hidden.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from labkit.clock import Clock
from labkit.errors import UsageError
from labkit.wire.record import CENTISECONDS, HEADER, Kind, Party, Step, pack_decision, unpack
from labkit.wire.transcript import Transcript

RING_BYTES = 32 * 2**20
SESSION_BYTES = 2**20
OVERHEAD = 400  # bytes of bookkeeping that a session costs besides its frames


class Track:
    """The recording of one session, while it is written."""

    __slots__ = (
        *("_at", "_recorder", "client", "log", "lost", "number", "opened", "port", "server"),
        "__weakref__",  # views note what they have read of a session that is over
    )

    def __init__(self, recorder: "Recorder", number: int, client: Party, server: Party, port: int) -> None:
        self._recorder = recorder
        self._at = self.opened = recorder.clock.now
        self.number, self.client, self.server, self.port = number, client, server, port
        self.log: bytearray | bytes = bytearray()
        self.lost = 0

    def add(self, kind: Kind, data: bytes) -> None:
        """Write one frame, now; past the session's share of the ring it is only counted."""
        if isinstance(self.log, bytes):
            return
        if self.lost or len(self.log) + len(data) > SESSION_BYTES:
            self.lost += len(data)
            return
        self._write(kind, data)

    def _write(self, kind: Kind, data: bytes) -> None:
        now = self._recorder.clock.now
        before = len(self.log)
        if now != self._at:
            self._at = now
            self.log += HEADER.pack(Kind.TIME, CENTISECONDS.size)
            self.log += CENTISECONDS.pack(round((now - self.opened).total_seconds() * 100))
        self.log += HEADER.pack(kind, len(data))
        self.log += data
        self._recorder.grown(len(self.log) - before)

    def decided(self, rule: str, reason: str, tried: Iterable[Step] = ()) -> None:
        """Note which rule decides the reply that follows, why, and which rules were asked, in order."""
        self.add(Kind.DECISION, pack_decision(rule, reason, tried))

    def secured(self, version: str, read_ahead: int) -> None:
        """Note that TLS has begun; ``read_ahead`` bytes of the last wire frame are already inside it."""
        self.add(Kind.TLS, f"{version}\n{read_ahead}".encode())

    def takes_bare_newlines(self) -> None:
        """Note that a bare line feed ends a line for this server (smtpd_forbid_bare_newline = no)."""
        self.add(Kind.BARE_LF, b"")

    def unasked(self) -> None:
        """Note that the server's next reply answers no command, though some may wait to be read."""
        self.add(Kind.UNASKED, b"")

    @property
    def heard(self) -> bytes:
        """What the client has sent so far, as it crossed the wire."""
        return b"".join(frame.data for frame in unpack(bytes(self.log)) if frame.kind is Kind.CLIENT)

    def close(self, how: str = "") -> None:
        """End the session; ``how`` says what was out of the ordinary about it."""
        if isinstance(self.log, bytes):
            return
        if how:
            self._write(Kind.END, how.encode())
        self.log = bytes(self.log)
        self._recorder.closed(self)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be written."""
        return isinstance(self.log, bytes)

    def transcript(self) -> Transcript:
        """What stands there so far, frozen."""
        log = self.log
        packed = bytes(log)
        if self.lost:
            packed += HEADER.pack(Kind.LOST, len(str(self.lost))) + str(self.lost).encode()
        ended = isinstance(log, bytes)
        return Transcript(self.number, self.client, self.server, self.port, self.opened, packed, ended)


class Recorder:
    """All sessions of a lab, numbered from 1 in the order in which they opened."""

    def __init__(self, clock: Clock, limit: int = RING_BYTES) -> None:
        self.clock, self.limit = clock, limit
        self.opened = self.dropped = self.size = 0
        # Ordered, because taking the oldest from a plain dict gets slower with every one taken.
        self._tracks: OrderedDict[int, Track] = OrderedDict()

    def open(self, client: Party, server: Party, port: int) -> Track:
        """Begin the recording of a session."""
        self.opened += 1
        track = self._tracks[self.opened] = Track(self, self.opened, client, server, port)
        self.grown(OVERHEAD)
        return track

    def grown(self, size: int) -> None:
        """Account for what a track has written, and make room for it."""
        self.size += size
        if self.size > self.limit:
            self._make_room()

    def closed(self, track: Track) -> None:
        """A session that ended while the ring was full can go now."""
        self.grown(0)

    def _make_room(self) -> None:
        too_much, victims = self.size - self.limit, []
        for track in self._tracks.values():
            if too_much <= 0:
                break
            if isinstance(track.log, bytes):
                too_much -= len(track.log) + OVERHEAD
                victims.append(track)
        for track in victims:
            del self._tracks[track.number]
            self.size -= len(track.log) + OVERHEAD
            self.dropped += 1

    def transcript(self, number: int) -> Transcript:
        """The session of that number. Raises UsageError when there is none, or no longer."""
        track = self._tracks.get(number)
        if track:
            return track.transcript()
        if 1 <= number <= self.opened:
            raise UsageError(
                f"Session {number} is no longer recorded: the recording has room for {self.limit:,} bytes, "
                f"and the oldest sessions were dropped ({self.dropped:,} so far)."
            )
        raise UsageError(f"There is no session {number}: this lab has recorded {self.opened} so far.")

    def __iter__(self) -> Iterator[Transcript]:
        """What is recorded, oldest first; safe to use while the network goes on writing."""
        for track in self.tracks:
            yield track.transcript()

    @property
    def tracks(self) -> list[Track]:
        """The same as they are written, which costs less where there are thousands."""
        return list(self._tracks.values())

    def __contains__(self, number: int) -> bool:
        return number in self._tracks

    def __len__(self) -> int:
        return len(self._tracks)
