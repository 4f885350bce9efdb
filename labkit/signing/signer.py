"""A signature or a seal on a letter: the header lines that are to stand on top of it."""

from datetime import datetime

from labkit.signing.keys import ALGORITHMS, Key
from labkit.signing.library import HEAD_LIMIT, dkimpy, head_size

# The head loosely, as servers on the way fold it anew; the text as it is (Debian's opendkim.conf).
CANONICAL = (b"relaxed", b"simple")


def signature(content: bytes, key: Key, moment: datetime) -> bytes:
    """The DKIM-Signature: of a letter; empty for one that can't be signed, as it has no From: or no form.

    From: is signed once more than it is there, so that nobody can add another.
    """
    with dkimpy(moment) as dkim:
        try:
            if head_size(content) > HEAD_LIMIT:
                return b""
            line: bytes = dkim.DKIM(content).sign(
                key.selector.encode(),
                key.domain.encode(),
                key.secret,
                signature_algorithm=ALGORITHMS[key.algorithm],
                canonicalize=CANONICAL,
            )
        except (dkim.DKIMException, IndexError):  # IndexError: the head begins with a folded line
            return b""
    return line


def seal(content: bytes, key: Key, server: str, moment: datetime) -> bytes:
    """The ARC set (RFC 8617) of a letter that has an Authentication-Results: of ``server`` on top.

    ``key`` is an RSA key: the library seals with no other. Empty for a letter that can't be sealed, and
    for one whose chain of seals has ended.
    """
    with dkimpy(moment) as dkim:
        try:
            if head_size(content) > HEAD_LIMIT:
                return b""
            letter = dkim.ARC(content)
            letter.should_not_sign.discard(b"dkim-signature")  # RFC 8617 section 4.1.2 wants it sealed, too
            signatures = [name for name, _ in letter.headers if name.lower() == b"dkim-signature"]
            lines: list[bytes] = letter.sign(
                key.selector.encode(),
                key.domain.encode(),
                key.secret,
                server.encode(),
                include_headers=[*letter.default_sign_headers(), *signatures],
                timestamp=int(moment.timestamp()),
            )
        except (dkim.DKIMException, IndexError):
            return b""
    return b"".join(line if line.endswith(b"\r\n") else line + b"\r\n" for line in lines)
