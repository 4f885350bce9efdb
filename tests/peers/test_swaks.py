"""swaks, the postmaster's test program, as a student starts it."""

import subprocess
from collections.abc import Callable, Iterator

import pytest

from labkit import Lab
from labkit.attacker.means.middle import Man, Stripper
from labkit.attacker.means.reading import credentials, letters
from labkit.network.fabric import YOUR_TERMINAL
from labkit.smtp.tls import Authority
from labkit.wire.reading.lines import lines
from labkit.wire.transcript import Transcript

STAFF, STRANGERS = "staff@corp.example", "orders@customer.example"
DENIED = "554 5.7.1 <orders@customer.example>: Relay access denied"
WRONG = "535 5.7.8 Error: authentication failed: (reason unavailable)"

Swaks = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def swaks(lab: Lab, run: Callable[..., subprocess.CompletedProcess[str]]) -> Swaks:
    def swaks(port: int, recipient: str, *options: str) -> subprocess.CompletedProcess[str]:
        server = ("--server", "127.0.0.1", "--port", lab.ports[f"relay:{port}"])
        letter = ("--helo", "terminal.example", "--from", "someone@home.example", "--to", recipient)
        return run("swaks", *server, *letter, *options)

    return swaks


def login(mechanism: str, user: str = "staff", password: str = "paper-boat-7") -> tuple[str, ...]:
    return "--auth", mechanism, "--auth-user", user, "--auth-password", password


@pytest.mark.parametrize(
    ("port", "recipient", "options", "rule"),
    [
        (25, STAFF, (), "smtpd_relay_restrictions"),
        (25, STAFF, ("--tls",), "smtpd_relay_restrictions"),
        (25, STAFF, ("--pipeline",), "smtpd_relay_restrictions"),
        (587, STRANGERS, ("--tls", *login("PLAIN")), "permit_sasl_authenticated"),
        (587, STRANGERS, ("--tls", *login("LOGIN")), "permit_sasl_authenticated"),
    ],
)
def test_a_letter_arrives(
    lab: Lab,
    swaks: Swaks,
    seen: Callable[[], Transcript],
    port: int,
    recipient: str,
    options: tuple[str, ...],
    rule: str,
) -> None:
    before = len(lab.mailbox(recipient))
    done = swaks(port, recipient, *options)
    assert (done.returncode, done.stderr) == (0, "")
    said = lines(seen())
    assert [line.rule for line in said if line.step == "RCPT" and line.rule] == [rule]
    assert {line.hidden for line in said if line.step == "MAIL"} == {"--tls" in options}
    assert said[-1].text == "221 2.0.0 Bye"
    *_, letter = lab.mailbox(recipient)
    assert len(lab.mailbox(recipient)) == before + 1
    assert "from terminal.example (unknown [203.0.113.200])" in letter.text


@pytest.mark.parametrize(
    ("port", "options", "exit_code", "refusal", "rule"),
    [
        (25, (), 24, DENIED, "reject_unauth_destination"),
        (25, ("--tls",), 24, DENIED, "reject_unauth_destination"),
        (587, (), 24, DENIED, "reject_unauth_destination"),
        (587, ("--tls", *login("PLAIN", password="paper-boat-8")), 28, WRONG, "smtpd_sasl_auth_enable"),
        (587, ("--tls", *login("LOGIN", password="paper-boat-8")), 28, WRONG, "smtpd_sasl_auth_enable"),
        (587, ("--tls", *login("LOGIN", user="nobody")), 28, WRONG, "smtpd_sasl_auth_enable"),
    ],
)
def test_a_stranger_is_refused(
    lab: Lab,
    swaks: Swaks,
    seen: Callable[[], Transcript],
    port: int,
    options: tuple[str, ...],
    exit_code: int,
    refusal: str,
    rule: str,
) -> None:
    before = len(lab.mailbox(STRANGERS))
    done = swaks(port, STRANGERS, *options)
    assert done.returncode == exit_code
    assert refusal in done.stdout
    assert [(line.text, line.rule) for line in lines(seen()) if line.refused] == [(refusal, rule)]
    assert len(lab.mailbox(STRANGERS)) == before


def test_no_password_crosses_where_tls_would_not_hide_it(
    swaks: Swaks, seen: Callable[[], Transcript]
) -> None:
    assert swaks(587, STRANGERS, *login("PLAIN")).returncode == 28
    assert [line.verb for line in lines(seen()) if line.verb] == ["EHLO", "QUIT"]


def test_a_password_is_masked_until_it_is_asked_for(swaks: Swaks, seen: Callable[[], Transcript]) -> None:
    swaks(587, STRANGERS, "--tls", *login("PLAIN"))
    proof = "AHN0YWZmAHBhcGVyLWJvYXQtNw=="
    assert proof not in seen().text()
    assert f"C: AUTH PLAIN {proof}" in seen().text(reveal=True)


# Somebody in the middle


@pytest.fixture
def stripper(lab: Lab) -> Iterator[Man]:
    """A man in the middle between your terminal and the relay, who removes STARTTLS."""
    network = lab.scenery.network
    man = Man("man in the middle", Stripper, lab.scenery.clock, Authority())

    async def stand() -> None:
        network.on_path(YOUR_TERMINAL, lab.relay.site.host, man)

    async def leave() -> None:
        network.leave(man)

    lab.wait_for(stand(), "the man in the middle")
    yield man
    lab.wait_for(leave(), "the man in the middle")


def test_swaks_falls_for_a_man_in_the_middle_when_tls_is_only_a_wish(
    lab: Lab, swaks: Swaks, stripper: Man
) -> None:
    before = len(lab.mailbox(STRANGERS))
    done = swaks(587, STRANGERS, "--tls-optional", *login("PLAIN"))
    assert done.returncode == 0
    lab.settle()
    assert len(lab.mailbox(STRANGERS)) == before + 1
    read = lines(lab.transcripts[stripper.sessions[-1]], reveal=True)
    assert [(one.user, one.password) for one in credentials(read)] == [("staff", "paper-boat-7")]


def test_swaks_that_insists_on_tls_sends_nothing(lab: Lab, swaks: Swaks, stripper: Man) -> None:
    done = swaks(587, STRANGERS, "--tls", *login("PLAIN"))
    assert done.returncode != 0
    assert "STARTTLS" not in done.stdout.partition("EHLO")[2].partition("***")[0]
    read = lines(lab.transcripts[stripper.sessions[-1]], reveal=True)
    assert (list(credentials(read)), list(letters(read))) == ([], [])


def test_swaks_that_does_not_wait_is_served_by_the_man_in_the_middle(
    lab: Lab, swaks: Swaks, stripper: Man
) -> None:
    done = swaks(25, STAFF, "--pipeline")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(stripper.sessions) == 1
