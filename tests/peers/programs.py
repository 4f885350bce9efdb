"""Which programs these tests start, and which of them this machine lacks."""

import shutil
import subprocess

# What succeeds where the program is of use. swaks needs a library of Perl's for TLS.
CHECKS = {
    "swaks": ("perl", "-MNet::SSLeay", "-e1"),
    "openssl": ("openssl", "version"),
    "dig": ("dig", "-v"),
    "curl": ("curl", "--version"),
    "tshark": ("tshark", "--version"),
}


def _works(program: str, check: tuple[str, ...]) -> bool:
    there = shutil.which(program) and shutil.which(check[0])
    return bool(there) and subprocess.run(check, capture_output=True, timeout=30, check=False).returncode == 0


MISSING = tuple(program for program, check in CHECKS.items() if not _works(program, check))
LEFT_OUT = [
    f"left out, because {program} is not installed: tests/peers/test_{program}.py" for program in MISSING
]
