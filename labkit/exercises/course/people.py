"""Exercises of notebook 08: passwords that are guessed, and an account that is stolen."""

from labkit.exercises.course.guessing import SPRAYING
from labkit.exercises.course.stolen import LOUD
from labkit.exercises.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (SPRAYING, LOUD)
