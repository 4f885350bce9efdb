"""How a lab is reached from a terminal: its real ports, and commands that can be pasted as they are."""

import shutil
from collections.abc import Iterator

from labkit.lab import Lab
from labkit.network.fabric import YOUR_TERMINAL
from labkit.relay.policy import Policy

LETTER = "swaks --server 127.0.0.1:{port} --helo terminal.example --from someone@home.example --to {to}"
LOGIN = " --tls --auth PLAIN --auth-user {user} --auth-password {password}"
BY_HAND = "openssl s_client -connect 127.0.0.1:{port} -starttls smtp -crlf -quiet"
QUESTION = "dig @127.0.0.1 -p {port} {domain} MX"

HEADING = "A lab is running. This machine's programs reach it at 127.0.0.1, and no other machine can:\n"
STRANGER = """
To the lab each of your programs is "{host.name}", {host.address}: a stranger, in none of the company's
networks. Paste these into another window:
"""
NO_LOGIN = "This relay offers no login, or no TLS to hide it in. One that does: labkit serve --closed"
MISSING = """\
  Not found on this machine: {programs}. On Debian and Ubuntu: sudo apt install swaks libnet-ssleay-perl
  openssl bind9-dnsutils. With Homebrew: brew install swaks openssl bind.
"""
PROGRAMS = ("swaks", "openssl", "dig")


def ways(lab: Lab) -> str:
    """The ports of every host, and what to type."""
    return "\n".join([HEADING, *_ports(lab), STRANGER.format(host=YOUR_TERMINAL), *_commands(lab)])


def missing() -> str:
    """Which of the programs this machine lacks, and where to get them; "" when all are there."""
    programs = [program for program in PROGRAMS if not shutil.which(program)]
    return MISSING.format(programs=", ".join(programs)) if programs else ""


def _ports(lab: Lab) -> Iterator[str]:
    stage, real = lab.stage, lab.scenery.network.ports
    for host in (stage.RELAY, stage.MX1, stage.MX2, stage.SMARTHOST, stage.DNS):
        doors = [(port, kind, number) for (at, port, kind), number in real.items() if at == host.address]
        for port, kind, number in sorted(doors):
            yield f"  {host.name:<9}  {kind} port {port:>3}  127.0.0.1:{number}"


def _commands(lab: Lab) -> Iterator[str]:
    ports, customer = lab.ports, lab.stage.CUSTOMERS[0]
    yield from _shown(
        "A letter to staff. Every relay takes it, as it is for the company itself.",
        LETTER.format(port=ports["relay:25"], to=f"staff@{lab.stage.COMPANY}"),
    )
    yield from _shown(
        "A letter to a customer. An open relay carries it on; a closed one answers 554 5.7.1.",
        LETTER.format(port=ports["relay:25"], to=customer),
    )
    yield from _with_a_password(lab, customer)
    server = "relay" if _has_tls(lab.relay.policy) else "mx1"
    yield from _shown(
        f"Speak to {server} yourself, inside TLS: begin with EHLO terminal.example, end with QUIT. openssl\n"
        "  doesn't trust the certificate, as nobody outside the lab knows who has issued it.",
        BY_HAND.format(port=ports[f"{server}:25"]),
    )
    yield from _shown(
        "Ask the name server which hosts take the customer's mail.",
        QUESTION.format(port=ports["dns:53"], domain=lab.stage.CUSTOMER),
    )


def _with_a_password(lab: Lab, to: str) -> Iterator[str]:
    at_submission = lab.relay.services.policy("submission", lab.relay.policy)
    if not (at_submission.smtpd_sasl_auth_enable and _has_tls(at_submission)):
        yield f"  {NO_LOGIN}\n"
        return
    user, password = lab.stage.STAFF_LOGIN
    yield from _shown(
        "The same with the password of staff. Now the relay knows who asks, and accepts.",
        LETTER.format(port=lab.ports["relay:587"], to=to) + LOGIN.format(user=user, password=password),
    )


def _has_tls(policy: Policy) -> bool:
    return policy.smtpd_tls_security_level != "none"


def _shown(why: str, command: str) -> Iterator[str]:
    yield f"  {why}\n    {command}\n"
