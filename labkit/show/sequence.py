"""The sequence diagram of one letter: who spoke to whom about it, in order, and how it ended."""

from labkit.attacker.report import Attempt, Report
from labkit.lab import Lab
from labkit.lab.following import follow
from labkit.lab.journey import Journey
from labkit.show.lifelines import Lifelines
from labkit.show.picture import Picture
from labkit.show.sheet import WIDTH, png


def sequence(lab: Lab, of: int | str | Report | Attempt, letter: int = 1) -> Picture:
    """A picture of one letter's way across all hosts: encrypted or not, refused, retried or returned.

    ``of`` is the number of the session in which the letter was offered first, a report or one of its
    attempts, the letter's queue id, or its mark, such as "n000001". ``letter`` counts from 1 the letters
    of a session, or the attempts of a report. To look changes nothing in the lab. Raises UsageError when
    there is no such letter, or no longer, and LabClosed.
    """
    return picture(lab.wait_for(_followed(lab, of, letter), "the letter's way to be read"))


async def _followed(lab: Lab, of: object, letter: int) -> Journey:
    # On the lab's thread, so that nothing moves meanwhile.
    return follow(lab.scenery, of, letter)


def picture(journey: Journey) -> Picture:
    """The picture of a way."""
    lifelines = Lifelines(journey)
    return Picture(journey.text, png(lifelines.height, lifelines.paint), WIDTH)
