"""Three men in the middle, against clients that wish for TLS, insist on it, or also look at the certificate."""

import pytest
from playbook import Player

from labkit import Lab, Policy
from labkit.attacker.means.middle import Man, Stripper
from labkit.attacker.report import Report
from labkit.attacker.strip import NAME, OBEYED, STRAY
from labkit.relay.unpatched import patch, unpatch
from labkit.smtp.tls import Authority

RIGHT = Policy.parse("""
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_auth_only = yes
smtpd_tls_security_level = encrypt
""")
LOGIN = {"user": "staff", "password": "paper-boat-7"}
READ = ["the password 'paper-boat-7' of 'staff'", "a letter from staff@corp.example: The contract"]
NO_TLS = "mail.corp.example offers no TLS, and this client sends nothing without."
DISTRUST = "relay showed a certificate that can't be trusted: unable to get local issuer certificate."

# how, the client's TLS, the relay's ports: what is read, and what the client believes
CLIENTS = [
    ("strip", "may", 587, READ, "delivered"),
    ("strip", "encrypt", 587, [], NO_TLS),
    ("strip", "verify", 587, [], NO_TLS),
    ("certificate", "may", 587, READ, "delivered"),
    ("certificate", "encrypt", 587, READ, "delivered"),
    ("certificate", "verify", 587, [], DISTRUST),
    ("strip", "may", 465, [], "delivered"),
    ("certificate", "may", 465, READ, "delivered"),
    ("certificate", "encrypt", 465, READ, "delivered"),
    ("certificate", "verify", 465, [], DISTRUST),
    ("inject", "may", 587, [], "delivered"),
    ("inject", "verify", 587, [], "delivered"),
    ("inject", "may", 465, [], "delivered"),
]


@pytest.fixture
def right(lab: Lab) -> Lab:
    """A lab whose relay insists on TLS before it takes anything."""
    lab.relay.policy = RIGHT
    lab.relay.services = {"submissions": "smtpd_tls_wrappermode = yes"}
    return lab


def read(report: Report) -> list[str]:
    return [finding.what for finding in report.findings if finding.harm]


@pytest.mark.parametrize(("how", "tls", "port", "lost", "said"), CLIENTS)
def test_what_becomes_of_a_client(
    right: Lab, how: str, tls: str, port: int, lost: list[str], said: str
) -> None:
    report = right.attacker.strip(how, tls=tls, port=port, **LOGIN)
    assert (read(report), report.harm) == (lost, len(lost))
    assert said in repr(report.findings[-1])
    assert len(right.mailbox("orders@customer.example")) == (said == "delivered")
    assert f"The attack {'works' if lost else 'fails'}." in repr(report)


@pytest.mark.parametrize("how", ["strip", "certificate"])
def test_what_was_read_is_true(right: Lab, how: str) -> None:
    password, letter, _ = right.attacker.strip(how, **LOGIN).findings
    _, word, _, user, _ = password.what.split("'")
    assert right.workstation.send(user=user, password=word).delivered == 1
    mark = letter.proof.removeprefix("its Message-ID ").removesuffix(" on the path")
    assert f"Message-ID: <{mark}@" in right.mailbox("orders@customer.example")[0].text


# the relay's own way: smtp_tls_security_level, and whether the customer has the letter
RELAYS = [
    ("strip", "none", 1, True),
    ("strip", "may", 1, True),
    ("strip", "encrypt", 0, False),
    ("strip", "verify", 0, False),
    ("certificate", "may", 1, True),
    ("certificate", "encrypt", 1, True),
    ("certificate", "verify", 0, False),
    ("inject", "encrypt", 0, True),
]


@pytest.mark.parametrize(("how", "level", "letters", "arrives"), RELAYS)
def test_between_servers_the_relay_s_policy_decides(
    lab: Lab, how: str, level: str, letters: int, arrives: bool
) -> None:
    lab.relay.policy = RIGHT.replace(smtp_tls_security_level=level)
    report = lab.attacker.strip(how, client="relay")
    assert len(read(report)) == report.harm == letters
    assert len(lab.mailbox("orders@customer.example")) == arrives
    assert lab.relay.queue.queued == (not arrives)
    lab.wait(60)  # the man is gone, and what waited is on its way
    assert len(lab.mailbox("orders@customer.example")) == 1


def test_the_man_is_gone_when_the_attack_is_over(right: Lab) -> None:
    right.attacker.strip(**LOGIN)
    right.laptop.send(tls="verify", **LOGIN)
    assert [str(one.server) for one in right.transcripts if one.client.name == "laptop"] == [
        f"{NAME} [192.0.2.25]",
        "relay [192.0.2.25]",
    ]


