"""What servers write on top of a letter: Received: and Return-Path: (RFC 5321 section 4.4)."""

import re
from datetime import datetime

from labkit.clock import header_date
from labkit.smtp.address import Path
from labkit.smtp.envelope import Session

_RECEIVED = re.compile(rb"\nReceived:", re.IGNORECASE)


def received(
    session: Session,
    client_name: str,
    server: str,
    queue_id: str,
    path: Path | None,
    moment: datetime,
    *,
    utf8: bool = False,
) -> bytes:
    """The Received: line for a letter, in Postfix's form; ``utf8`` says that it came with SMTPUTF8.

    ``client_name`` is what the DNS says of the client's address, or "unknown"; ``path`` is the only
    recipient, or None when there are several: then none is named, as some may be blind copies.
    """
    protocol = f"UTF8{session.protocol.removeprefix('E')}" if utf8 else session.protocol  # RFC 6531
    lines = [
        f"Received: from {session.helo or client_name} ({client_name} [{session.client.address}])",
        f"\tby {server} (Postfix) with {protocol} id {queue_id}",
        f"\tfor {path}; {header_date(moment)}" if path else f"\t; {header_date(moment)}",
    ]
    if not path:
        lines[1:] = [f"{lines[1]};", f"\t{header_date(moment)}"]
    return "".join(f"{line}\r\n" for line in lines).encode()


def received_here(server: str, queue_id: str, moment: datetime) -> bytes:
    """The Received: line for a letter that the server itself has written."""
    lines = (f"Received: by {server} (Postfix)", f"\tid {queue_id}; {header_date(moment)}")
    return "".join(f"{line}\r\n" for line in lines).encode()


def hops(content: bytes) -> int:
    """How many servers a letter has come through: its Received: lines (RFC 5321 section 6.3)."""
    header = b"\n" + content.partition(b"\r\n\r\n")[0]
    return len(_RECEIVED.findall(header))


def return_path(reverse_path: Path) -> bytes:
    """The Return-Path: line that final delivery adds."""
    return f"Return-Path: {reverse_path}\r\n".encode()
