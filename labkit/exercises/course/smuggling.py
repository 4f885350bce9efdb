"""Exercise 10.2: the end of smuggling, without refusing an honest old program."""

from dataclasses import replace

from labkit.attacker.means.passing import CUSTOMER, PROVIDER
from labkit.attacker.report import Verdict
from labkit.exercises.answers import POLICY
from labkit.exercises.course.closed import closed
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import answer_to, arrives, post
from labkit.exercises.room import Room, puts_policy
from labkit.exercises.sides import MAIL_COMES_IN, OFFICE_SENDS, STRANGER_REFUSED

FALSE_ENDS = ("LF.LF", "CRLF.LF", "LF.CRCRLF")
SMUGGLED = (
    "A letter with another one behind a false end comes from a provider, with {count} sorts of false ends."
)
IN_ONE_PIECE = "the relay took each for one letter, with the other as text in it"
NOT_SMUGGLED = "no second letter in a mailbox"


def _smuggling(room: Room) -> Seen:
    report = room.lab.attacker.smuggle(FALSE_ENDS)
    arrived = [each for each in report.attempts if each.verdict is Verdict.DELIVERED]
    answered = arrived or [each for each in report.attempts if each.reply]
    line = answer_to(answered[0]) if answered else IN_ONE_PIECE
    return Seen(not arrived, SMUGGLED.format(count=len(FALSE_ENDS)), line, NOT_SMUGGLED)


def _old_program(room: Room) -> Seen:
    to = room.stage.tell("staff@corp.example")
    report = post(room, room.stage.NEWCOMER_PROGRAM, to, bare_newlines=True)
    return arrives(
        room, "Somebody with an old program, which sends bare line feeds, writes to the company.", report
    )


def _webmail(room: Room) -> Seen:
    """An honest letter from the provider through which the attacker's come."""
    host, sender = room.stage.tell(PROVIDER), room.stage.tell(CUSTOMER.address)
    program = replace(room.stage.NEWCOMER_PROGRAM, host=host, sender=sender)
    report = post(room, program, room.stage.tell("staff@corp.example"))
    return arrives(
        room, f"An honest customer of the provider writes to the company, from {host.address}.", report
    )


SMUGGLING = Exercise(
    id="10.2",
    title="End the smuggling without refusing an honest old client",
    minutes=6,
    given=(
        "The relay believes in false ends of a letter. Attackers send through a provider, 198.51.100.40, "
        "which has honest customers as well. Somebody writes to the company with an old program, which "
        "sends bare line feeds."
    ),
    goal="No smuggled letter arrives, and every honest one does.",
    kind=POLICY,
    starter=closed("smtpd_forbid_bare_newline = no"),
    prepare=puts_policy,
    claims=(
        Claim("smuggled", "No second letter gets through.", _smuggling),
        Claim("old program", "The old program can still send.", _old_program),
        Claim("provider", "Honest customers of the provider can still send.", _webmail),
        MAIL_COMES_IN,
        OFFICE_SENDS,
        STRANGER_REFUSED,
    ),
    hints=(
        "Which line of the policy says how the relay treats a bare line feed?",
        "smtpd_forbid_bare_newline knows no, reject and normalize. Ask of each what becomes of the "
        "attack, and of the old program.",
        "normalize believes in the true end alone, and puts the line ends of honest letters right.",
    ),
    solution=closed("smtpd_forbid_bare_newline = normalize"),
    explanation=(
        "With normalize only \\r\\n.\\r\\n ends a letter, so what stands behind a false end stays text. "
        "Bare line feeds elsewhere do no harm, and are put right. This is the default of Postfix since "
        "3.9. A machine in your own network that cannot send a true end is helped by "
        "smtpd_forbid_bare_newline_exclusions."
    ),
    wrong=(
        Wrong(
            closed("smtpd_forbid_bare_newline = reject"),
            frozenset({"old program"}),
            "The attack has ended. But every letter with a bare line feed is refused, the honest old "
            "program's as well.",
        ),
        Wrong(
            closed(
                "smtpd_forbid_bare_newline = normalize",
                "smtpd_forbid_bare_newline_exclusions = $mynetworks, 198.51.100.0/24",
            ),
            frozenset({"smuggled"}),
            "The exclusions are clients for whom nothing is forbidden. The provider is among them, so its "
            "letters are believed as before.",
        ),
        Wrong(
            closed(
                "smtpd_forbid_bare_newline = no",
                "smtpd_client_restrictions = check_client_access inline:{ {198.51.100.40 = REJECT} }",
            ),
            frozenset({"provider"}),
            "This shuts out the provider with all its honest customers. The next attacker comes through "
            "another one.",
        ),
        Wrong(
            closed(
                "smtpd_forbid_bare_newline = no",
                "body_checks = pcre:{ {/^MAIL FROM:/ REJECT a letter in a letter} }",
            ),
            frozenset({"smuggled"}),
            "body_checks looks at the lines of a letter. For this relay the letter has ended before that "
            "line: it is a command, and no filter sees it.",
        ),
        Wrong(
            closed("smtpd_forbid_bare_newline = no", "smtpd_client_restrictions = permit_mynetworks, reject"),
            frozenset({"old program", "provider", "inbound"}),
            "Nobody outside the office can write to the company any more, the attacker as little as a "
            "customer.",
        ),
    ),
)
