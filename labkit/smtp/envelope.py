"""What a server knows when it has to decide, and what it then carries."""

from dataclasses import dataclass

from labkit.network.addresses import Host
from labkit.smtp.address import Path


@dataclass(frozen=True, slots=True)
class Session:
    """The client as the server knows it.

    ``helo`` is the name that it gave, ``extended`` whether with EHLO; ``user`` is the account that it
    proved to own, or empty; ``secure`` says that TLS is on; ``number`` is the transcript's.
    """

    client: Host
    number: int
    port: int
    helo: str = ""
    extended: bool = False
    secure: bool = False
    user: str = ""

    @property
    def protocol(self) -> str:
        """The word after "with" in a Received: header (RFC 3848)."""
        if not self.extended:
            return "SMTP"
        return f"ESMTP{'S' if self.secure else ''}{'A' if self.user else ''}"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a letter when a recipient is named, and a server has to decide."""

    reverse_path: Path
    recipient: Path


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter on its way: the paths that servers act on, and the content that they don't read."""

    reverse_path: Path
    forward_paths: tuple[Path, ...]
    content: bytes
