"""Exercises of notebook 06: close the relay for strangers, and for nobody else."""

from dataclasses import replace

from labkit.exercises.answers import POLICY
from labkit.exercises.course.own_rule import OWN_RULE
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import arrives, post, stays_out
from labkit.exercises.room import Room, puts_policy
from labkit.exercises.sides import (
    COPIER_SCANS,
    HOTEL_GUEST_REFUSED,
    LAPTOP_SENDS,
    MAIL_COMES_IN,
    NOTHING_SECRET_IN_CLEAR,
    OFFICE_SENDS,
    STRANGER_GREETING_AS_OURS_REFUSED,
    STRANGER_IN_OUR_NAME_REFUSED,
    STRANGER_REFUSED,
)
from labkit.network.addresses import Host

LOGIN = """smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
"""
OFFICE = "mynetworks = 192.0.2.0/24\n"
RULES = (
    "smtpd_relay_restrictions = permit_mynetworks, {}permit_sasl_authenticated, reject_unauth_destination\n"
)


def _policy(own: str, rule: str = "", rest: str = LOGIN) -> str:
    """A main.cf with these networks, with one more rule behind the first, and with the rest."""
    return (own + RULES.format(rule) + rest).strip()


CLOSE_IT = Exercise(
    id="06.1",
    title="Close the relay, and lock nobody out",
    minutes=8,
    given="The policy of an open relay, as somebody left it.",
    goal="Strangers are refused, in whatever name they come. The office, the copier, staff on the road "
    "after a login behind TLS, and mail for the company get through.",
    kind=POLICY,
    starter=_policy(
        "mynetworks = 192.0.2.0/24, 0.0.0.0/0\n",
        rest="smtpd_sasl_auth_enable = no\nsmtpd_tls_security_level = none\n",
    ),
    prepare=puts_policy,
    claims=(
        STRANGER_REFUSED,
        STRANGER_IN_OUR_NAME_REFUSED,
        STRANGER_GREETING_AS_OURS_REFUSED,
        HOTEL_GUEST_REFUSED,
        OFFICE_SENDS,
        COPIER_SCANS,
        LAPTOP_SENDS,
        MAIL_COMES_IN,
        NOTHING_SECRET_IN_CLEAR,
    ),
    hints=(
        "Look at the first line. Which of its networks is not the company's?",
        "Staff on the road need a login instead of a network: smtpd_sasl_auth_enable. Their password needs "
        "TLS: smtpd_tls_security_level and smtpd_tls_auth_only.",
        "Keep the office in mynetworks and take the wide network out. Switch AUTH on, offer TLS (may), and "
        "allow the login only inside TLS (yes). The order of the rules is right already.",
    ),
    solution=_policy(OFFICE),
    explanation="The office is known by its addresses, so the copier needs neither AUTH nor TLS. Staff on "
    "the road are known by their login, which TLS hides. reject_unauth_destination refuses whoever is left, "
    "but not mail for the company.",
    wrong=(
        Wrong(
            _policy(OFFICE, rest="smtpd_sasl_auth_enable = no\nsmtpd_tls_security_level = none\n"),
            frozenset({"laptop"}),
            "The attack has ended, but so has the mail of staff on the road: they have no way to say who "
            "they are. This is how the relay was opened in the first place.",
        ),
        Wrong(
            _policy(OFFICE, "check_sender_access inline:{corp.example=OK}, "),
            frozenset({"our sender"}),
            "MAIL FROM is text that the client writes. A stranger who writes your domain there is let in.",
        ),
        Wrong(
            _policy(OFFICE, "check_helo_access inline:{corp.example=OK}, "),
            frozenset({"our host name"}),
            "The name behind EHLO is text that the client writes. A stranger can greet with the name of your "
            "workstation.",
        ),
        Wrong(
            _policy("mynetworks = 192.0.2.0/24, 198.51.100.64/26\n"),
            frozenset({"hotel guest"}),
            "Staff sleep in that hotel, and so do strangers. A network that others share says nothing about "
            "who sends.",
        ),
        Wrong(
            _policy("mynetworks = 192.0.2.0/24, 0.0.0.0/0\n")
            + "\nheader_checks = pcre:{ {/^From:.*@corp\\.example/ DUNNO} {/^From:/ REJECT not one of us} }",
            frozenset({"our sender", "inbound"}),
            "From: is text inside the letter: a stranger writes your domain there. Honest customers don't, "
            "so their letters to the company are refused.",
        ),
        Wrong(
            _policy(OFFICE) + "\nsmtpd_client_restrictions = reject",
            frozenset({"office", "copier", "laptop", "inbound"}),
            "Nobody gets in any more, no stranger and no customer. A relay that refuses everyone is of no "
            "use.",
        ),
        Wrong(
            _policy(OFFICE).replace("reject_unauth_destination", "reject"),
            frozenset({"inbound"}),
            "reject refuses everybody else, also those who write to the company. reject_unauth_destination "
            "refuses only mail for others.",
        ),
        Wrong(
            _policy(OFFICE).replace("permit_mynetworks, ", ""),
            frozenset({"office", "copier"}),
            "Now everybody must log in. The office isn't set up for it, and the copier can't do it at all.",
        ),
        Wrong(
            OFFICE + "smtpd_relay_restrictions = reject_unauth_destination, permit_mynetworks, "
            "permit_sasl_authenticated\n" + LOGIN,
            frozenset({"office", "copier", "laptop"}),
            "The first rule that says yes or no decides. Here the refusal is asked first, so nobody gets to "
            "the rules that permit.",
        ),
        Wrong(
            _policy(OFFICE).replace("auth_only = yes", "auth_only = no"),
            frozenset({"clear"}),
            "The relay also takes the password without TLS. Anybody in the hotel's network can read it.",
        ),
        Wrong(
            _policy(OFFICE).replace("level = may", "level = encrypt"),
            frozenset({"copier"}),
            "encrypt demands TLS from everybody. The copier knows no TLS, so it can't scan any more.",
        ),
    ),
)


