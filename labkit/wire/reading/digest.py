"""What a session came to, in the few words that a list of thousands shows and filters by.

A finished session never changes, so it is read once. Of a list only the rows that are shown are read;
a filter by verdict reads all of them, the first time.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from labkit.wire.reading.letters import Fate, outcome
from labkit.wire.reading.line import Part
from labkit.wire.reading.lines import lines
from labkit.wire.reading.verdict import verdict
from labkit.wire.record import Recording, decisions, unpack_decision
from labkit.wire.recorder import Track


@dataclass(frozen=True, slots=True)
class Digest:
    """``verdict`` is one of ``VERDICTS``; ``accepted`` of ``offered`` letters were taken.

    ``refused_by`` is the first rule that refused anything, or empty; ``secure`` says that TLS began.
    """

    verdict: str
    accepted: int
    offered: int
    refused_by: str
    secure: bool


_known: WeakKeyDictionary[Track, Digest] = WeakKeyDictionary()


def digest(track: Track) -> Digest:
    """The digest of a session, as far as it has come."""
    known = _known.get(track)
    if known is None:
        finished = track.is_over  # before it is read: it may end meanwhile
        known = _read(track.transcript())
        if finished:
            _known[track] = known
    return known


def rules(track: Track) -> set[str]:
    """The rules that have decided anything in a session, with their arguments."""
    return {unpack_decision(data)[0] for data in decisions(bytes(track.log))}


def is_decided_by(track: Track, rule: str) -> bool:
    """Whether a rule has decided anything in a session; its argument may be left away."""
    if str(rule).encode(errors="replace") not in track.log:  # as most sessions can be passed over
        return False
    return any(f"{name} ".startswith(f"{rule} ") for name in rules(track))


def _read(recording: Recording) -> Digest:
    said = lines(recording)
    letters = outcome(said)
    return Digest(
        verdict(letters),
        letters.count(Fate.ACCEPTED),
        len(letters.letters),
        letters.refusal.rule if letters.refusal else "",
        any(line.part is Part.TLS for line in said),
    )
