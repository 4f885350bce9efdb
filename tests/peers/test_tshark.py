"""tshark reads the files that the lab saves: SMTP dialogues, and inside TLS as well."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from labkit import Lab

Fields = Callable[..., list[str]]

CHECKED = ("-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE")
LETTER = "MAIL FROM:<staff@corp.example>", "RCPT TO:<orders@customer.example>", "DATA"


@pytest.fixture
def fields(run: Callable[..., subprocess.CompletedProcess[str]]) -> Fields:
    """``fields(file, filter, field)``: that field of every packet that the filter lets through."""

    def fields(file: Path, wanted: str, field: str, *options: str) -> list[str]:
        done = run("tshark", "-r", file, "-Y", wanted, "-T", "fields", "-e", field, *CHECKED, *options)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return fields


@pytest.fixture
def clear(lab: Lab, tmp_path: Path) -> Path:
    """A letter from the office: the relay takes it without TLS."""
    [session] = lab.workstation.send(to="orders@customer.example", tls="none").transcripts
    session.save(tmp_path / "clear.pcapng")
    return tmp_path / "clear.pcapng"


@pytest.fixture
def secure(lab: Lab, tmp_path: Path) -> Path:
    """A letter from the road, with a password and TLS."""
    [session] = lab.laptop.send(
        user="staff", password="paper-boat-7", to="orders@customer.example"
    ).transcripts
    session.save(tmp_path / "secure.pcapng")
    return tmp_path / "secure.pcapng"


def commands(fields: Fields, file: Path, wanted: str = "smtp.req") -> list[str]:
    """Every command that a client has given."""
    return [line.removesuffix("\\r\\n") for line in fields(file, wanted, "smtp.command_line")]


def test_a_dialogue_in_clear_is_read(fields: Fields, clear: Path) -> None:
    said = commands(fields, clear)
    assert said[0] == "EHLO workstation.corp.example"
    assert said[1].startswith("MAIL FROM:<")
    assert said[2:] == ["RCPT TO:<orders@customer.example>", "DATA", "QUIT"]
    assert fields(clear, "smtp.rsp", "smtp.response.code") == [
        "220",
        "250",
        "250",
        "250",
        "354",
        "250",
        "221",
    ]
    assert fields(clear, "imf", "imf.to") == ["orders@customer.example"]
    assert fields(clear, "tls", "frame.number") == []


def test_what_tls_hid_is_decrypted(fields: Fields, secure: Path) -> None:
    inside = commands(fields, secure, "smtp.req && tls")
    assert inside[0] == "EHLO room77.hotel.example"
    assert inside[1].startswith("AUTH PLAIN")
    assert inside[2:] == [*LETTER, "QUIT"]
    assert fields(secure, "imf && tls", "imf.to") == ["orders@customer.example"]


def test_without_the_keys_only_noise_is_left(
    fields: Fields, secure: Path, tmp_path: Path, run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    bare = tmp_path / "bare.pcapng"
    assert run("editcap", "--discard-all-secrets", secure, bare).returncode == 0
    assert commands(fields, bare) == ["EHLO room77.hotel.example", "STARTTLS"]


def test_tls_before_everything_else_is_decrypted(fields: Fields, lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "wrapped.pcapng"
    lab.laptop.send(user="staff", password="paper-boat-7", port=465).transcripts[0].save(file)
    assert [line.split()[0] for line in commands(fields, file)][:2] == ["EHLO", "AUTH"]
    assert fields(file, "smtp && !tls", "frame.number") == []


@pytest.mark.parametrize("name", ["clear", "secure"])
def test_tshark_finds_nothing_wrong_with_tcp_or_ip(
    fields: Fields, name: str, request: pytest.FixtureRequest
) -> None:
    file = request.getfixturevalue(name)
    assert set(fields(file, "tcp", "ip.checksum.status")) == {"1"}
    assert set(fields(file, "tcp", "tcp.checksum.status")) == {"1"}
    assert fields(file, "tcp.analysis.flags", "frame.number") == []
    assert fields(file, "tcp", "tcp.completeness")[-1] == "31"  # from SYN to FIN, with data


def test_hosts_have_their_names_and_replies_their_decisions(fields: Fields, secure: Path) -> None:
    assert set(fields(secure, "tcp", "ip.src_host", "-N", "n")) == {"laptop", "relay"}
    [said] = fields(secure, 'frame.comment contains "permit_sasl"', "frame.comment")
    assert said.startswith("accepted by permit_sasl_authenticated: ")


def test_a_large_letter_is_cut_into_segments_and_put_together_again(
    fields: Fields, lab: Lab, tmp_path: Path
) -> None:
    file, text = tmp_path / "large.pcapng", "\n".join(["All work and no play."] * 1_000)
    lab.workstation.send(text=text, tls="none").transcripts[0].save(file)
    assert max(map(int, fields(file, "tcp", "tcp.len"))) == 1460
    assert fields(file, "tcp.analysis.flags", "frame.number") == []
    assert len(fields(file, "imf", "frame.number")) == 1


def test_a_whole_run_has_every_session(fields: Fields, lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "run.pcapng"
    lab.attacker.spam(3)
    lab.transcripts.save(file)
    assert len(set(fields(file, "tcp", "tcp.stream"))) == len(lab.transcripts)
    assert fields(file, "tcp.analysis.flags", "frame.number") == []
