"""Who may log in. Passwords are kept only as salted scrypt hashes (RFC 7914).

The cost is lower than a real server's: thirty students spray thousands of passwords at small laptops.
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping

COST = {"n": 2**11, "r": 8, "p": 1}
NOBODY = "scrypt$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


class Accounts:
    """User names and password hashes, as ``hashed`` writes them."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        self._hashes = dict(hashes)

    def add(self, user: str, password: str) -> None:
        """Create an account, or change its password."""
        self._hashes[user] = hashed(password, os.urandom(16))

    def knows(self, user: str, password: bytes) -> bool:
        """Whether this is the user's password; a user that doesn't exist takes as long as one that does."""
        _, salt, digest = self._hashes.get(user, NOBODY).split("$")
        return hmac.compare_digest(_digest(password, b64decode(salt)), b64decode(digest))


def hashed(password: str, salt: bytes) -> str:
    """``scrypt$salt$hash``, the two in base64."""
    digest = _digest(password.encode(), salt)
    return f"scrypt${b64encode(salt).decode()}${b64encode(digest).decode()}"


def _digest(password: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(password, salt=salt, dklen=32, **COST)
