"""When a letter is tried again, and when the relay gives up (Postfix: qmgr(8)).

A letter is tried again after as long as it has already waited, but never sooner than
``minimal_backoff_time`` and never later than ``maximal_backoff_time``: often while it is young, and
rarely once it is clear that somebody has to repair something first.
"""

from datetime import datetime, timedelta

from labkit.relay.policy import Policy
from labkit.relay.queueing.entry import Entry


def next_attempt(policy: Policy, entry: Entry, now: datetime) -> datetime:
    """When the letter is tried again after an attempt that failed now."""
    age = (now - entry.arrived).total_seconds()
    pause = max(policy.minimal_backoff_time, min(age, policy.maximal_backoff_time))
    return now + timedelta(seconds=pause)


def given_up_at(policy: Policy, entry: Entry) -> datetime:
    """From when on an attempt that fails is the last one. A bounce has a lifetime of its own."""
    is_bounce = entry.letter.reverse_path.is_null
    lifetime = policy.bounce_queue_lifetime if is_bounce else policy.maximal_queue_lifetime
    return entry.arrived + timedelta(seconds=lifetime)


def is_overdue(policy: Policy, entry: Entry, now: datetime) -> bool:
    """Whether the sender is to be told now that the letter is late; a delay of 0 means never."""
    wait = policy.delay_warning_time
    return 0 < wait <= (now - entry.arrived).total_seconds() and not entry.warned
