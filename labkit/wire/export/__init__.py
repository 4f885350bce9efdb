"""Recorded sessions as files: to hand in, to compute with, to open in Wireshark.

run           what is written: some sessions, and what stands above them
save          which kind of file a name asks for, and whether it may be written
text, html    what the views show, every line of it
jsonl         one JSON object for each line of each session
pcapng        what a listener on the path would have captured, and the keys that decrypt it
conversation  a session as TCP carries it, and ``framing`` each of its packets
"""
