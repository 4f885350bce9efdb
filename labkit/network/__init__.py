"""The lab's one small network: every byte of the lab goes through here.

host      a name and an address of the documentation ranges; nothing in the lab is anywhere else
fabric    who may talk to whom: maps lab addresses to whatever carries the bytes
carrier   what carries the bytes: loopback sockets today, anything with two ends tomorrow
tap       the server's end of a connection, where the wire is recorded
guard     loopback or OutsideTheLab, and an audit hook behind it
"""
