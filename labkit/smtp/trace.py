"""What servers write on top of a letter: Received: and Return-Path: (RFC 5321 section 4.4)."""

from datetime import datetime

from labkit.clock import header_date
from labkit.smtp.address import Path
from labkit.smtp.envelope import Session


def received(
    session: Session, client_name: str, server: str, queue_id: str, path: Path | None, moment: datetime
) -> bytes:
    """The Received: line for a letter, in Postfix's form.

    ``client_name`` is what the DNS says of the client's address, or "unknown"; ``path`` is the only
    recipient, or None when there are several: then none is named, as some may be blind copies.
    """
    lines = [
        f"Received: from {session.helo or 'unknown'} ({client_name} [{session.client.address}])",
        f"\tby {server} (Postfix) with {session.protocol} id {queue_id}",
        f"\tfor {path}; {header_date(moment)}" if path else f"\t; {header_date(moment)}",
    ]
    if not path:
        lines[1:] = [f"{lines[1]};", f"\t{header_date(moment)}"]
    return "".join(f"{line}\r\n" for line in lines).encode()


def return_path(reverse_path: Path) -> bytes:
    """The Return-Path: line that final delivery adds."""
    return f"Return-Path: {reverse_path}\r\n".encode()
