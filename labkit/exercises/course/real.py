"""Notebook 12: the capstone. A relay that somebody left, with seven faults, looked at from all sides."""

from functools import partial
from textwrap import indent

from labkit.attacker.report import Verdict
from labkit.exercises.answers import POLICY, Choice
from labkit.exercises.course.inherited import FAULTS, KEYS, LETS_IN, chosen, main_cf, shown
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import answer_to, arrives, post, stays_out
from labkit.exercises.room import Room
from labkit.lab.exam.paper import Exam, Result
from labkit.lab.exam.sides import SIDES, Wanted
from labkit.relay.policy import Policy

SCAN = "A page of the scan, and another one of the same length, in sixty-four letters.\n" * 1_500
REFUSED, ARRIVES = "a refusal", "250, and the letter in the mailbox"

# What the exam's sides should be answered, each a claim; keys are those of the sides.
SAYS = {
    "stranger": "A stranger can't send to customers.",
    "sender": "A stranger who writes as the company's copier can't either.",
    "greeting": "A stranger who greets with the office's name can't either.",
    "guest": "Another guest of the hotel can't send.",
    "director": "No stranger writes to staff in the director's name.",
    "nobody": "Mail for a mailbox that isn't there is refused at once.",
    "names": "Nobody is told which mailboxes there are.",
    "clear": "The relay takes no password without TLS.",
    "owner": "Staff who log in can't write as the director.",
    "laptop": "Staff on the road log in over TLS and send.",
    "office": "The office sends.",
    "copier": "The copier scans, without AUTH and TLS.",
    "customer": "Mail for the company arrives.",
    "report": "Delivery reports arrive.",
}


def _examined(room: Room) -> None:
    """Put the answer into force, and let every side call."""
    room.lab.relay.policy = room.answer
    room.note["exam"] = room.lab.exam()


def _seen(key: str, room: Room) -> Seen:
    exam: Exam = room.note["exam"]
    result: Result = next(each for each in exam.results if each.side.key == key)
    wanted = ARRIVES if result.side.wanted is Wanted.ARRIVES else REFUSED
    tried = f"{result.side.who}: {result.side.tries}"
    return Seen(result.passed(proved=True), tried, answer_to(result.attempt), wanted)


def _hidden(room: Room) -> Seen:
    """A second letter is hidden behind a bare line feed."""
    report = room.lab.attacker.smuggle("LF.LF")
    return stays_out(room, "A letter is hidden in another one, behind a bare line feed.", report)


def _final(room: Room) -> Seen:
    """A stranger's letter is refused for good."""
    attempt = room.lab.attacker.spam(1).attempts[0]
    tried = "A stranger sends a letter to a customer."
    return Seen(attempt.verdict is not Verdict.DEFERRED, tried, answer_to(attempt), "S: 554 5.7.1, for good")


def _scan(room: Room) -> Seen:
    """A scan of some pages comes from the copier."""
    report = post(room, room.stage.COPIER_PROGRAM, text=SCAN)
    return arrives(room, "The copier sends a scan of 120 kB.", report)


CLAIMS = (
    *(Claim(side.key, SAYS[side.key], partial(_seen, side.key)) for side in SIDES),
    Claim("hidden", "No letter can hide in another one.", _hidden),
    Claim("final", "A refusal is for good.", _final),
    Claim("scan", "A larger scan still gets through.", _scan),
)
HONEST = frozenset(side.key for side in SIDES if side.wanted is Wanted.ARRIVES) | {"scan"}


# 12.1: the faults, by what the exam shows


def _left_by_somebody(room: Room) -> None:
    """The relay as it was left, with every side's call. The answer is looked at later."""
    named, room.answer = room.answer, Policy.parse(room.stage.tell(main_cf(chosen(room.seed))))
    _examined(room)
    room.answer = named


def _evidence(room: Room, key: str, tried: str, holds: bool, expected: str) -> Seen:
    """What the first claim in which a fault would show sees at the relay as it was left."""
    fault = next(each for each in FAULTS if each.key == key)
    claim = next(each for each in CLAIMS if each.key in fault.shows)
    return Seen(holds, tried, claim.observe(room).line, expected)


def _named(among: frozenset[str], room: Room) -> Seen:
    there = chosen(room.seed) & among
    missing = [key for key in KEYS if key in there - room.answer]
    shown = missing or [key for key in KEYS if key in there]
    return _evidence(room, shown[0], "The relay as it was left, from all sides.", not missing, EACH_IS_NAMED)


def _none_too_many(room: Room) -> Seen:
    extra = [key for key in KEYS if key in room.answer - chosen(room.seed)]
    named = extra or [key for key in KEYS if key in chosen(room.seed)]
    return _evidence(
        room, named[0], "What you named, tried at the relay as it was left.", not extra, IS_THERE
    )


