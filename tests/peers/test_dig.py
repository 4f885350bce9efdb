"""dig against the lab's name server: what a student can ask, and what isn't there."""

import subprocess
from collections.abc import Callable

import pytest

from labkit import Lab

Dig = Callable[..., str]


@pytest.fixture
def dig(lab: Lab, run: Callable[..., subprocess.CompletedProcess[str]]) -> Dig:
    def dig(*question: str) -> str:
        server = ("@127.0.0.1", "-p", lab.ports["dns:53"], "+notcp", "+tries=1", "+time=10")
        done = run("dig", *server, *question)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return dig


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (("customer.example", "MX"), "10 mx1.customer.example.\n20 mx2.customer.example.\n"),
        (("CUSTOMER.Example.", "mx"), "10 mx1.customer.example.\n20 mx2.customer.example.\n"),
        (("corp.example", "MX"), "10 mail.corp.example.\n"),
        (("mail.corp.example", "A"), "192.0.2.25\n"),
        (("-x", "203.0.113.66"), "vps66.hosting.example.\n"),
        (("-x", "203.0.113.200"), ""),
        (("mail.corp.example", "AAAA"), ""),
    ],
)
def test_dig_gets_what_stands_in_the_zone(dig: Dig, question: tuple[str, ...], answer: str) -> None:
    assert "".join(sorted(dig(*question, "+short").splitlines(keepends=True))) == answer


@pytest.mark.parametrize(
    ("question", "status"),
    [
        (("customer.example", "MX"), "NOERROR"),
        (("customer.example", "TXT"), "NOERROR"),
        (("nobody.customer.example", "A"), "NXDOMAIN"),
        (("com", "NS"), "NXDOMAIN"),
    ],
)
def test_the_status_tells_a_missing_name_from_a_missing_record(
    dig: Dig, question: tuple[str, ...], status: str
) -> None:
    assert f"status: {status}," in dig(*question)


def test_the_server_speaks_with_authority_and_asks_nobody_else(dig: Dig) -> None:
    assert "flags: qr aa rd;" in dig("corp.example", "MX")


def test_dig_waits_in_vain_where_the_lab_is_told_at_once(
    lab: Lab, run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    lab.dns.faults["customer.example"] = "timeout"
    try:
        server = ("@127.0.0.1", "-p", lab.ports["dns:53"], "+notcp", "+tries=1", "+time=1")
        done = run("dig", *server, "customer.example", "MX")
        assert done.returncode == 9
        assert "timed out" in done.stdout
    finally:
        del lab.dns.faults["customer.example"]


def test_dig_sees_servfail(lab: Lab, dig: Dig) -> None:
    lab.dns.faults["customer.example"] = "servfail"
    try:
        assert "status: SERVFAIL," in dig("customer.example", "MX")
    finally:
        del lab.dns.faults["customer.example"]


def test_dig_gets_what_was_just_added_a_long_text_as_several_strings(lab: Lab, dig: Dig) -> None:
    lab.dns.add(f'k1._domainkey.corp.example. IN TXT "{"A" * 300}"')
    assert dig("k1._domainkey.corp.example", "TXT", "+short") == f'"{"A" * 255}" "{"A" * 45}"\n'
    lab.dns.remove("k1._domainkey.corp.example")
    assert "status: NXDOMAIN," in dig("k1._domainkey.corp.example", "TXT")


def test_the_block_list_answers_at_its_own_host(
    lab: Lab, run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    server = ("@127.0.0.1", "-p", lab.ports["bl:53"], "+notcp", "+tries=1", "+time=10", "+short")
    assert run("dig", *server, "66.113.0.203.bl.example", "A").stdout == "127.0.0.2\n"
    assert run("dig", *server, "1.0.0.127.bl.example", "A").stdout == ""
