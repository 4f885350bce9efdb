"""The lab's name service: a zone as data, a server that answers from it, a resolver that asks it.

Nothing here knows a name that isn't in the lab's zone, and no question leaves the machine.

zone      the records, and what a question about them gets; master reads how they are written
changes   what students may add and take away
server    answers; faults is what can be wrong with it
resolver  asks, and keeps the answers
lists     how lists of addresses are asked
"""
