"""The recipient's policy: which checks run, and what follows from what they find.

Nothing is checked unless a student says so:

>>> RecipientPolicy()
Nothing is checked: every letter for a mailbox goes to its inbox.
>>> RecipientPolicy(dnsbl="refuse", spf="header", dmarc="usual")
dnsbl = listed: refuse
spf = header
dmarc = fail: as the domain asks
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from labkit.errors import PolicyError
from labkit.recipient.actions import CHECKS, Action

if TYPE_CHECKING:
    from labkit.recipient.checks.content import Rules

OFF, USUAL = "off", "usual"


@dataclass(frozen=True, repr=False)
class RecipientPolicy:
    """What a recipient checks, and what it does about what is found.

    Each check is given as one of
    - "off": it isn't run;
    - "header": it is run, and the letter says what was found;
    - "nothing": it is run, and only the verdicts beside the letter say so;
    - another action, such as "refuse": it follows from every bad result;
    - "usual": as large mailbox providers do;
    - "fail: refuse, softfail: spam folder": an action for each result, and "header" for all others.

    ``lists``
    are the blocklists that dnsbl asks. ``bulk_volume`` is how many letters a day make a domain a bulk
    sender: the providers say 5,000, and this lab is a hundredth of that. ``sealers`` are forwarders whose
    ARC seal is believed: a letter that they saw pass DMARC is forgiven its failure here. ``rules``
    are what content looks for, the lab's own when it is None.

    Raises PolicyError for a check's value that isn't one of these.
    """

    dnsbl: str = OFF
    greylist: str = OFF
    spf: str = OFF
    dkim: str = OFF
    arc: str = OFF
    dmarc: str = OFF
    content: str = OFF
    bulk: str = OFF
    reputation: str = OFF
    lists: tuple[str, ...] = ("bl.example",)
    bulk_volume: int = 50
    sealers: tuple[str, ...] = ()
    rules: "Rules | None" = None

    def __post_init__(self) -> None:
        for check in CHECKS:
            _read(check, getattr(self, check))
        for name in ("lists", "sealers"):
            object.__setattr__(self, name, _names(getattr(self, name)))
        if (
            isinstance(self.bulk_volume, bool)
            or not isinstance(self.bulk_volume, int)
            or self.bulk_volume < 1
        ):
            raise PolicyError(
                f"bulk_volume = {self.bulk_volume!r} is no number of letters: choose 1 or more."
            )

    @cached_property
    def checks(self) -> tuple[str, ...]:
        """The checks that are run, in their order."""
        return tuple(check for check in CHECKS if _plain(getattr(self, check)) != OFF)

    def runs(self, check: str) -> bool:
        """Whether a check is run."""
        return check in self.checks

    def action(self, check: str, result: str) -> Action:
        """What follows from a result of a check that is run."""
        return self.actions(check).get(result, Action.HEADER)

    def actions(self, check: str) -> Mapping[str, Action]:
        """What follows from each result for which something is said."""
        return _read(check, getattr(self, check))

    def replace(self, **changes: object) -> "RecipientPolicy":
        """The same policy with some values changed. Raises PolicyError as a new one does."""
        known = [one.name for one in fields(self)]
        for name in changes:
            if name not in known:
                raise PolicyError(f"A recipient has no setting {name!r}.{_nearest(name, known)}")
        return replace(self, **changes)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        if not self.checks:
            return "Nothing is checked: every letter for a mailbox goes to its inbox."
        lines = [f"{check} = {self._said(check)}" for check in self.checks]
        if self.runs("dnsbl") and self.lists != ("bl.example",):
            lines.append(f"lists = {', '.join(self.lists)}")
        if self.runs("dmarc") and self.sealers:
            lines.append(f"sealers = {', '.join(self.sealers)}")
        if self.runs("bulk") and self.bulk_volume != RecipientPolicy.bulk_volume:
            lines.append(f"bulk_volume = {self.bulk_volume}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"

    def _said(self, check: str) -> str:
        actions = self.actions(check)
        if set(actions.values()) == {Action.NOTHING}:
            return Action.NOTHING
        return ", ".join(f"{result}: {action}" for result, action in actions.items()) or Action.HEADER


def a_policy(value: object) -> RecipientPolicy:
    """The value, if it is a policy. Raises PolicyError."""
    if not isinstance(value, RecipientPolicy):
        raise PolicyError('A recipient needs a RecipientPolicy, such as RecipientPolicy(spf="refuse").')
    return value


def _names(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Several names: a tuple, or a text with commas or spaces between them."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else tuple(value)


def _plain(value: object) -> str:
    return " ".join(str(value).lower().split()) if value is not None else OFF


def _read(check: str, value: object) -> Mapping[str, Action]:
    """What follows from which result. Raises PolicyError."""
    plain, known = _plain(value), CHECKS[check]
    if plain in (OFF, Action.HEADER):
        return {}
    if plain == USUAL:
        return known.usual
    if plain == Action.NOTHING:
        return dict.fromkeys(known.results, Action.NOTHING)
    if ":" not in plain:
        action = _action(check, plain)
        return dict.fromkeys(known.bad, action)
    pairs = (part.partition(":") for part in plain.split(","))
    return {_result(check, result.strip()): _action(check, word.strip()) for result, _, word in pairs}


def _result(check: str, word: str) -> str:
    known = CHECKS[check].results
    if word not in known:
        raise PolicyError(
            f"{check} never finds {word!r}.{_nearest(word, known)} It can find {', '.join(known)}."
        )
    return word


def _action(check: str, word: str) -> Action:
    actions = [action for action in Action if check == "dmarc" or action is not Action.AS_ASKED]
    if word not in actions:
        words = [*actions, OFF, USUAL]
        raise PolicyError(
            f"{check} = {word!r} is nothing that a recipient can do.{_nearest(word, words)} "
            f"It can do {', '.join(actions)}; 'off' and 'usual' are possible too."
        )
    return Action(word)


def _nearest(word: str, words: Sequence[str]) -> str:
    close = get_close_matches(word, list(words), 1, 0.5)
    return f" Did you mean {str(close[0])!r}?" if close else ""


def _all(value: str) -> RecipientPolicy:
    return RecipientPolicy(**dict.fromkeys(CHECKS, value))  # type: ignore[arg-type]


NOTHING = RecipientPolicy()
HEADERS = _all(Action.HEADER.value).replace(greylist=OFF)  # everything is looked at, nothing follows
PROVIDER = _all(USUAL).replace(greylist=OFF)  # as a large mailbox provider
