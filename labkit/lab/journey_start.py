"""Where a letter's way begins: in which session it was offered first, and which letter it was there."""

from labkit.attacker.report import Attempt, Report
from labkit.errors import UsageError
from labkit.lab.scenery import Scenery
from labkit.relay.trail import Arrived
from labkit.wire.reading.exchanges import dialogue
from labkit.wire.transcript import Transcript

NOT_A_LETTER = (
    "{what!r} is no letter. Give the number of a session, a report, one of its attempts, a queue id as in "
    "lab.queue, or the mark of a letter such as 'n000001'."
)
NO_SUCH_MARK = (
    "No recorded session has a letter {mark!r}. One that was refused before it was read leaves no mark: "
    "give the number of its session."
)
NO_SUCH_LETTER = "Session {session} offered {count} letters: choose letter=1 to letter={count}."
NO_SUCH_ATTEMPT = "This report has {count} attempts: choose letter=1 to letter={count}."
NO_SESSION = "This letter was never offered: nobody was reached."


def start(scenery: Scenery, what: object, letter: int) -> tuple[Transcript, int]:
    """The session in which the letter was offered first, and its number among the letters there, from 0."""
    if isinstance(what, Report) and not what.attempts and 1 <= letter <= len(what.transcripts):
        return scenery.recorder.transcript(what.transcripts[letter - 1].number), 0
    if isinstance(what, Report):
        if not 1 <= letter <= len(what.attempts):
            raise UsageError(NO_SUCH_ATTEMPT.format(count=len(what.attempts)))
        attempt = what.attempts[letter - 1]
        before = [one for one in what.attempts[: letter - 1] if one.session == attempt.session]
        return _of_attempt(scenery, attempt, len(before))
    if isinstance(what, Attempt):
        return _of_attempt(scenery, what, 0)
    if isinstance(what, int) and not isinstance(what, bool):
        session = scenery.recorder.transcript(what)
        count = len(dialogue(session).offers)
        if letter != 1 and not 1 <= letter <= count:
            raise UsageError(NO_SUCH_LETTER.format(session=what, count=count))
        return session, letter - 1
    if not isinstance(what, str):
        raise UsageError(NOT_A_LETTER.format(what=what))
    return _marked(scenery, what)


def _of_attempt(scenery: Scenery, attempt: Attempt, number: int) -> tuple[Transcript, int]:
    if not attempt.session:
        raise UsageError(NO_SESSION)
    session = scenery.recorder.transcript(attempt.session)
    offers = dialogue(session).offers
    marked = [at for at, offer in enumerate(offers) if offer.mark == attempt.nonce]
    return session, (marked or [min(number, max(len(offers) - 1, 0))])[0]


def _marked(scenery: Scenery, mark: str) -> tuple[Transcript, int]:
    """The first session with a letter of this mark, or the one that gave it this queue id."""
    for relay in (scenery.relay, scenery.smarthost):
        for event in relay.site.trail.of(mark):
            if isinstance(event, Arrived) and event.session in scenery.recorder:
                session = scenery.recorder.transcript(event.session)
                ids = [offer.queue_id for offer in dialogue(session).offers]
                if mark in ids:
                    return session, ids.index(mark)
    wanted = f"<{mark}@".encode()
    for session in scenery.recorder:
        if any(wanted in frame.data for frame in session.frames):
            marks = [offer.mark for offer in dialogue(session).offers]
            if mark in marks:
                return session, marks.index(mark)
    raise UsageError(NO_SUCH_MARK.format(mark=mark))
