"""A recording as lines: session view and wire view, side by side.

Every other view (text, HTML, diff) is made from these lines, so what a line means is decided here
once: what was a command, a reply, a secret or a part of the letter, what TLS hid, and which rule
stood behind a reply. A line is read as the server read it, with the answers that it had given by
then, and shown where it crossed the network.
"""

import re
from collections import deque
from dataclasses import replace
from itertools import groupby

from labkit.wire.reading.line import Line, Part, printable
from labkit.wire.reading.sent import Piece, Sent
from labkit.wire.record import Frame, Kind, Recording, Step, unpack_decision

MASK = "********"
AUTH = re.compile(r"(?i)(AUTH(?: |\\t)+[\w-]+)(?! *$)[^\w-].*")  # a tab was escaped before we look
BDAT = re.compile(r"(?i)BDAT +([0-9]{1,18})( +LAST)?")
TLS_RECORD = (b"\x16\x03", b"\x15\x03")  # a message of the handshake, an alert (RFC 8446, section 5.1)
NO_SUCH_COMMAND = ("500", "502")
HANGS_UP = ("421", "521")

# The server's answer to one of these decides what the client's next bytes are.
DECISIVE = frozenset({"AUTH", "DATA", "BDAT", "BDAT LAST"})
# After AUTH, what isn't one of these may be a password that nobody asked for.
COMMANDS = DECISIVE | {
    *("HELO", "EHLO", "LHLO", "STARTTLS", "MAIL", "RCPT", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP"),
    *("ETRN", "ATRN", "TURN", "BURL", "XCLIENT", "XFORWARD"),
}

NO_DECISION: tuple[str, str, tuple[Step, ...]] = ("", "", ())


def lines(recording: Recording, *, reveal: bool = False) -> tuple[Line, ...]:
    """The lines of a session in the order in which they crossed the network.

    Credentials are masked in the session view unless ``reveal``; the wire view shows what the wire
    showed.
    """
    return tuple(_Reading(reveal).read(recording.frames))


class _Reading:
    """The state of reading one session: what TLS, AUTH and DATA make of the next line."""

    def __init__(self, reveal: bool) -> None:
        self.reveal = reveal
        self.secure = self.shaking_hands = self.greeted = self.bare_newlines = self.unasked = False
        self.in_auth = self.in_content = self.may_be_secret = False
        self.at_line_start = True  # of the letter, by <CR><LF>
        self.octets, self.chunk = 0, ""  # of a chunk still to be read, and its step
        self.waiting: deque[str] = deque()  # the steps that were read and aren't answered yet
        self.sent = Sent()
        self.half_reply = b""
        self.decision = NO_DECISION
        self.placed: list[tuple[int, Line]] = []  # with the number of the frame in which a line ended
        self.moment = 0  # the number of this frame, from 1
        self.block = 0  # the moment of the server's newest hidden lines, until their noise is known
        self.noise: dict[str, deque[tuple[int, int]]] = {"C": deque(), "S": deque()}

    def read(self, frames: tuple[Frame, ...]) -> list[Line]:
        for self.moment, frame in enumerate(frames, start=1):
            self._frame(frame)
        self._rest(frames[-1].at if frames else 0.0)
        self.placed.sort(key=lambda placed: placed[0])
        done: list[Line] = []
        for moment, together in groupby(self.placed, key=lambda placed: placed[0]):
            done += self._beside_noise(moment, [line for _, line in together])
        return done

    def _frame(self, frame: Frame) -> None:
        match frame.kind:
            case Kind.CLIENT | Kind.SERVER:
                self._wire(frame)
            case Kind.CLIENT_INSIDE:
                self._from_client(frame)
            case Kind.SERVER_INSIDE:
                self.block = self.moment
                self._from_server(frame)
            case Kind.TLS:
                self._tls(frame)
            case Kind.DECISION:
                self.decision = unpack_decision(frame.data)
            case Kind.BARE_LF:
                self.bare_newlines = True
            case Kind.UNASKED:
                self.unasked = True
            case Kind.END:
                self._event(frame, frame.data.decode())
            case Kind.LOST:
                self._event(frame, f"{int(frame.data):,} more bytes were not recorded")

    # The wire below TLS

    def _wire(self, frame: Frame) -> None:
        if self.secure:
            self._add_noise(frame)
        elif self.shaking_hands or (not self.greeted and frame.data.startswith(TLS_RECORD)):
            self.shaking_hands = True
        elif frame.kind is Kind.CLIENT:
            self._from_client(frame)
        else:
            self._from_server(frame)

    def _add_noise(self, frame: Frame) -> None:
        if frame.kind is Kind.CLIENT:
            self.noise["C"].append((self.moment, len(frame.data)))
        elif self.block:
            self.noise["S"].append((self.block, len(frame.data)))
            self.block = 0

    def _beside_noise(self, moment: int, together: list[Line]) -> list[Line]:
        """The first of the hidden lines that came together stands beside the noise of them all."""
        first = together[0]
        if not first.hidden:
            return together
        size, noise = 0, self.noise[first.who]
        while noise and noise[0][0] <= moment:
            size += noise.popleft()[1]
        return [replace(first, wire=f"{size:,} bytes of noise" if size else ""), *together[1:]]

    def _tls(self, frame: Frame) -> None:
        version, _, read_ahead = frame.data.decode().partition("\n")
        self._rest(frame.at)
        self.secure, self.shaking_hands = True, False
        self.noise["C"].append((self.moment, int(read_ahead)))
        # What came before TLS counts for nothing (RFC 3207, section 4.2).
        self.in_auth = self.in_content = self.may_be_secret = False
        self.octets = 0
        self.waiting.clear()
        text, wire = f"TLS begins here ({version})", "from here on a listener reads noise"
        self.placed.append((self.moment, Line("=", Part.TLS, text, wire, at=frame.at)))

    def _event(self, frame: Frame, text: str) -> None:
        self._rest(frame.at)
        self.placed.append((self.moment, Line("=", Part.EVENT, text, text, at=frame.at)))

    def _rest(self, at: float) -> None:
        """What is left when nothing more comes: answers that never came, and half lines."""
        self.sent.end(self.moment, at)
        self._read_on()
        self.sent = Sent()
        if self.half_reply:
            self._reply(self.half_reply, len(self.half_reply), at)
            self.half_reply = b""

    # The session above it

    def _from_server(self, frame: Frame) -> None:
        *whole, self.half_reply = (self.half_reply + frame.data).split(b"\n")
        for raw in whole:
            self._reply(raw.removesuffix(b"\r"), len(raw) + 1, frame.at)

    def _reply(self, raw: bytes, size: int, at: float) -> None:
        step = self.waiting[0] if self.waiting and self.greeted and not self.unasked else ""
        text = printable(raw)
        wire = "" if self.secure else text
        if text[3:4] == "-":  # more lines of this reply follow (RFC 5321, section 4.2.1)
            line = Line("S", Part.REPLY, text, wire, step, self.secure, at=at, size=size)
            self.placed.append((self.moment, line))
            return
        line = Line(
            "S", Part.REPLY, text, wire, step, self.secure, *self.decision[:2], at, self.decision[2], size
        )
        self.placed.append((self.moment, line))
        self.decision, self.unasked = NO_DECISION, False
        self._answered(text[:3], step)
        self._read_on()

    def _answered(self, code: str, step: str) -> None:
        if step:
            self.waiting.popleft()
        self.greeted = True
        self.in_auth = code == "334" and bool(step)
        if code not in HANGS_UP:
            self.in_content = self.at_line_start = code == "354" and bool(step)
        self.shaking_hands = code == "220" and step == "STARTTLS"
        if step == "AUTH" and code == "235":
            self.may_be_secret = bool(self.sent)
        if step == self.chunk and code in NO_SUCH_COMMAND:
            self.octets = 0

    def _from_client(self, frame: Frame) -> None:
        self.sent.add(self.moment, frame.at, frame.data)
        self._read_on()

    def _read_on(self) -> None:
        """Read what the client has sent, as far as the server's answers tell what it is."""
        while self.sent.ended or not (self.waiting and self.waiting[-1] in DECISIVE):
            piece = self.sent.octets(self.octets) if self.octets else self.sent.line()
            if piece is None:
                return
            self.placed.append((piece.moment, self._client_line(piece)))

    def _client_line(self, piece: Piece) -> Line:
        raw = piece.data.removesuffix(b"\n").removesuffix(b"\r")
        if self.octets or self.in_content:
            # In a letter a tab is only white space; in a command it is a trick to be seen.
            text = printable(raw.expandtabs(4))
            step = self._octets(piece.data) if self.octets else self._content(piece.data)
            return self._line(Part.CONTENT, text, step, piece)
        text = printable(raw)
        part, step = self._command(text.strip())
        if self.greeted or step != "PROXY":  # a proxy's first line is answered by the greeting
            self.waiting.append(step)
        return self._line(part, text, step, piece)

    def _octets(self, data: bytes) -> str:
        self.octets -= len(data)
        return self.chunk

    def _content(self, data: bytes) -> str:
        is_final_dot = data == b".\r\n" and self.at_line_start
        if is_final_dot or (self.bare_newlines and data in (b".\r\n", b".\n")):
            self.in_content = False
            self.waiting.append(".")
        self.at_line_start = data.endswith(b"\r\n")
        return "."

    def _command(self, text: str) -> tuple[Part, str]:
        step = text.partition(" ")[0].upper()
        unasked = self.may_be_secret and step and step not in COMMANDS
        if self.in_auth or unasked:
            return Part.SECRET, "AUTH"
        self.may_be_secret = step.startswith("AUTH")
        if chunk := BDAT.fullmatch(text):
            self.octets = int(chunk[1])
            step = self.chunk = "BDAT LAST" if chunk[2] else "BDAT"
        return Part.COMMAND, step

    def _line(self, part: Part, text: str, step: str, piece: Piece) -> Line:
        shown = text if self.reveal else _masked(text, part)
        wire, size = "" if self.secure else text, len(piece.data)
        return Line("C", part, shown, wire, step, self.secure, at=piece.at, size=size)


def _masked(text: str, part: Part) -> str:
    if part is Part.SECRET:
        return text if text == "*" else MASK  # the star gives up (RFC 4954, section 4)
    return AUTH.sub(rf"\g<1> {MASK}", text) if part is Part.COMMAND else text
