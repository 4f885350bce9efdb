"""What changed between two sessions, in whole sentences.

Each sentence stands here complete, so that it can be translated; none is put together from parts.
"""

from dataclasses import dataclass

from labkit.wire.reading.letters import Fate, Outcome, outcome, step_of
from labkit.wire.reading.line import Line, Part

BOTH_ACCEPTED = "Before and after, the letter was accepted."
ACCEPTED_OTHERWISE = "Before, the letter was accepted by {before.rule}; after, by {after.rule}."
NOW_REFUSED = "Before, the letter was accepted; after, it was refused at {after.step} by {after.rule}."
NOW_ACCEPTED = "Before, the letter was refused at {before.step} by {before.rule}; after, it was accepted."
BOTH_REFUSED = "Before and after, the letter was refused at {after.step} by {after.rule}."
REFUSED_OTHERWISE = (
    "Before, the letter was refused at {before.step} by {before.rule}; "
    "after, it was refused at {after.step} by {after.rule}."
)
# The same for more than one letter on both sides: whose first refusal is named decides.
SEVERAL = "Before, the server accepted {b:,} of {before:,} letters; after, {a:,} of {after:,}."
SEVERAL_NOW = (
    "Before, the server accepted {b:,} of {before:,} letters; after, {a:,} of {after:,}: "
    "the first refusal was at {now.step} by {now.rule}."
)
SEVERAL_NO_LONGER = (
    "Before, the server accepted {b:,} of {before:,} letters, "
    "and the first refusal was at {then.step} by {then.rule}; after, it accepted {a:,} of {after:,}."
)
SEVERAL_BOTH = (
    "Before, the server accepted {b:,} of {before:,} letters, "
    "and the first refusal was at {then.step} by {then.rule}; "
    "after, it accepted {a:,} of {after:,}, and the first refusal was at {now.step} by {now.rule}."
)
TLS_NOW = "Before, a listener on the path could read every word; after, TLS turned the words into noise."
TLS_NO_LONGER = (
    "Before, TLS turned the words into noise; after, a listener on the path could read every word."
)

# Where one sentence for both would need one for every pair: one for before and one for after.
APART = {
    "none": ("Before, no letter was offered.", "After, no letter was offered."),
    "none, refused": (
        "Before, no letter was offered; {step} was refused by {rule}.",
        "After, no letter was offered; {step} was refused by {rule}.",
    ),
    "accepted": ("Before, the letter was accepted.", "After, the letter was accepted."),
    "unfinished": ("Before, the letter was not finished.", "After, the letter was not finished."),
    "refused": (
        "Before, the letter was refused at {step} with {code}.",
        "After, the letter was refused at {step} with {code}.",
    ),
    "refused by": (
        "Before, the letter was refused at {step} by {rule}.",
        "After, the letter was refused at {step} by {rule}.",
    ),
    "several": (
        "Before, the server accepted {accepted:,} of {total:,} letters.",
        "After, the server accepted {accepted:,} of {total:,} letters.",
    ),
    "several, refused": (
        "Before, the server accepted {accepted:,} of {total:,} letters; the first refusal was by {rule}.",
        "After, the server accepted {accepted:,} of {total:,} letters; the first refusal was by {rule}.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Decision:
    fate: Fate
    step: str
    rule: str


def sentences(before: tuple[Line, ...], after: tuple[Line, ...]) -> tuple[str, ...]:
    """What changed from one session's lines to another's, which must not be folded."""
    told = _together(outcome(before), outcome(after)) or _apart(outcome(before), outcome(after))
    secured = [any(line.part is Part.TLS for line in side) for side in (before, after)]
    if secured == [False, True]:
        return *told, TLS_NOW
    if secured == [True, False]:
        return *told, TLS_NO_LONGER
    return told


def _together(before: Outcome, after: Outcome) -> tuple[str, ...]:
    if len(before.letters) > 1 and len(after.letters) > 1:
        return (_several(before, after),)
    first, second = _decision(before), _decision(after)
    if first is None or second is None:
        return ()
    match first.fate, second.fate:
        case Fate.ACCEPTED, Fate.ACCEPTED:
            other = first.rule and second.rule and first.rule != second.rule
            sentence = ACCEPTED_OTHERWISE if other else BOTH_ACCEPTED
        case Fate.ACCEPTED, _:
            sentence = NOW_REFUSED
        case _, Fate.ACCEPTED:
            sentence = NOW_ACCEPTED
        case _:
            sentence = BOTH_REFUSED if first == second else REFUSED_OTHERWISE
    return (sentence.format(before=first, after=second),)


def _several(before: Outcome, after: Outcome) -> str:
    then, now = (_refusal(side) for side in (before, after))
    sentence = {
        (False, False): SEVERAL,
        (False, True): SEVERAL_NOW,
        (True, False): SEVERAL_NO_LONGER,
        (True, True): SEVERAL_BOTH,
    }[then is not None, now is not None]
    b, a = (side.count(Fate.ACCEPTED) for side in (before, after))
    return sentence.format(b=b, a=a, before=len(before.letters), after=len(after.letters), then=then, now=now)


def _refusal(of: Outcome) -> _Decision | None:
    """What refused the first letter that a rule refused."""
    refused = (letter for letter in of.letters if letter.fate is Fate.REFUSED and letter.reply.rule)
    first = next(refused, None)
    return _Decision(first.fate, step_of(first.reply), first.reply.rule) if first else None


def _decision(of: Outcome) -> _Decision | None:
    """What decided about the only letter; None where that can't be said in half a sentence."""
    if len(of.letters) != 1:
        return None
    letter = of.letters[0]
    known = letter.fate is Fate.ACCEPTED or (letter.fate is Fate.REFUSED and letter.reply.rule)
    return _Decision(letter.fate, step_of(letter.reply), letter.reply.rule) if known else None


def _apart(before: Outcome, after: Outcome) -> tuple[str, ...]:
    return tuple(
        APART[_kind(side)][moment].format_map(_particulars(side))
        for moment, side in enumerate((before, after))
    )


def _kind(of: Outcome) -> str:
    if not of.letters:
        return "none, refused" if of.refusal else "none"
    if len(of.letters) > 1:
        return "several, refused" if of.count(Fate.REFUSED) and of.refusal else "several"
    letter = of.letters[0]
    if letter.fate is Fate.REFUSED:
        return "refused by" if letter.reply.rule else "refused"
    return "accepted" if letter.fate is Fate.ACCEPTED else "unfinished"


def _particulars(of: Outcome) -> dict[str, str | int]:
    reply = of.letters[0].reply if len(of.letters) == 1 else of.refusal
    return {
        "accepted": of.count(Fate.ACCEPTED),
        "total": len(of.letters),
        "rule": reply.rule if reply else "",
        "step": step_of(reply) if reply else "",
        "code": reply.code if reply else 0,
    }
