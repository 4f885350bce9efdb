"""`labkit probe`: a server's verdict as an exit status, and nothing but this machine ever tested."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli.calling import labkit
from click.testing import CliRunner

from labkit import Lab, Policy
from labkit.cli import main

CLOSED = (
    "mynetworks = 192.0.2.0/24\nsmtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n"
)
OPEN = "mynetworks = 0.0.0.0/0\n"
LOGIN = CLOSED.replace("reject_", "permit_sasl_authenticated, reject_") + "smtpd_sasl_auth_enable = yes\n"
UNPROVED = "Your server has accepted strangers' letters to strangers (exit status 3)."


@contextmanager
def own_server(policy: str) -> Iterator[str]:
    """A server on this machine that is none of the lab that tests it: "127.0.0.1:PORT"."""
    with Lab(Policy.parse(policy), beside=True) as server:
        yield f"127.0.0.1:{server.ports['relay:25']}"
        assert server.problems == ()


@pytest.mark.parametrize(
    ("policy", "status", "said"),
    [
        (CLOSED, 0, "It carries no stranger's letters to strangers (exit status 0)."),
        (OPEN, 3, UNPROVED),
        (OPEN + "smtpd_data_restrictions = reject\n", 0, "accepts at RCPT only"),
        (OPEN + "header_checks = pcre:{ {/^Subject: Relay/ DISCARD} }\n", 3, UNPROVED),
        (
            CLOSED + "soft_bounce = yes\n",
            1,
            "Whether it carries strangers' letters isn't known yet (exit status 1).",
        ),
    ],
)
def test_a_server_of_one_s_own_is_judged(
    capsys: pytest.CaptureFixture[str], policy: str, status: int, said: str
) -> None:
    with own_server(policy) as target:
        assert labkit("probe", target) == status
    shown = capsys.readouterr()
    assert said in shown.out
    assert shown.err == ""
    assert "the trick" in shown.out


@pytest.mark.parametrize(
    ("options", "policy", "status", "verdict"),
    [
        ((), "", 3, "verdict      open: strangers' letters arrived"),
        (("--seed", "anna"), "", 3, "verdict      open"),
        (("--closed",), "", 0, "verdict      closed: every stranger's letter was refused"),
        ((), OPEN, 3, "verdict      open"),
        ((), CLOSED, 0, "verdict      closed"),
        ((), OPEN + "header_checks = pcre:{ {/^Subject: Relay/ DISCARD} }\n", 0, "accepts at DATA only"),
        (("mx1",), "", 0, "verdict      closed"),
    ],
)
def test_the_lab_s_relay_is_judged_by_what_arrives(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    policy: str,
    status: int,
    verdict: str,
) -> None:
    file = tmp_path / "main.cf"
    file.write_text(policy)
    assert labkit("probe", *options, *(["--policy", str(file)] if policy else [])) == status
    assert verdict in capsys.readouterr().out


@pytest.mark.parametrize("given", [["--password", "paper-boat-7"], []])
def test_with_an_account_letters_after_a_login_are_tried_and_do_not_count(given: list[str]) -> None:
    with own_server(LOGIN) as target:
        done = CliRunner().invoke(main, ["probe", target, "--user", "staff", *given], input="paper-boat-7\n")
    assert done.exit_code == 0
    assert "after AUTH" in done.stdout
    assert "queued as" in done.stdout
    assert "paper-boat-7" not in done.output


@pytest.mark.parametrize(
    "target",
    [
        "192.0.2.1:25",
        "10.0.0.1",
        "0.0.0.0:25",
        "example.com",
        "mail.example.com:25",
        "localhost.example.com:25",
        "127.0.0.1.example.com:25",
        "[::1]:25",
        "::1",
        "",
    ],
)
def test_every_other_machine_is_refused(capsys: pytest.CaptureFixture[str], target: str) -> None:
    assert labkit("probe", target) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "nor a server on this machine (127.0.0.1). To attack any other is a crime." in shown.err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("127.0.0.1:99999",), 1, "'99999' is not a port"),
        (("127.0.0.1:25@example.com",), 1, "'25@example.com' is not a port"),
        (("127.0.0.1:smtp",), 1, "'smtp' is not a port"),
        (("127.0.0.1:2525", "--closed"), 1, "127.0.0.1:2525 has a policy of its own"),
        (("--closed", "--policy", "main.cf"), 1, "Choose one of them"),
        (("--policy", "missing.cf"), 1, "missing.cf can't be read"),
        (("127.0.0.1:25", "127.0.0.1:26"), 2, "unexpected extra argument"),
    ],
)
def test_what_cannot_be_is_told(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], status: int, said: str
) -> None:
    assert labkit("probe", *arguments) == status
    assert said in capsys.readouterr().err


@contextmanager
def speaking(words: bytes) -> Iterator[str]:
    """A server that says these words and hangs up, on a thread of its own."""
    loop, port = asyncio.new_event_loop(), 0

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        writer.close()

    server = loop.run_until_complete(asyncio.start_server(answer, "127.0.0.1", 0))
    port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@pytest.mark.parametrize("words", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_what_is_no_mail_server_is_told(capsys: pytest.CaptureFixture[str], words: bytes) -> None:
    with speaking(words) as target:
        assert labkit("probe", target) == 1
    assert "No letter could be tried: " in capsys.readouterr().err


def test_where_nothing_listens_it_asks_whether_the_server_runs(capsys: pytest.CaptureFixture[str]) -> None:
    with own_server(CLOSED) as target:
        pass
    assert labkit("probe", target) == 1
    assert "Is the server running, and is this its port?" in capsys.readouterr().err
