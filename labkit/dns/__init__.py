"""The lab's name service: a zone as data, a server that answers from it, a resolver that asks it.

Nothing here knows a name that isn't in the lab's zone, and no question leaves the machine.
"""