def _office_without_login(room: Room) -> Seen:
    """The workstation, in the same network as the copier, doesn't log in."""
    report = post(room, room.stage.OFFICE_PROGRAM)
    return stays_out(room, "The workstation sends to a customer and doesn't log in.", report)


def _neighbour(room: Room) -> Seen:
    """A host whose address is the next one to the copier's."""
    host = Host("neighbour", room.stage.tell("192.0.2.61"), room.stage.tell("desk61.corp.example"))
    report = post(room, replace(room.stage.OFFICE_PROGRAM, host=host))
    tried = f"The host {host.address}, beside the copier, sends to a customer and doesn't log in."
    return stays_out(room, tried, report)


def _as_the_copier(room: Room) -> Seen:
    """A stranger says all that the copier says: its name, its sender's address."""
    copier = room.stage.COPIER_PROGRAM
    liar = Host("liar", room.stage.LIAR.address, copier.host.domain)
    report = post(room, replace(copier, host=liar))
    tried = room.stage.tell("A stranger greets as copier.corp.example, with MAIL FROM:<scans@corp.example>.")
    return stays_out(room, tried, report)


def _office_logs_in(room: Room) -> Seen:
    """The workstation logs in, as staff on the road do."""
    user, password = room.stage.STAFF_LOGIN
    report = post(room, room.stage.OFFICE_PROGRAM, tls="encrypt", user=user, password=password)
    return arrives(room, "The workstation logs in behind TLS and sends to a customer.", report)


SMALLEST_RULE = Exercise(
    id="06.2",
    title="The smallest rule for the copier",
    minutes=6,
    given="All staff log in now, in the office as well. Only the copier can't. The policy still trusts the "
    "whole office network.",
    goal="The copier scans without a login. No other host in the office, and nobody who only claims to be "
    "the copier, gets through without one.",
    kind=POLICY,
    starter=_policy(OFFICE),
    prepare=puts_policy,
    claims=(
        COPIER_SCANS,
        Claim("workstation", "The workstation can't send without a login.", _office_without_login),
        Claim("neighbour", "The host beside the copier can't send without a login.", _neighbour),
        Claim("claims", "A stranger who claims to be the copier can't send.", _as_the_copier),
        Claim("office", "The workstation sends with a login behind TLS.", _office_logs_in),
        LAPTOP_SENDS,
        MAIL_COMES_IN,
        STRANGER_REFUSED,
    ),
    hints=(
        "How does the relay know the copier? Ask what the copier can't lie about, and what a stranger can't "
        "copy.",
        "The address of the client decides in permit_mynetworks. How many addresses are in 192.0.2.0/24?",
        "mynetworks may name a single address. The copier's is in the table that lab shows.",
    ),
    solution=_policy("mynetworks = 192.0.2.60\n"),
    explanation="One address is the smallest network there is. If somebody takes over another computer in "
    "the office, it still needs a password to send. Give the copier a fixed address, so that nobody else "
    "gets it.",
    wrong=(
        Wrong(
            _policy("mynetworks = 127.0.0.0/8\n"),
            frozenset({"copier"}),
            "Nobody gets through without a login, and the copier has none: it can't scan any more.",
        ),
        Wrong(
            _policy("mynetworks = 192.0.2.0/25\n"),
            frozenset({"workstation", "neighbour"}),
            "This is half of the office network: 128 addresses. The workstation and other hosts are among "
            "them.",
        ),
        Wrong(
            _policy("mynetworks = 192.0.2.60/31\n"),
            frozenset({"neighbour"}),
            "A /31 has two addresses. The second one belongs to somebody else.",
        ),
        Wrong(
            _policy("mynetworks = 127.0.0.0/8\n", "check_helo_access inline:{copier.corp.example=OK}, "),
            frozenset({"claims"}),
            "The name behind EHLO is text that the client writes. Whoever greets as the copier is let in.",
        ),
        Wrong(
            _policy("mynetworks = 127.0.0.0/8\n", "check_sender_access inline:{scans@corp.example=OK}, "),
            frozenset({"claims"}),
            "MAIL FROM is text that the client writes. Whoever writes the copier's address there is let in.",
        ),
        Wrong(
            _policy("mynetworks = 192.0.2.60\n").replace("permit_sasl_authenticated, ", ""),
            frozenset({"office", "laptop"}),
            "The copier gets through, but nobody asks for a login any more: staff can't send.",
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (CLOSE_IT, SMALLEST_RULE, OWN_RULE)
