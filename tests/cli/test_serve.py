"""`labkit serve`: a lab beside a terminal, and what it tells about how to reach it."""

import re
import smtplib
import socket
from pathlib import Path

import pytest
from cli.calling import labkit
from cli.running import Running, running

from labkit import Lab
from labkit.launch import serving, terminal

LETTER = "Subject: by hand\n\nHello."


def _port(command: Running, host: str, port: int) -> int:
    return int(command.wait_for(rf"(?m)^  {host} +tcp port +{port}  127\.0\.0\.1:(\d+)$")[1])


def test_who_speaks_to_it_is_shown_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    with running(tmp_path, "serve") as command:
        command.wait_for("Stop the lab with Ctrl-C")
        port = _port(command, "relay", 25)
        with smtplib.SMTP("127.0.0.1", port, "terminal.example", timeout=60) as client:
            client.sendmail("someone@home.example", "orders@customer.example", LETTER)
        command.wait_for(r"Session 1: your terminal \[203\.0\.113\.200\] → relay \[192\.0\.2\.25\] port 25")
        command.wait_for(r"accepted by permit_mynetworks")
        command.wait_for(r"Session 2: relay \[192\.0\.2\.25\] → mx1")
        command.wait_for(r"C: Subject: by hand(.|\n)*What the replies mean")
        assert command.press_ctrl_c() == 0
    assert command.said.endswith("\n\nThe lab has ended. It had 2 sessions.\n")
    assert "Traceback" not in command.said
    assert "lab.transcripts[" not in command.said
    with socket.socket() as late:
        assert late.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize(
    ("options", "there", "absent"),
    [
        ((), ("swaks --server", "openssl s_client", "dig @127.0.0.1", terminal.NO_LOGIN), ("--auth",)),
        (
            ("--closed",),
            ("--tls --auth PLAIN --auth-user staff --auth-password paper-boat-7", "Speak to relay yourself"),
            (terminal.NO_LOGIN,),
        ),
        (("--seed", "anna"), ("swaks --server",), ("corp.example", "customer.example")),
    ],
)
def test_it_tells_what_can_be_typed(
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    there: tuple[str, ...],
    absent: tuple[str, ...],
) -> None:
    assert labkit("serve", "--for", "0.1", *options) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert [words for words in there if words not in shown.out] == []
    assert [words for words in absent if words in shown.out] == []
    assert "The lab ends by itself after 0.1 s," in shown.out
    assert shown.out.endswith("The lab has ended. It had 0 sessions.\n")


def test_a_policy_of_a_file_is_the_relay_s(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "main.cf"
    policy.write_text("smtpd_sasl_auth_enable = yes\nsmtpd_tls_security_level = may\n", "utf-8-sig")
    assert labkit("serve", "--for", "0.1", "--policy", str(policy)) == 0
    assert "--auth-user staff" in capsys.readouterr().out


def test_every_real_port_that_it_names_is_one_of_the_lab_s(lab: Lab) -> None:
    named = set(map(int, re.findall(r"127\.0\.0\.1(?: -p |:)(\d+)", terminal.ways(lab))))
    assert named <= set(lab.ports.values())
    assert {lab.ports[name] for name in ("relay:25", "relay:587", "mx1:25", "dns:53")} <= named


def test_lab_time_goes_on_as_real_time_does(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "TICK", 0.05)
    serving.serve(lambda _: None, lab, 1, quiet=True)
    assert 0 < lab.scenery.clock.elapsed < 2


def test_trouble_inside_the_lab_is_told() -> None:
    said: list[str] = []
    with Lab() as lab:
        lab.note_problem("a server fell over")
        serving.serve(said.append, lab, 0.1)
    assert "Something went wrong inside the lab itself, please report it: a server fell over" in said


@pytest.mark.parametrize("quiet", [False, True])
def test_who_wants_no_sessions_sees_none(lab: Lab, quiet: bool) -> None:
    lab.workstation.send()
    said: list[str] = []
    serving.serve(said.append, lab, 0.1, quiet=quiet)
    assert any("Session 1: workstation" in words for words in said) is not quiet


def test_each_session_is_shown_once(lab: Lab) -> None:
    ended = serving.Ended(lab.scenery.recorder)
    lab.workstation.send()
    assert [session.number for session in ended.news()] == [1, 2]
    lab.copier.send()
    assert [session.number for session in ended.news()] == [3, 4]
    assert ended.news() == []


def test_what_is_not_installed_is_named_with_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda program: None if program != "openssl" else "/usr/bin/openssl")
    assert "Not found on this machine: swaks, dig. On Debian" in terminal.missing()
    monkeypatch.setattr("shutil.which", lambda program: f"/usr/bin/{program}")
    assert terminal.missing() == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"mynetworks = 192.0.2.0/24\nmynetwork = 1\n",
            "Line 2: there is no parameter 'mynetwork'. Did you mean mynetworks?",
        ),
        (b"smtpd_tls_security_level = maybe\n", "Line 1: smtpd_tls_security_level"),
        (b"\xff\xfe\x00", "is no text"),
        (b"#" * 1_000_001, "is too long for a policy"),
        (None, "can't be read: No such file or directory"),
    ],
)
def test_a_policy_that_cannot_be_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, said: str
) -> None:
    file = tmp_path / "main.cf"
    if content is not None:
        file.write_bytes(content)
    assert labkit("serve", "--policy", str(file)) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "main.cf" in shown.err
    assert said in shown.err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--closed", "--policy", "main.cf"), 1, "Choose one of them"),
        (("--for", "0"), 2, "0.0 is not in the range"),
        (("--for", "a while"), 2, "'a while' is not a valid float"),
        (("--seed", "a\tb"), 1, "can't be a seed"),
        (("--seed", "a" * 101), 1, "at most 100 characters"),
        (("now",), 2, "unexpected extra argument"),
    ],
)
def test_what_cannot_be_is_told(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], status: int, said: str
) -> None:
    assert labkit("serve", *arguments) == status
    assert said in capsys.readouterr().err
