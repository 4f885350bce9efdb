"""What was recorded, as frozen values.

A session is kept packed, as one ``bytes`` of frames, because thousands of them must fit into a
small laptop's memory; a transcript unpacks its frames when somebody looks. Only what TLS hid is
stored twice (wire and inside): before TLS the wire *is* the session.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cached_property
from itertools import chain
from typing import NamedTuple

HEADER = struct.Struct("<BI")  # kind of frame, length of its data
CENTISECONDS = struct.Struct("<I")

# Ends of a session that look different on the wire, too.
REFUSED = "connection refused"
BROKEN_OFF = "the connection broke off"
CLIENT_HUNG_UP = "the client hung up without QUIT"


class Kind(IntEnum):
    """What a frame holds."""

    CLIENT = 1  # bytes from the client, as they cross the wire
    SERVER = 2  # bytes from the server, as they cross the wire
    CLIENT_INSIDE = 3  # the same above TLS, once it has begun
    SERVER_INSIDE = 4
    TLS = 5  # TLS has begun: its version, and how many of the bytes just read already belong inside it
    DECISION = 6  # rule and reason of the server's next reply, and the steps that led there
    TIME = 7  # lab time since the session opened, in 1/100 s, from here on
    LOST = 8  # so many bytes were not recorded: the session was longer than its share
    END = 9  # how the session ended, where it didn't end in the ordinary way
    BARE_LF = 10  # the server takes a bare line feed for a line end from here on, in letters too
    UNASKED = 11  # the server's next reply answers no command: it has read none since its last one
    KEYS = 12  # what decrypts the session: lines of a key log (RFC 9850); no part of any view


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing that happened, ``at`` seconds of lab time after the session opened."""

    kind: Kind
    at: float
    data: bytes


class Step(NamedTuple):
    """One restriction that was asked on the way to a decision.

    ``rule`` is its name, with its argument; ``saw`` says in a few words what it looked at, ``said``
    what it made of that: "permits", "refuses", "defers" or "goes on".
    """

    rule: str
    saw: str
    said: str


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a session: a host's name and its lab address."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} [{self.address}]"


@dataclass(frozen=True)
class Recording:
    """One recorded session: who spoke to whom, and everything that was said.

    The views are functions of this value. What students get is a ``Transcript``, which is the same
    with the views as methods; it stands in a module above them, so that no module imports in a circle.

    ``number`` counts the sessions of a lab from 1 in the order in which they opened; ``opened`` is
    lab time; ``packed`` is the recording as ``frames`` unpacks it; ``ended`` says that no more will come.
    """

    number: int
    client: Party
    server: Party
    port: int
    opened: datetime
    packed: bytes
    ended: bool = True

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """Everything that happened, in order; bytes that flowed on in one direction are one frame."""
        return tuple(_merged(unpack(self.packed)))

    def time_of(self, frame: Frame) -> datetime:
        """The lab time of a frame."""
        return self.opened + timedelta(seconds=frame.at)


def unpack(packed: bytes) -> Iterator[Frame]:
    """The frames of a packed recording, as they were written."""
    at, position = 0.0, 0
    while position < len(packed):
        kind, length = HEADER.unpack_from(packed, position)
        position += HEADER.size
        data = packed[position : position + length]
        position += length
        if kind == Kind.TIME:
            at = CENTISECONDS.unpack(data)[0] / 100
        else:
            yield Frame(Kind(kind), at, data)


def decisions(packed: bytes) -> Iterator[bytes]:
    """The data of the DECISION frames alone: nothing else is unpacked, since thousands are searched."""
    position, size = 0, HEADER.size
    while position < len(packed):
        kind, length = HEADER.unpack_from(packed, position)
        position += size + length
        if kind == Kind.DECISION:
            yield packed[position - length : position]


def pack_decision(rule: str, reason: str, tried: Iterable[Step]) -> bytes:
    """The data of a DECISION frame: a line for each text. What a client sent can't add lines to it."""
    texts = (rule, reason, *chain.from_iterable(tried))
    return "\n".join(text.replace("\n", " ") for text in texts).encode(errors="backslashreplace")


def unpack_decision(data: bytes) -> tuple[str, str, tuple[Step, ...]]:
    """Rule, reason and steps of a DECISION frame; one without steps has none."""
    rule, reason, *texts = data.decode().split("\n")
    return rule, reason, tuple(Step(*texts[start : start + 3]) for start in range(0, len(texts), 3))


def _merged(frames: Iterator[Frame]) -> Iterator[Frame]:
    """How many pieces the network cut the bytes into is chance, so it isn't shown."""
    last: Frame | None = None
    for frame in frames:
        if last and frame.kind is last.kind and frame.kind <= Kind.SERVER_INSIDE and frame.at == last.at:
            last = Frame(last.kind, last.at, last.data + frame.data)
            continue
        if last:
            yield last
        last = frame
    if last:
        yield last
