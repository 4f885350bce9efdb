"""Notebook 04: what abuse costs, and the way off a blocklist."""

from labkit.exercises.course.bill.clean_up import CLEAN_UP
from labkit.exercises.course.bill.waiting import WAITING
from labkit.exercises.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (WAITING, CLEAN_UP)
