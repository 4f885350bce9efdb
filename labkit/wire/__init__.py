"""The recording of the lab's network, as values, and the views of it.

frame       one thing that happened on a connection: bytes one way, TLS begun, a decision, the end
wire view   the bytes below TLS: what somebody who listens on the path can read
session view  the lines above TLS: what the server saw, each reply with the rule that decided it
line        what the server read or said, with what it means: decided once, in ``reading``
why         the rules that were asked for a reply, in order, and the one that decided
transcript  the recording of one session, frozen; every view is a pure function of it
recorder    where the network writes; bounded, and it says what it dropped

``reading`` makes lines from frames, ``views`` shows them, ``comparing`` lines two of them up,
``asking`` finds sessions, replies and reasons, and ``export`` writes them into files.
"""