EACH_IS_NAMED = "that each fault which shows so is named"
IS_THERE = "an answer that is not as it should be, for each fault that is named"
FIND_CLAIMS = (
    Claim("let in", "Every fault that lets somebody in is named.", partial(_named, LETS_IN)),
    Claim("lose", "Every fault that loses honest mail is named.", partial(_named, frozenset(KEYS) - LETS_IN)),
    Claim("no more", "Nothing is named that is in order here.", _none_too_many),
)


def _find(seed: str) -> Exercise:
    """Which seven of the twelve faults the relay has is drawn by the seed."""
    faults = chosen(seed)
    letting, losing = faults & LETS_IN, faults - LETS_IN
    return Exercise(
        id="12.1",
        title="Seven faults that somebody left",
        minutes=10,
        given=(
            "Somebody left the company, and left you a relay. Put its main.cf into force in your own lab:\n"
            '    lab.relay.policy = Policy.parse(exercise("12.2").starter)\n'
            f"It says:\n{indent(main_cf(faults), '    ')}"
        ),
        goal=(
            "Name its seven faults. Let every side call (lab.exam()), read what is not as it should be, "
            "and read the policy for what the exam doesn't try."
        ),
        kind=Choice({fault.key: fault.says for fault in FAULTS}, several=True),
        starter=[],
        prepare=_left_by_somebody,
        claims=FIND_CLAIMS,
        hints=(
            "Begin with the rows of the exam that carry a mark. Each has a cause in one line of main.cf.",
            "Three things the exam doesn't try: a bare line feed, a large scan, and whether a "
            "refusal is for good. "
            "Look for smtpd_forbid_bare_newline, message_size_limit and soft_bounce.",
            f"{len(letting)} of the seven let somebody in, and {len(losing)} lose honest mail. "
            "A network that isn't the office's, a rule that says OK to a name, a switch that says no: "
            "each line that differs from the policy of this notebook is a fault.",
        ),
        solution=sorted(faults, key=KEYS.index),
        explanation=(
            "Each fault is one line. What lets somebody in shows when a stranger calls, what "
            "loses mail shows only "
            "when honest people call: so an exam needs both."
        ),
        for_seed=_find,
        wrong=(
            Wrong(
                sorted(letting, key=KEYS.index),
                frozenset({"lose"}),
                "You looked for strangers who get in. A relay that loses the company's own mail "
                "is broken as well: "
                "look at the sides that should be served.",
            ),
            Wrong(
                list(KEYS),
                frozenset({"no more"}),
                "Whoever names everything has found nothing: the owner would have to repair what works. "
                "Name only what you have seen.",
            ),
            Wrong(
                sorted(losing, key=KEYS.index),
                frozenset({"let in"}),
                "These lose honest mail, and somebody will complain soon. Nobody complains about the holes: "
                "look at the sides that should be refused.",
            ),
        ),
    )


def _repair(seed: str) -> Exercise:
    faults = chosen(seed)
    one_hole = frozenset([min(faults & LETS_IN, key=KEYS.index)])
    losing = faults - LETS_IN
    closed = main_cf(frozenset()) + "smtpd_client_restrictions = reject\n"
    return Exercise(
        id="12.2",
        title="Repair it, and prove it",
        minutes=15,
        given="The same relay, as it was left.",
        goal=(
            "Repair the policy so that every side is answered as it should be: strangers are refused, "
            "and staff, copier and customers get through."
        ),
        kind=POLICY,
        starter=main_cf(faults),
        prepare=_examined,
        claims=CLAIMS,
        hints=(
            "Repair one line, let every side call again, and see which mark is gone.",
            "Seven lines are to be changed. Remove what says OK to a name; compare each switch "
            "with the policy of "
            "this notebook.",
            "Only 192.0.2.0/24 is the office. smtpd_relay_restrictions needs three rules, "
            "smtpd_sender_restrictions two: permit_mynetworks and reject_sender_login_mismatch. "
            "TLS is offered "
            "(may), and only a login needs it.",
        ),
        solution=main_cf(frozenset()),
        explanation=(
            "The office is trusted by its network, staff on the road by their login behind TLS, "
            "and everybody may "
            "write to the company. Nothing else is trusted: no sender, no greeting, no name in a letter."
        ),
        for_seed=_repair,
        wrong=(
            Wrong(
                closed,
                HONEST,
                "Every stranger is refused, and so is everybody else: staff, the copier and the customers. "
                "A relay that nobody can use is no repair.",
            ),
            Wrong(
                main_cf(losing),
                shown(losing),
                "No stranger gets in any more, but honest mail is still lost. Let the copier "
                "send a large scan, and "
                "a customer's server a delivery report.",
            ),
            Wrong(
                main_cf(one_hole),
                shown(one_hole),
                "Six of seven are repaired, and one hole is left. One is enough: look at the side that still "
                "gets what it should not get.",
            ),
        ),
    )


EXERCISES = (_find(""), _repair(""))
