"""What a server knows when it has to decide, and what it then carries.

Tuples, because some of these are made for every command, and frozen dataclasses take three times as long.
"""

from typing import NamedTuple

from labkit.network.addresses import Host
from labkit.smtp.address import Path


class Certificate(NamedTuple):
    """A client's certificate: its SHA-256 fingerprint and that of its public key, as AA:BB:..., whether
    a known authority signed it, and its common name."""

    fingerprint: str
    key_fingerprint: str
    trusted: bool
    common_name: str = ""


class Session(NamedTuple):
    """The client as the server knows it.

    ``helo`` is the name that it gave, ``extended`` whether with EHLO; ``user`` is the account that it
    proved to own, or empty; ``secure`` says that TLS is on; ``number`` is the transcript's.
    ``mechanism`` is how the client tried to log in last. ``client_name`` is what the DNS calls the client,
    confirmed both ways, or "unknown". ``certificate`` is what the client showed in the handshake.
    ``pipelined`` says that the client has sent commands without waiting where it must wait.
    """

    client: Host
    number: int
    port: int
    helo: str = ""
    extended: bool = False
    secure: bool = False
    user: str = ""
    client_name: str = "unknown"
    certificate: Certificate | None = None
    pipelined: bool = False
    mechanism: str = ""

    @property
    def protocol(self) -> str:
        """The word after "with" in a Received: header (RFC 3848)."""
        if not self.extended:
            return "SMTP"
        return f"ESMTP{'S' if self.secure else ''}{'A' if self.user else ''}"


class Envelope(NamedTuple):
    """What is known of a letter when a recipient is named, and a server has to decide."""

    reverse_path: Path
    recipient: Path


class Notice(NamedTuple):
    """What the sender wants to be told about one recipient (RFC 3461 sections 4.1 and 4.2).

    ``notify`` holds NEVER, or any of SUCCESS, FAILURE and DELAY; empty when the client said nothing.
    ``orcpt`` is the recipient that the sender wrote, as "rfc822;name@domain", decoded, or empty.
    """

    notify: frozenset[str] = frozenset()
    orcpt: str = ""


class Letter(NamedTuple):
    """A letter on its way: the paths that servers act on, and the content that they don't read.

    ``notices`` has one for each of ``forward_paths``, or is empty when no client said anything; ``ret``
    is FULL, HDRS or empty, ``envid`` the sender's own mark, decoded (RFC 3461 sections 4.3 and 4.4).
    ``utf8`` says that the client asked for SMTPUTF8 (RFC 6531), ``body`` is 7BIT, 8BITMIME or empty.
    """

    reverse_path: Path
    forward_paths: tuple[Path, ...]
    content: bytes
    notices: tuple[Notice, ...] = ()
    ret: str = ""
    envid: str = ""
    utf8: bool = False
    body: str = ""

    def notice(self, path: Path) -> Notice:
        """What the sender wants to be told about this recipient."""
        return self.notices[self.forward_paths.index(path)] if self.notices else NO_WISH


NO_WISH = Notice()
