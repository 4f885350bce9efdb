"""What a session came to, in one word and in one sentence.

Each sentence stands here complete, so that it can be translated; none is put together from parts.
"""

from labkit.wire.reading.letters import Fate, Outcome, step_of
from labkit.wire.reading.line import Line

ACCEPTED, REFUSED, DEFERRED = "accepted", "refused", "deferred"
MIXED, UNFINISHED, NO_LETTER = "mixed", "unfinished", "no letter"
VERDICTS = {
    ACCEPTED: "the server took every letter",
    REFUSED: "it took none, and said no",
    DEFERRED: "it took none, and said: not now",
    MIXED: "it took some, and not the others",
    UNFINISHED: "a letter was begun, and never completed",
    NO_LETTER: "none was offered, and nothing refused",
}

ONE_ACCEPTED = "Accepted: the server took the letter."
ALL_ACCEPTED = "Accepted: the server took all {total:,} letters."
NOTHING_OFFERED = "No letter was offered."
ONE_UNFINISHED = "Unfinished: the letter was begun, and never completed."
SOME_UNFINISHED = (
    "Unfinished: the server took {accepted:,} of {total:,} letters; the others were never completed."
)

# With the rule that said no, and without one; for no letter, one letter, and more.
BY_RULE = {
    (REFUSED, 0): "Refused: no letter was offered; {step} was refused by {rule}.",
    (REFUSED, 1): "Refused: the letter was refused at {step} by {rule}.",
    (REFUSED, 2): "Refused: the server took none of {total:,} letters; "
    "the first was refused at {step} by {rule}.",
    (DEFERRED, 0): "Refused for now: no letter was offered; {step} was refused for now by {rule}.",
    (DEFERRED, 1): "Refused for now: the letter was refused at {step} by {rule}; it may come again.",
    (DEFERRED, 2): "Refused for now: the server took none of {total:,} letters; "
    "the first was refused at {step} by {rule}. They may come again.",
    (MIXED, 2): "Refused in part: the server took {accepted:,} of {total:,} letters; "
    "the first refusal was at {step} by {rule}.",
}
BY_CODE = {
    (REFUSED, 1): "Refused: the letter was refused at {step} with {code}.",
    (REFUSED, 2): "Refused: the server took none of {total:,} letters; "
    "the first was refused at {step} with {code}.",
    (DEFERRED, 1): "Refused for now: the letter was refused at {step} with {code}; it may come again.",
    (DEFERRED, 2): "Refused for now: the server took none of {total:,} letters; "
    "the first was refused at {step} with {code}. They may come again.",
    (MIXED, 2): "Refused in part: the server took {accepted:,} of {total:,} letters; "
    "the first refusal was at {step} with {code}.",
}


def verdict(of: Outcome) -> str:
    """What a session came to: one of ``VERDICTS``."""
    if not of.letters:
        return _no(of.refusal) if of.refusal else NO_LETTER
    fates = {letter.fate for letter in of.letters}
    if Fate.REFUSED in fates:
        return MIXED if Fate.ACCEPTED in fates else _no(*_refusals(of))
    return UNFINISHED if Fate.UNFINISHED in fates else ACCEPTED


def sentence(of: Outcome) -> str:
    """The same with the particulars: how many letters, and the first no."""
    word, total = verdict(of), len(of.letters)
    if word in (REFUSED, DEFERRED, MIXED):
        said = of.refusal if not of.letters else _refusals(of)[0]
        assert said is not None
        wordings = BY_RULE if said.rule else BY_CODE
        return wordings[word, min(total, 2)].format(
            accepted=of.count(Fate.ACCEPTED), total=total, step=step_of(said), rule=said.rule, code=said.code
        )
    if word == NO_LETTER:
        return NOTHING_OFFERED
    one, several = (ONE_UNFINISHED, SOME_UNFINISHED) if word == UNFINISHED else (ONE_ACCEPTED, ALL_ACCEPTED)
    return one if total == 1 else several.format(accepted=of.count(Fate.ACCEPTED), total=total)


def _refusals(of: Outcome) -> list[Line]:
    return [letter.reply for letter in of.letters if letter.fate is Fate.REFUSED]


def _no(*replies: Line) -> str:
    """Refused for good as soon as one of them is (RFC 5321, section 4.2.1)."""
    return REFUSED if any(reply.code >= 500 for reply in replies) else DEFERRED
