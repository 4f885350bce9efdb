"""The parameters behind MAIL FROM and RCPT TO (RFC 5321 section 4.1.1.11), as Postfix reads them."""

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from labkit.smtp import reply
from labkit.smtp.decision import Decision
from labkit.smtp.envelope import Notice
from labkit.smtp.reply import Reply

LARGEST_SIZE = 2**63 - 1  # octets, of any file

_XTEXT = re.compile(r"(?:[^+]|\+[0-9A-Fa-f]{2})*", re.DOTALL)  # RFC 3461 section 4
_HEXCHAR = re.compile(rb"\+([0-9A-Fa-f]{2})")
_UTF8_XTEXT = re.compile(r"(?:(?!\\x\{).|\\x\{[0-9A-Fa-f]*\})*", re.DOTALL)  # RFC 6533 section 3
_UTF8_CHAR = re.compile(r"\\x\{([^}]*)\}")
_WISHES = frozenset({"NEVER", "SUCCESS", "FAILURE", "DELAY"})


@dataclass(slots=True)
class MailParameters:
    """What the client said behind MAIL FROM. ``dsn`` says that delivery notices may be asked for.

    Until the next RSET a size and an AUTH= count, even if the command that gave them was refused: so
    it is with Postfix.
    """

    dsn: bool
    size: int = 0
    ret: str = ""
    envid: str = ""
    body: str = ""
    utf8: bool = False
    auth: str = ""

    def read(self, options: Iterable[str]) -> Reply | None:
        """Take the words in; the answer is what is wrong with the first one that is wrong."""
        self.ret = self.envid = self.body = ""
        self.utf8 = False
        for option in options:
            keyword = option.upper()
            if keyword in ("BODY=7BIT", "BODY=8BITMIME"):  # RFC 6152
                self.body = keyword.removeprefix("BODY=")
            elif keyword == "SMTPUTF8":  # RFC 6531
                self.utf8 = True
            elif trouble := self._read_value(option):
                return trouble
        return None

    def _read_value(self, option: str) -> Reply | None:
        name, equals, value = option.partition("=")
        reader = _READERS.get(name.upper() + equals)
        return reader(self, value) if reader else reply.unsupported(option)

    def _size(self, value: str) -> Reply | None:
        if not (value.isascii() and value.isdigit()):
            return reply.BAD_SIZE
        if int(value) > LARGEST_SIZE:
            return reply.TOO_BIG_FOR_ANY
        self.size = int(value)
        return None

    def _auth(self, value: str) -> Reply | None:
        if self.auth:
            return reply.AUTH_AGAIN
        self.auth = "" if value == "<>" else value
        return None

    def _ret(self, value: str) -> Reply | None:
        if not self.dsn:
            return reply.NO_DSN
        if self.ret or value.upper() not in ("FULL", "HDRS"):
            return reply.BAD_RET
        self.ret = value.upper()
        return None

    def _envid(self, value: str) -> Reply | None:
        if not self.dsn:
            return reply.NO_DSN
        decoded = from_xtext(value)
        if self.envid or not decoded or not (decoded.isascii() and decoded.isprintable()):
            return reply.BAD_ENVID
        self.envid = decoded
        return None


_READERS: dict[str, Callable[[MailParameters, str], Reply | None]] = {
    "SIZE=": MailParameters._size,  # RFC 1870
    "AUTH=": MailParameters._auth,  # RFC 4954 section 5
    "RET=": MailParameters._ret,  # RFC 3461 section 4.3
    "ENVID=": MailParameters._envid,  # section 4.4
}


def read_notice(options: Iterable[str], *, dsn: bool) -> Notice | Reply:
    """What the client wants to be told about a recipient, or what is wrong with how it says so."""
    notify: frozenset[str] = frozenset()
    orcpt: str | None = None
    for option in options:
        name, equals, value = option.partition("=")
        keyword = name.upper() + equals
        if keyword not in ("NOTIFY=", "ORCPT="):
            return reply.unsupported(option)
        if not dsn:
            return reply.NO_DSN
        if keyword == "NOTIFY=":
            if notify or not (notify := _notify(value)):
                return reply.BAD_NOTIFY
        elif orcpt is not None or (orcpt := _orcpt(value)) is None:
            return reply.BAD_ORCPT
    return Notice(notify, orcpt or "")


def _notify(value: str) -> frozenset[str]:
    """The wishes; none for what isn't a list of wishes (RFC 3461 section 4.1)."""
    wishes = frozenset(filter(None, value.upper().split(",")))
    if not wishes <= _WISHES or ("NEVER" in wishes and len(wishes) > 1):
        return frozenset()
    return wishes


def _orcpt(value: str) -> str | None:
    kind, semicolon, address = value.partition(";")
    if not kind or not semicolon:
        return None
    decoded = _from_utf8_xtext(address) if kind.lower() == "utf-8" else from_xtext(address)
    return None if decoded is None else f"{kind};{decoded}"


def from_xtext(text: str) -> str | None:
    """RFC 3461 section 4: what ``+XX`` stands for, up to a NUL; None for text that isn't xtext."""
    if not _XTEXT.fullmatch(text):
        return None
    octets = _HEXCHAR.sub(lambda found: bytes.fromhex(found[1].decode()), text.encode())
    return octets.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _from_utf8_xtext(text: str) -> str | None:
    """RFC 6533 section 3: what ``\\x{XX}`` stands for, as far as it stands for a character."""
    if not _UTF8_XTEXT.fullmatch(text):
        return None
    codes = [int(digits or "0", 16) for digits in _UTF8_CHAR.findall(text)]
    if any(code > sys.maxunicode for code in codes):
        return None
    decoded = _UTF8_CHAR.sub(lambda found: _character(int(found[1] or "0", 16)), text)
    return decoded.partition("\0")[0]


def _character(code: int) -> str:
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)


def too_big(answer: Reply, size_limit: int) -> Decision:
    """The letter is larger than the server takes."""
    return Decision(
        answer, f"message_size_limit = {size_limit}", "The letter is larger than this server takes."
    )
