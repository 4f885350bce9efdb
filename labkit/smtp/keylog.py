"""The keys of a TLS session, kept with its recording, so that a saved run can be decrypted.

Python tells of them in one way only: OpenSSL writes them to a file that has a name when it is opened. Here
the name is taken away at once, and the file is emptied after each handshake. So what the lab keeps of them
is in its recording, and gone with it. Only servers of the lab write: their certificates are made for one
run, and nobody is deceived by them or protected by them.
"""

import os
import ssl
from contextlib import suppress
from pathlib import Path

from labkit.wire.record import Kind
from labkit.wire.recorder import Track

UNCLAIMED = 64  # sessions whose handshake has failed: the newest so many are waited for
MOST = 2**20  # octets in the file at once; a handshake writes one thousand
UNNEEDED = b"EXPORTER_SECRET"  # encrypts nothing that is sent


class LoggingContext(ssl.SSLContext):
    """A server's TLS settings, which know the keys of the sessions that it has shaken hands for."""

    def __init__(self, protocol: int, log: int, name: str) -> None:
        self._log, self._name = log, name
        self._unclaimed: dict[bytes, bytes] = {}  # by the random number that the client has sent
        self.keylog_filename = name
        with suppress(PermissionError):  # Windows removes no file that is open
            Path(name).unlink()
            self._name = ""

    def keys(self, heard: bytes) -> bytes:
        """The key log of the session in which the server has ``heard`` this, or nothing.

        Its lines are those of RFC 9850; each session's can be had once.
        """
        self._read()
        found = [number for number in self._unclaimed if bytes.fromhex(number.decode()) in heard]
        return b"".join(self._unclaimed.pop(number) for number in found)

    def _read(self) -> None:
        os.lseek(self._log, 0, os.SEEK_SET)
        written = os.read(self._log, MOST)
        os.ftruncate(self._log, 0)
        for line in written.splitlines(keepends=True):
            label, _, rest = line.partition(b" ")
            if label not in (b"#", UNNEEDED):
                number = rest.partition(b" ")[0]
                self._unclaimed[number] = self._unclaimed.get(number, b"") + line
        for number in list(self._unclaimed)[:-UNCLAIMED]:
            del self._unclaimed[number]

    def __del__(self) -> None:
        self.keylog_filename = None  # type: ignore[assignment]  # now nobody has it open any more
        os.close(self._log)
        if self._name:
            Path(self._name).unlink(missing_ok=True)


def logging_context() -> LoggingContext:
    """TLS settings for a server of the lab, without a certificate yet."""
    import tempfile  # only here: a lab starts sooner without it

    return LoggingContext(ssl.PROTOCOL_TLS_SERVER, *tempfile.mkstemp(prefix="labkit-"))


def note_tls(track: Track, handshake: ssl.SSLObject, read_ahead: int) -> None:
    """Note in a session's recording that TLS has begun, and with which keys; else as Track.secured."""
    context = handshake.context
    if isinstance(context, LoggingContext):
        track.add(Kind.KEYS, context.keys(track.heard))
    track.secured(handshake.version() or "TLS", read_ahead)
