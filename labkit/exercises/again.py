"""An answer that was kept as text, looked at once more: what a check makes of it now."""

from labkit.exercises.answers import AnswerError
from labkit.exercises.checking import Look, Outcome, State, check
from labkit.exercises.exercise import Exercise
from labkit.exercises.telling import told
from labkit.lab.stage import stage_of


def again(exercise: Exercise, text: str, seed: str, look: Look | None = None) -> Outcome:
    """Check an answer that ``kind.text`` made into text. ``look`` is called after each claim.

    Raises what ``check`` raises, and UsageError for what can't be a seed.
    """
    shown = told(exercise, stage_of(seed))
    if not text:
        return Outcome(shown, State.NOT_ATTEMPTED)
    try:
        answer = shown.kind.answer(text)
    except AnswerError as error:
        return Outcome(shown, State.NOT_YET, trouble=str(error))
    return check(exercise, answer, seed, look)
