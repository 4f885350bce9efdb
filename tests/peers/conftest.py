"""Programs from outside against ``lab.ports``, as a student starts them in a terminal.

Such a program is "your terminal", a host outside the relay's networks. Where this machine lacks a
program, its tests are left out, and pytest says so.
"""

import os
import subprocess
from collections.abc import Callable, Iterator

import pytest
from peers.programs import MISSING

from labkit import Lab, Policy
from labkit.wire.record import Party
from labkit.wire.transcript import Transcript

TERMINAL = Party("your terminal", "203.0.113.200")

CLOSED = Policy(
    mynetworks="192.0.2.0/24",
    smtpd_relay_restrictions="permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination",
    smtpd_sasl_auth_enable=True,
    smtpd_tls_security_level="may",
    smtpd_tls_auth_only=True,
)

collect_ignore = [f"test_{program}.py" for program in MISSING]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab with a closed relay: trusted networks, AUTH and TLS. Nothing may go wrong inside it."""
    with Lab(CLOSED) as lab:
        yield lab


@pytest.fixture(autouse=True)
def nothing_goes_wrong(lab: Lab) -> Iterator[None]:
    """Whatever a program does, no test may leave a trace of trouble inside the lab."""
    yield
    assert lab.problems == ()


@pytest.fixture
def run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """``run(program, argument, ..., said="")`` runs a program with that input; it has half a minute."""

    def run(*command: object, said: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(word) for word in command],
            input=said,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )

    return run


@pytest.fixture
def seen(lab: Lab) -> Callable[[], Transcript]:
    """``seen()`` is the newest session of your terminal with the relay, once the relay is quiet."""

    def seen() -> Transcript:
        lab.wait_for(lab.scenery.relay.settle(), "the relay to be quiet")
        session = lab.transcripts.between("your terminal", "relay")[-1]
        assert session.client == TERMINAL
        return session

    return seen
