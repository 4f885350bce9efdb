"""Programs that the lab can do without."""

import os
import shutil
import subprocess

from labkit.launch.doctor.finding import Finding, Mark

# Where mail servers keep their commands, which isn't on everybody's path.
SBIN = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
USES = {"swaks": "to send letters", "openssl": "to look at TLS", "dig": "to ask the name server"}
SECONDS = 10

VERSION = "Postfix {version} is here. Notebook 12 can compare with a real one."
NO_POSTFIX = "Not here, and not needed: notebook 12 shows what a recorded one answered."
SILENT = "postconf is here, but doesn't say its version. Notebook 12 shows what a recorded Postfix answered."
ALL = "{names} are here, for practice in a terminal."
SOME = "Not here, and not needed: {names}. Notebooks name them for practice in a terminal."


def postfix() -> Finding:
    """Whether a real Postfix is here, to be compared with."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *SBIN])
    command = shutil.which("postconf", path=path)
    if not command:
        return Finding(Mark.NOTE, NO_POSTFIX)
    try:
        asked = subprocess.run(
            [command, "-d", "-h", "mail_version"], capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return Finding(Mark.NOTE, SILENT)
    return Finding(Mark.FINE, VERSION.format(version=asked.stdout.strip()))


def terminal() -> Finding:
    """Which of the programs are here that notebooks name for a terminal."""
    missing = [f"{name} ({use})" for name, use in USES.items() if not shutil.which(name)]
    if missing:
        return Finding(Mark.NOTE, SOME.format(names=", ".join(missing)))
    return Finding(Mark.FINE, ALL.format(names=", ".join(USES)))
