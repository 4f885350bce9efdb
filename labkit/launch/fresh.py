"""A lab for a command: with the policy of a file, or with one of two that are at hand."""

from pathlib import Path
from typing import TYPE_CHECKING

from labkit.errors import PolicyError, UsageError

if TYPE_CHECKING:
    from labkit.lab import Lab
    from labkit.lab.stage import Stage
    from labkit.relay.policy import Policy

# What closes the open relay: trusted networks, a password for staff on the road, and TLS to hide it.
NETWORKS_AUTH_TLS = {
    "mynetworks": "192.0.2.0/24",
    "smtpd_sasl_auth_enable": "yes",
    "smtpd_tls_security_level": "may",
    "smtpd_tls_auth_only": "yes",
}
MOST = 1_000_000  # characters, of a file with a policy

NOT_READ = "{file} can't be read: {trouble}. Name a file with lines of main.cf in it."
NO_TEXT = "{file} is no text: name a file with lines of main.cf in it."
TOO_LONG = "{file} is too long for a policy: name a file with lines of main.cf in it."


def lab(policy: Path | None = None, *, closed: bool = False, seed: str = "") -> "Lab":
    """A new lab whose relay has the policy of a file; without one it is open, or ``closed``.

    Raises PolicyError with the line, UsageError for a file that can't be read and for what can't be a
    seed, and MachineError.
    """
    from labkit.lab import Lab
    from labkit.lab.stage import stage_of

    stage = stage_of(seed)
    return Lab(_read(policy, stage) if policy else _at_hand(stage, closed=closed), seed=seed)


def _at_hand(stage: "Stage", *, closed: bool) -> "Policy":
    from labkit.relay.policy import Policy

    policy = Policy.parse(stage.OPEN_POLICY, stage.home)
    return policy.replace(**NETWORKS_AUTH_TLS) if closed else policy


def _read(file: Path, stage: "Stage") -> "Policy":
    from labkit.relay.policy import Policy

    try:
        return Policy.parse(_text(file), stage.home)
    except PolicyError as error:
        raise PolicyError(f"{file}: {error}") from error


def _text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8-sig") as lines:
            text = lines.read(MOST + 1)
    except OSError as error:
        raise UsageError(NOT_READ.format(file=file, trouble=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise UsageError(NO_TEXT.format(file=file)) from error
    if len(text) > MOST:
        raise UsageError(TOO_LONG.format(file=file))
    return text
