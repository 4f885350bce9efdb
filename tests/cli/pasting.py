"""Which of the programs that `labkit serve` names this machine lacks."""

from peers import programs

MISSING = [program for program in ("swaks", "openssl", "dig") if program in programs.MISSING]
LEFT_OUT = [
    f"left out, because {program} is not installed: tests/cli/test_serve_pasted.py" for program in MISSING
]
