"""What can go wrong, sorted by whose fault it is.

A beginner reads these messages, so each one says what happened, why, and what to do, in one or two
lines. In a notebook only that text is shown: a traceback through the lab's own code helps nobody.
"""

import errno


class LabError(Exception):
    """The root of everything that the lab raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        # IPython calls this, where it exists, instead of printing a traceback.
        return [f"{type(self).__name__}: {self}"]


class UsageError(LabError, ValueError):
    """What was asked for can't be done as it was asked."""


class PolicyError(UsageError):
    """A policy with a parameter, a value or a line that Postfix's language doesn't have."""


class OutsideTheLab(LabError):
    """An address, a name or a connection that would leave this machine."""


class LabClosed(LabError):
    """The lab was closed, or replaced by a newer one."""


class Interrupted(LabError):
    """The student stopped a running call. What was done until then stays done."""


class TookTooLong(LabError):
    """A call reached its bound; the message says what it was waiting for."""


class PeerError(LabError):
    """The other side of a connection hung up, or answered with something that isn't SMTP or DNS."""


class MachineError(LabError):
    """The machine under the lab has a limit (ports, open files, memory) that was reached."""

    @classmethod
    def behind(cls, error: OSError) -> "MachineError":
        """The limit that the system's error stands for, and what to do about it."""
        other = f"This machine gives the lab no connection: {error.strerror}. Try again, or restart it."
        return cls(_LIMITS.get(error.errno or 0, other))


_LIMITS = {
    errno.EMFILE: "This machine allows this program no more open files, and each connection is one. "
    "Close other notebooks, or raise the limit (ulimit -n), and try again.",
    errno.ENFILE: "This machine has no open files left for anybody. Close other programs and try again.",
    errno.EADDRINUSE: "All ports of this machine are in use. "
    "Wait a minute until the system frees some, and try again.",
    errno.ENOBUFS: "This machine has no memory left for connections. Close other programs and try again.",
    errno.ENOMEM: "This machine has no memory left for connections. Close other programs and try again.",
}
