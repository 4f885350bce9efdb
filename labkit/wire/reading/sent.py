"""What a client has sent and its server hasn't read yet.

A client needn't wait for each answer (RFC 2920), and what a line means can hang on an answer that
comes later: after 354 it is a part of the letter, after 334 a secret, otherwise a command. So the
bytes wait here, and each piece remembers when it crossed the network.
"""

import re
from collections import deque
from typing import NamedTuple

PIECES = re.compile(rb"[^\n]*\n|[^\n]+")


class Piece(NamedTuple):
    """A line with its line end, or a part of one.

    ``moment`` is the number of the frame that brought its end, ``at`` that frame's lab time.
    """

    moment: int
    at: float
    data: bytes


class Sent:
    """The bytes that a client sent, in order, until they are taken."""

    def __init__(self) -> None:
        self._pieces: deque[Piece] = deque()
        self.ended = False

    def add(self, moment: int, at: float, data: bytes) -> None:
        """More bytes came; they may end a line that an earlier piece began."""
        if self._ends_in_half_a_line:
            data = self._pieces.pop().data + data
        self._pieces.extend(Piece(moment, at, piece) for piece in PIECES.findall(data))

    def end(self, moment: int, at: float) -> None:
        """No more will come: half a line at the end is as whole as it gets, now."""
        if self._ends_in_half_a_line:
            self._pieces.append(Piece(moment, at, self._pieces.pop().data))
        self.ended = True

    def line(self) -> Piece | None:
        """Take the next line; None where it isn't there yet."""
        return self._pieces.popleft() if self._pieces and self._is_whole(self._pieces[0]) else None

    def octets(self, count: int) -> Piece | None:
        """Take the next of ``count`` octets, to the end of their line; None where that isn't there yet."""
        if not self._pieces:
            return None
        piece = self._pieces[0]
        if len(piece.data) < count and not self._is_whole(piece):
            return None
        self._pieces.popleft()
        if len(piece.data) > count:
            self._pieces.appendleft(piece._replace(data=piece.data[count:]))
        return piece._replace(data=piece.data[:count])

    def __bool__(self) -> bool:
        return bool(self._pieces)

    @property
    def _ends_in_half_a_line(self) -> bool:
        return bool(self._pieces) and not self._pieces[-1].data.endswith(b"\n")

    def _is_whole(self, piece: Piece) -> bool:
        return self.ended or piece.data.endswith(b"\n")
