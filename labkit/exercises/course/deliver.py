"""Exercises of notebook 02: a letter's way, when a relay tries again, and when it gives up."""

from labkit.exercises.course.bounces import BOUNCE_OR_WAIT
from labkit.exercises.course.received import READ
from labkit.exercises.course.retry import RETRY
from labkit.exercises.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (READ, RETRY, BOUNCE_OR_WAIT)
