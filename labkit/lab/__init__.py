"""Who is on stage, and the plain calls by which a student moves them.

usual     the cast as data: hosts, names, accounts, the policy that somebody left behind
stage     the same in the words of a seed; variant makes these words, telling puts them in
scenery   everything that a lab consists of, built on the loop and taken down again
senders   staff and copier, as students call them
attacks   the stranger, as students call it
lab       the lab itself
defences  what is done against abuse, wrong and right
matrix    every attack against every defence, and honest mail through each
"""

from labkit.lab.lab import Lab

__all__ = ["Lab"]
