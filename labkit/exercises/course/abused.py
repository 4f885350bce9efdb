"""Notebook 03: which line made the relay open, and who is blamed for what it carries."""

from labkit.exercises import sides
from labkit.exercises.answers import Choice, Text, Values
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import line_with
from labkit.exercises.room import Room
from labkit.recipient.policy import RecipientPolicy
from labkit.relay.policy import Policy

# 03.1


def _repairs(room: Room) -> None:
    """Let a stranger's letter show what carries it, and put the repaired line into force."""
    room.note["open"] = room.lab.attacker.spam(1).transcripts[0].why("RCPT TO")
    policy = Policy.parse(room.stage.OPEN_POLICY)
    room.lab.relay.policy = policy.overridden(room.answer["repair"])


def _carries(room: Room) -> Seen:
    why = room.note["open"]
    tried = f"Before the repair a stranger says {why.command}."
    line = f"S: {why.reply}, decided by {why.rule}: {why.reason}"
    expected = f"the line of the policy that the reason speaks of; you chose {room.answer['line']}"
    return Seen(f" {room.answer['line']} " in f" {why.reason} ", tried, line, expected)


HOLE = Exercise(
    id="03.1",
    title="Find the hole, and repair it",
    minutes=6,
    given="""This policy carries mail for strangers. Three of its lines may look suspicious:
    mynetworks = 192.0.2.0/24, 0.0.0.0/0
    mydestination = corp.example, mail.corp.example
    smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
    smtpd_sasl_auth_enable = no
    smtpd_tls_security_level = none""",
    goal="Say which line is the hole, and write that line as it should be. Strangers are refused then, and "
    "office and copier can still send. Mail for the company still arrives.",
    kind=Values(
        line=Choice(
            {
                "mynetworks": "which clients the relay trusts by their address",
                "smtpd_relay_restrictions": "the rules for mail to others, in their order",
                "smtpd_sasl_auth_enable": "whether clients can log in",
                "smtpd_tls_security_level": "whether the relay offers TLS",
            }
        ),
        repair=Text("the line as it should be, such as 'name = value'"),
    ),
    starter={"line": "", "repair": ""},
    prepare=_repairs,
    claims=(
        Claim("hole", "The chosen line is the one that lets strangers in.", _carries),
        sides.STRANGER_REFUSED,
        sides.HOTEL_GUEST_REFUSED,
        sides.OFFICE_SENDS,
        sides.COPIER_SCANS,
        sides.MAIL_COMES_IN,
    ),
    hints=(
        "Look at the transcript of a stranger's letter. Which rule said yes to it, and why?",
        "The rule is `permit_mynetworks`. Read `mynetworks`: which addresses are in each network?",
        "`192.0.2.0/24` is the office. `0.0.0.0/0` is every address there is, so the line trusts everybody. "
        "Keep the first and take the second away.",
    ),
    solution={"line": "mynetworks", "repair": "mynetworks = 192.0.2.0/24"},
    explanation="`0.0.0.0/0` holds every address, so `permit_mynetworks` said yes to everybody, and "
    "`reject_unauth_destination` was never asked. The other lines were not the reason: a relay without login "
    "and without TLS is not open. Staff on the road get a login later; they need no wider network.",
    wrong=(
        Wrong(
            {"line": "mynetworks", "repair": "mynetworks = 127.0.0.0/8"},
            frozenset({"office", "copier"}),
            "Right line, but now the relay trusts itself alone. The office and the copier are strangers, and "
            "their mail is lost. The office's own network belongs into the line.",
        ),
        Wrong(
            {"line": "mynetworks", "repair": "mynetworks = 192.0.2.0/24, 198.51.100.0/24"},
            frozenset({"hotel guest"}),
            "Staff stay in that hotel, and so do others. An address says where somebody is, and not who.",
        ),
        Wrong(
            {"line": "mynetworks", "repair": "mynetworks = 0.0.0.0/0"},
            frozenset({"stranger", "hotel guest"}),
            "The half that is left trusts everybody: /0 means that no part of an address counts.",
        ),
        Wrong(
            {"line": "smtpd_sasl_auth_enable", "repair": "smtpd_sasl_auth_enable = yes"},
            frozenset({"hole", "stranger", "hotel guest"}),
            "Now clients can log in, but nobody has to: `permit_mynetworks` comes first and says yes to all.",
        ),
        Wrong(
            {
                "line": "smtpd_relay_restrictions",
                "repair": "smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination",
            },
            frozenset({"hole", "office", "copier"}),
            "This keeps strangers out, and the office and the copier as well: without `permit_mynetworks` "
            "nobody is trusted by address, and these two don't log in. The rules were right.",
        ),
    ),
)


# 03.2


