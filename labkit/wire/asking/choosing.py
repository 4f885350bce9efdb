"""Which sessions are meant: by host, by verdict, by rule. A wrong word gets an answer that helps."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from labkit.errors import UsageError
from labkit.wire.reading.digest import digest, is_decided_by, rules
from labkit.wire.reading.verdict import VERDICTS
from labkit.wire.recorder import Track

NO_VERDICT = "There is no verdict {word!r}.{hint} The verdicts are: {known}."
NO_HOST = "There is no host {word!r} here.{hint} The hosts are: {known}."
NO_RULE = "There is no rule {word!r}, and none of that name has decided anything.{hint}"
HINT = " Did you mean {word!r}?"


@dataclass(frozen=True, slots=True)
class Words:
    """Names that are right even where no session has them."""

    hosts: Collection[str] = ()
    rules: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the sessions have in common; None where anything will do."""

    host: str | None = None
    verdict: str | None = None
    rule: str | None = None

    def __str__(self) -> str:
        named = {"host": self.host, "verdict": self.verdict, "rule": self.rule}
        return ", ".join(f"{name}={word!r}" for name, word in named.items() if word is not None)


def choose(tracks: list[Track], wanted: Wanted) -> list[Track]:
    """Those of the sessions that fit.

    The cheap questions come first: a verdict is known only once a session has been read.
    """
    host, verdict, rule = wanted.host, wanted.verdict, wanted.rule
    left = tracks
    if host is not None:
        left = [track for track in left if host in _names(track)]
    if rule is not None:
        left = [track for track in left if is_decided_by(track, rule)]
    if verdict is not None:
        left = [track for track in left if digest(track).verdict == verdict]
    return left


def check(tracks: list[Track], wanted: Wanted, words: Words) -> None:
    """Raise UsageError for a word that is no verdict, no host or no rule, with the nearest that is one."""
    host, verdict, rule = wanted.host, wanted.verdict, wanted.rule
    if verdict is not None and verdict not in VERDICTS:
        raise _wrong(NO_VERDICT, verdict, VERDICTS)
    if host is not None and host not in words.hosts and not any(host in _names(track) for track in tracks):
        named = {end.name for track in tracks for end in (track.client, track.server)}
        raise _wrong(NO_HOST, host, sorted(named.union(words.hosts)))
    if rule is not None and not _is_rule(rule, tracks, words):
        seen = (name.partition(" ")[0] for track in tracks for name in rules(track))
        raise _wrong(NO_RULE, rule, sorted({*seen, *words.rules}))


def _is_rule(word: str, tracks: list[Track], words: Words) -> bool:
    return str(word).partition(" ")[0] in words.rules or any(is_decided_by(track, word) for track in tracks)


def _names(track: Track) -> tuple[str, ...]:
    return track.client.name, track.server.name, track.client.address, track.server.address


def _wrong(sentence: str, word: str, known: Iterable[str]) -> UsageError:
    known = list(known)
    close = get_close_matches(str(word), known, 1, 0.6)
    hint = HINT.format(word=close[0]) if close else ""
    return UsageError(sentence.format(word=word, hint=hint, known=", ".join(known)))
