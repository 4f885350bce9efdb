"""dig, a program that knows nothing of the lab, asks the lab's name server on its real port."""

import subprocess
from collections.abc import Iterator

import pytest

from labkit import Lab


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Lab() as lab:
        yield lab.ports["dns:53"]
        assert lab.problems == ()


def dig(port: int, *arguments: str) -> str:
    """What dig prints for a question."""
    command = ["dig", "@127.0.0.1", "-p", str(port), "+tries=1", "+time=10", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (["customer.example", "MX"], ["10 mx1.customer.example.", "20 mx2.customer.example."]),
        (["mail.corp.example"], ["192.0.2.25"]),
        (["MAIL.Corp.Example", "A"], ["192.0.2.25"]),
        (["-x", "203.0.113.66"], ["vps66.hosting.example."]),
        (["corp.example", "TXT"], []),
        (["gmail.com", "MX"], []),
    ],
)
def test_dig_gets_the_records(port: int, question: list[str], answer: list[str]) -> None:
    assert dig(port, "+short", *question).splitlines() == answer


@pytest.mark.parametrize(
    ("question", "status", "answers"),
    [
        (["customer.example", "MX"], "NOERROR", 2),
        (["customer.example", "A"], "NOERROR", 0),
        (["nowhere.example", "MX"], "NXDOMAIN", 0),
        (["example.com", "MX"], "NXDOMAIN", 0),
        (["mail.corp.example", "ANY", "+notcp"], "NOERROR", 1),
        (["mail.corp.example", "TYPE65280"], "NOERROR", 0),
        (["version.bind", "TXT", "CH"], "REFUSED", 0),
        (["+opcode=NOTIFY", "corp.example", "SOA"], "NOTIMP", 0),
        (["+noedns", "customer.example", "MX"], "NOERROR", 2),
        (["+dnssec", "+cookie", "customer.example", "MX"], "NOERROR", 2),
    ],
)
def test_dig_is_told_how_it_went(port: int, question: list[str], status: str, answers: int) -> None:
    header = dig(port, "+norecurse", *question)
    assert f"status: {status}," in header
    assert f"flags: qr aa; QUERY: 1, ANSWER: {answers}, AUTHORITY: 0, ADDITIONAL: 0" in header
    assert "malformed" not in header
