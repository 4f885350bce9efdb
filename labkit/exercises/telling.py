"""An exercise told for a seed: the same task with other names, addresses and passwords."""

from dataclasses import replace

from labkit.exercises.exercise import Exercise
from labkit.lab.stage import Stage


def told(exercise: Exercise, stage: Stage) -> Exercise:
    """The exercise in the words of a stage: everything in it that is made of texts, and its kind."""
    if exercise.for_seed:
        exercise = exercise.for_seed(stage.seed)
    return replace(stage.tell(exercise), kind=exercise.kind.told(stage))
