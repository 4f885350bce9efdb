"""Who may log in. Passwords are kept only as salted scrypt hashes (RFC 7914).

The cost is far lower than a real server's: thirty students spray thousands of passwords at small laptops,
and each guess has to be computed. The passwords of the lab are printed in its notebooks anyway.
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping

COST = {"n": 2**6, "r": 8, "p": 1}  # a real server has n = 2**17 or more (OWASP, 2023)
NOBODY = "scrypt$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


class Accounts:
    """User names and password hashes, as ``hashed`` writes them.

    ``computed`` is how many hashes were computed to answer ``knows``. It stands for the time that an
    answer takes, which differs between two runs: a stranger with a stopwatch can learn no more than it says.
    """

    def __init__(self, hashes: Mapping[str, str]) -> None:
        self._hashes = dict(hashes)
        self.computed = 0

    def add(self, user: str, password: str) -> None:
        """Create an account, or change its password."""
        self._hashes[user] = hashed(password, os.urandom(16))

    def hash_of(self, user: str) -> str:
        """What is kept of the user's password; another one as soon as it is changed."""
        return self._hashes.get(user, NOBODY)

    def knows(self, user: str, password: bytes) -> bool:
        """Whether this is the user's password; a user that doesn't exist takes as long as one that does."""
        self.computed += 1
        _, salt, digest = self.hash_of(user).split("$")
        return hmac.compare_digest(_digest(password, b64decode(salt)), b64decode(digest))


def hashed(password: str, salt: bytes) -> str:
    """``scrypt$salt$hash``, the two in base64."""
    digest = _digest(password.encode(), salt)
    return f"scrypt${b64encode(salt).decode()}${b64encode(digest).decode()}"


def _digest(password: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(password, salt=salt, dklen=32, **COST)
