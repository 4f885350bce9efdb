"""Whether a private Postfix can be started here, and what is left out where it can't."""

import os
import subprocess
from pathlib import Path

MASTER = Path("/usr/lib/postfix/sbin/master")
PCRE = Path("/usr/lib/postfix/postfix-pcre.so")


def _why_not() -> str:
    if not MASTER.exists():
        return "Postfix is not installed"
    if os.geteuid() != 0:
        return "only root can start a Postfix"
    return "" if PCRE.exists() else "Postfix's pcre tables are not installed (postfix-pcre)"


def _version() -> str:
    """As in "3.7": what is behind the second dot doesn't matter."""
    said = subprocess.run(["postconf", "-dh", "mail_version"], capture_output=True, text=True, check=True)
    return ".".join(said.stdout.split(".")[:2])


WHY_NOT = _why_not()
VERSION = "" if WHY_NOT else _version()
LEFT_OUT = [f"left out, because {WHY_NOT}: tests/postfix"] if WHY_NOT else []
