"""What the relay looks for in a letter: header_checks, body_checks, and the scanners (smtpd_milters).

Checks look at one header or one line at a time, as it was written: base64 passes them by. That is enough
in an emergency and too little for more (BUILTIN_FILTER_README); scanners undo the encodings.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from labkit.relay.filtering import scanners
from labkit.relay.language.checks import IS_HEADER, Action, action
from labkit.relay.language.tables import table
from labkit.relay.policy import Policy
from labkit.smtp import reply
from labkit.smtp.decision import Decision, Step
from labkit.smtp.mime import Piece, pieces, tidied, without_stray_returns

BODY_LIMIT = 51_200  # octets of each part; Postfix: body_checks_size_limit
LOGGED = {
    "REJECT": "reject",
    "DISCARD": "discard",
    "HOLD": "hold",
    "WARN": "warning",
    "INFO": "info",
    "PREPEND": "prepend",
    "REPLACE": "replace",
    "STRIP": "strip",
}
SHOWN = 200  # characters of what was found, in a log or a reason


class Remark(NamedTuple):
    """What Postfix's cleanup logs: what was done ("warning", "reject", ...), because of what, and why."""

    word: str
    found: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Filtered:
    """What came of a letter: its content as it goes on, and the answer if it doesn't.

    ``hold`` puts it on hold, ``discard`` throws it away though it is answered with 250. ``remarks`` are for
    the log.
    """

    content: bytes
    answer: Decision | None = None
    hold: bool = False
    discard: bool = False
    remarks: tuple[Remark, ...] = ()


def check(policy: Policy, content: bytes) -> Filtered:
    """Look at a letter as the relay would keep it, with its own Received: on top.

    The first table line that matches a header or a line decides about it; REJECT and DISCARD end the
    search. The scanners see what the checks have made of the letter.
    """
    content = without_stray_returns(content)
    has_checks = policy.header_checks or policy.body_checks
    filtered = _checked(policy, content) if has_checks else Filtered(tidied(content))
    if filtered.answer or filtered.discard or not policy.smtpd_milters:
        return filtered
    answer = scanners.scan(policy.smtpd_milters, filtered.content)
    if not answer:
        return filtered
    rejected = Remark("milter-reject", "END-OF-MESSAGE", _said(answer))
    return Filtered(filtered.content, answer, remarks=(*filtered.remarks, rejected))


def _checked(policy: Policy, content: bytes) -> Filtered:
    search = _Search(policy)
    for piece in pieces(content):
        if search.is_over:
            break
        search.look_at(piece)
    return Filtered(
        content if search.is_over else b"".join(search.written),
        search.answer,
        search.hold,
        search.discard,
        tuple(search.remarks),
    )


@dataclass
class _Search:
    """One letter on its way through the checks; ``written`` is what goes on of it."""

    policy: Policy
    written: list[bytes] = field(default_factory=list)
    answer: Decision | None = None
    hold: bool = False
    discard: bool = False
    remarks: list[Remark] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.answer is not None or self.discard

    def look_at(self, piece: Piece) -> None:
        name = "header_checks" if piece.is_header else "body_checks"
        is_asked = piece.text and (
            piece.is_header or piece.offset < BODY_LIMIT
        )  # no table knows an empty line
        value = _find(getattr(self.policy, name), piece.text) if is_asked else None
        if value is None:
            self.written.append(piece.raw)
        else:
            self._act(action(value), name, piece)

    def _act(self, found: Action, name: str, piece: Piece) -> None:
        raw = piece.raw
        if found.word in LOGGED:
            self.remarks.append(_remark(found, piece))
        match found.word:
            case "REJECT":
                self.answer = _refusal(found, name, piece)
            case "DISCARD":
                self.discard = True
            case "HOLD":
                self.hold = True
            case "PREPEND" if _fits(found, piece):
                raw = _line(found.text, b"\r\n") + raw
            case "REPLACE" if _fits(found, piece):
                raw = _line(found.text, piece.line_end)
            case "IGNORE" | "STRIP":
                raw = b""
        self.written.append(raw)


def _find(tables: Iterable[str], text: bytes) -> str | None:
    key = text.decode("utf-8", "surrogateescape")
    return next((value for each in tables if (value := table(each).find(key)) is not None), None)


def _fits(found: Action, piece: Piece) -> bool:
    # The pattern's groups are in the text by now, and can have spoilt the header.
    return bool(found.text) and (not piece.is_header or bool(IS_HEADER.match(found.text)))


def _line(text: str, end: bytes) -> bytes:
    return text.encode("utf-8", "surrogateescape").replace(b"\n", b"\r\n") + end


def _refusal(found: Action, name: str, piece: Piece) -> Decision:
    saw = f"{'The header' if piece.is_header else 'The line'} {_shown(piece)!r}"
    said = f"{found.word} {found.text}".rstrip()
    steps = (Step(name, saw, "refuses"),)
    return Decision(reply.content_rejected(found.text), name, f"{saw} matches: {said}.", steps)


def _remark(found: Action, piece: Piece) -> Remark:
    text = _said(_refusal(found, "", piece)) if found.word == "REJECT" else found.text
    return Remark(LOGGED[found.word], f"{'header' if piece.is_header else 'body'} {_shown(piece)}", text)


def _said(answer: Decision) -> str:
    return f"{answer.reply.enhanced} {answer.reply.text}"


def _shown(piece: Piece) -> str:
    text = piece.text.replace(b"\n", b"").decode("utf-8", "backslashreplace")  # unfolded (RFC 5322 2.2.3)
    return text[:SHOWN]
