"""Who is on stage, and the plain calls by which a student moves them.

stage     the cast as data: hosts, names, accounts, the policy that somebody left behind
scenery   everything that a lab consists of, built on the loop and taken down again
senders   staff, copier and stranger, as students call them
lab       the lab itself
"""

from labkit.lab.lab import Lab

__all__ = ["Lab"]
