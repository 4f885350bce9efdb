"""What a mail server says behind MAIL FROM and RCPT TO, as far as the next server understands it."""

import re
from collections.abc import Collection

from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter, Notice

NOTIFY = ("NEVER", "SUCCESS", "FAILURE", "DELAY")  # in the order in which Postfix writes them

_NOT_XCHAR = re.compile(rb"[^\x21-\x2a\x2c-\x3c\x3e-\x7e]")


def after_mail(letter: Letter, offered: Collection[str]) -> str:
    """SIZE (RFC 1870), BODY (RFC 6152), ENVID and RET (RFC 3461), SMTPUTF8 (RFC 6531), in Postfix's order."""
    said = []
    if "SIZE" in offered:
        said.append(f"SIZE={len(letter.content)}")
    if letter.body and "8BITMIME" in offered:
        said.append(f"BODY={letter.body}")
    if "DSN" in offered:
        said += [f"ENVID={xtext(letter.envid)}"] if letter.envid else []
        said += [f"RET={letter.ret}"] if letter.ret else []
    if letter.utf8 and "SMTPUTF8" in offered:
        said.append("SMTPUTF8")
    return "".join(f" {word}" for word in said)


def after_rcpt(letter: Letter, path: Path, offered: Collection[str]) -> str:
    """ORCPT and NOTIFY (RFC 3461), where the server knows DSN.

    As Postfix does, the recipient that is named here stands in for an ORCPT that nobody gave.
    """
    if "DSN" not in offered:
        return ""
    notice = letter.notice(path)
    said = f" ORCPT={_orcpt(original_recipient(letter, path))}"
    wishes = [wish for wish in NOTIFY if wish in notice.notify]
    return f"{said} NOTIFY={','.join(wishes)}" if wishes else said


def original_recipient(letter: Letter, path: Path) -> str:
    """The recipient that the sender wrote, as ORCPT gives it: "rfc822;name@domain" or "utf-8;..."."""
    notice: Notice = letter.notice(path)
    kind = "utf-8" if letter.utf8 and not path.address.isascii() else "rfc822"
    return notice.orcpt or f"{kind};{path.address}"


def needs_utf8(letter: Letter) -> bool:
    """Whether only a server with SMTPUTF8 can take the letter: it was asked for, and something needs it."""
    if not letter.utf8:
        return False
    header = letter.content.partition(b"\r\n\r\n")[0]
    paths = (letter.reverse_path, *letter.forward_paths)
    return not (header.isascii() and all(path.address.isascii() for path in paths))


def xtext(text: str) -> str:
    """RFC 3461 section 4: what isn't printable ASCII, and "+" and "=", as +XX."""
    octets = text.encode("utf-8", "surrogateescape")
    return _NOT_XCHAR.sub(lambda found: b"+%02X" % found[0][0], octets).decode("ascii")


def _orcpt(original: str) -> str:
    """As xtext, but of an international address as utf-8-addr-xtext (RFC 6533 section 3)."""
    kind, _, address = original.partition(";")
    if kind.lower() != "utf-8":
        return f"{kind};{xtext(address)}"
    return f"{kind};" + "".join(c if _is_plain(c) else f"\\x{{{ord(c):X}}}" for c in address)


def _is_plain(character: str) -> bool:
    return character > "\x7f" or ("!" <= character <= "~" and character not in "\\+=")