def _receives(room: Room) -> None:
    """The stranger's letter arrives, and its trace is read."""
    report = room.lab.attacker.spam(1)
    client = report.transcripts[0].client
    room.note["client"] = room.lab.scenery.network.host_at(client.address)
    letter = room.lab.mailbox(room.stage.tell("orders@customer.example"))[0]
    room.note["trace"] = [line for line in letter.text.splitlines() if line.startswith("Received: ")]


def _handed_over(room: Room) -> Seen:
    handed, client = room.answer["handed"], room.note["client"]
    tried = "The relay's line is read, and the session in which the letter came is looked up."
    expected = f"the name behind from; you chose {handed}"
    return Seen(handed == client.domain, tried, room.note["trace"][-1], expected)


def _blocked(room: Room) -> Seen:
    """The customer blocks what was chosen, and the stranger sends again."""
    chosen = room.answer["blocked"]
    hosts = {host.domain: host for host in (room.stage.RELAY, room.stage.ATTACKER, room.stage.MX1)}
    if chosen in hosts:
        backwards = ".".join(reversed(hosts[chosen].address.split(".")))
        room.lab.dns.add(f"{backwards}.{room.stage.BLOCKLIST.domain}. IN A 127.0.0.2")
    room.lab.customer.checks = RecipientPolicy(dnsbl="refuse")
    report = room.lab.attacker.spam(1)
    session = room.lab.transcripts[-1]
    line = line_with(session, "blocked using") or line_with(session, "queued as")
    tried = f"The customer blocks {chosen}, and the stranger sends the next letter through the relay."
    expected = "S: 554 5.7.1 Service unavailable; Client host blocked (and the letter in no mailbox)"
    return Seen(report.delivered == 0, tried, line, expected)


NAMES = {
    "bank.example": "the bank that From: names",
    "vps66.hosting.example": "a machine at a hosting provider",
    "mail.corp.example": "the company's relay",
    "mx1.customer.example": "the customer's mail server",
}

BLAMED = Exercise(
    id="03.2",
    title="Whose name is in the Received: header?",
    minutes=5,
    given="""A letter that the open relay has carried. Each server puts its Received: line on top:
    Return-Path: <security@bank.example>
    Received: from mail.corp.example (mail.corp.example [192.0.2.25])
        by mx1.customer.example (Postfix) with ESMTPS id 5C00000001
    Received: from vps66.hosting.example (vps66.hosting.example [203.0.113.66])
        by mail.corp.example (Postfix) with ESMTP id 4B00000001
    From: Example Bank <security@bank.example>
    To: orders@customer.example
    Subject: Your account is locked""",
    goal="Say which host handed the letter to the company's relay, and which host the customer must block so "
    "that no more such letters come in.",
    kind=Values(handed=Choice(NAMES), blocked=Choice(NAMES)),
    starter={"handed": "", "blocked": ""},
    prepare=_receives,
    claims=(
        Claim("handed", "This host handed the letter to the relay.", _handed_over),
        Claim("blocked", "Blocking this host keeps the next letter out.", _blocked),
    ),
    hints=(
        "Read the Received: lines from the bottom to the top: that is the order in which they were written.",
        "In each line, `from` is who brought the letter and `by` is who wrote the line. The customer's "
        "server sees only who speaks to it.",
        "The lower line was written by the relay, and names its client. The upper one was written by the "
        "customer's server, and its client is the relay.",
    ),
    solution={"handed": "vps66.hosting.example", "blocked": "mail.corp.example"},
    explanation="The lower line is the relay's own: it got the letter from `vps66.hosting.example`. The "
    "customer's server never met that machine. The client that it sees is `mail.corp.example`, so "
    "that is what it can block, and with it all honest mail of the company. The bank in `From:` had no "
    "part in it.",
    wrong=(
        Wrong(
            {"handed": "bank.example", "blocked": "mail.corp.example"},
            frozenset({"handed"}),
            "`From:` and `Return-Path:` were written by the sender, who can put any name there. "
            "Only the servers' own lines say who brought the letter.",
        ),
        Wrong(
            {"handed": "mail.corp.example", "blocked": "mail.corp.example"},
            frozenset({"handed"}),
            "That is the upper line: the relay handing the letter to the customer. Read from the bottom.",
        ),
        Wrong(
            {"handed": "vps66.hosting.example", "blocked": "vps66.hosting.example"},
            frozenset({"blocked"}),
            "That machine sent the letter, but never spoke to the customer's server. Blocking it there "
            "changes nothing: the relay brings the next letter.",
        ),
        Wrong(
            {"handed": "bank.example", "blocked": "bank.example"},
            frozenset({"handed", "blocked"}),
            "The bank's name is only text in the letter. No server of the bank took part, so there is "
            "nothing to block.",
        ),
    ),
)

EXERCISES = (HOLE, BLAMED)