def test_where_nobody_answers_nothing_is_read(right: Lab) -> None:
    report = right.attacker.strip(port=2525)
    assert report.harm == 0
    assert "relay [192.0.2.25] refuses connections on port 2525." in repr(report)
    assert right.attacker.strip(**LOGIN).harm == 2  # and the path is free again


# Commands before TLS


@pytest.mark.parametrize("login", [LOGIN, {}])
@pytest.mark.parametrize("tls", ["may", "verify"])
def test_an_unpatched_relay_obeys_what_came_before_tls(right: Lab, login: dict[str, str], tls: str) -> None:
    right.relay.policy = RIGHT.replace(mynetworks="192.0.2.0/24, 198.51.100.77")
    unpatch(right.relay)
    report = right.attacker.strip("inject", tls=tls, **login)
    assert (report.harm, report.delivered) == (1, 1)
    assert OBEYED in repr(report)
    (stray,) = right.mailbox(STRAY)
    assert "with ESMTPS id" in stray.text
    assert "\nhere is the contract. It is for your eyes only.\n" in stray.text
    assert ("\nAUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==\n" in stray.text) == bool(login)
    # The client believes that its letter is on its way; but it went astray.
    assert "accepted at DATA" in report.findings[-1].what
    assert right.mailbox("orders@customer.example") == []


def test_the_transcript_shows_the_commands_before_tls_and_the_answers_behind_it(right: Lab) -> None:
    unpatch(right.relay)
    (session,) = right.attacker.strip(how="inject").transcripts[-1:]
    assert str(session.server) == "relay [192.0.2.25]"
    text = session.text(full=True)
    before, _, after = text.partition("TLS begins here")
    assert f"C: RCPT TO:<{STRAY}>" in before
    assert "S: 250 2.1.5 Ok" in after
    assert "220 mail.corp.example ESMTP unpatched, for teaching" in before
    with_the_client = str(right.transcripts[session.number - 1])
    assert "TLS begins here (between the client and the server)" in with_the_client
    assert "No TLS" not in with_the_client


def test_a_patched_relay_has_forgotten_them(right: Lab) -> None:
    unpatch(right.relay)
    patch(right.relay)
    report = right.attacker.strip("inject", **LOGIN)
    assert (report.harm, report.refused, right.mailbox(STRAY)) == (0, 1, [])
    assert "nothing came of the commands before TLS" in repr(report)


# What the client hears


def test_the_stripper_removes_one_line_and_refuses_starttls(right: Lab) -> None:
    async def stand() -> None:
        network = right.scenery.network
        hosts = {host.name: host for host in network.hosts}
        man = Man(NAME, Stripper, right.scenery.clock, Authority())
        network.on_path(hosts["laptop"], hosts["relay"], man)

    right.wait_for(stand(), "the man in the middle")
    Player(right, "laptop", 587).play("""
        S: 220 mail.corp.example ESMTP Postfix
        C: EHLO room77.hotel.example
        S: 250-mail.corp.example
        S: 250-PIPELINING
        S: 250-SIZE 10240000
        S: 250-VRFY
        S: 250-ETRN
        S: 250-AUTH PLAIN LOGIN
        S: 250-ENHANCEDSTATUSCODES
        S: 250-8BITMIME
        S: 250-DSN
        S: 250 SMTPUTF8
        C: STARTTLS
        S: 454 4.7.0 TLS not available due to local problem
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: c3RhZmY=
        S: 334 UGFzc3dvcmQ6
        C: cGFwZXItYm9hdC03
        S: 235 2.7.0 Authentication successful
        C: MAIL FROM:<staff@corp.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C: Subject: STARTTLS
        C:
        C: STARTTLS
        C: .
        S: 250 2.0.0 Ok: queued as 4B00000001
        C: QUIT
        S: 221 2.0.0 Bye
        == EOF
    """)
    right.settle()
    assert "\n\nSTARTTLS\n" in right.mailbox("orders@customer.example")[0].text


def test_every_run_is_the_same() -> None:
    def shown() -> str:
        with Lab(RIGHT) as lab:
            reports = [
                lab.attacker.strip(how, tls="may", **LOGIN) for how in ("strip", "certificate", "inject")
            ]
            reports.append(lab.attacker.strip(how="certificate", tls="verify"))
            return "\n".join(map(str, [*reports, *lab.transcripts]))

    assert shown() == shown()
