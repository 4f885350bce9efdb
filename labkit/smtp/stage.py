"""The stages of a conversation from the client's side, in the words of Postfix's log."""

from typing import NamedTuple


class Stage(NamedTuple):
    """What the client is doing, and for how many seconds it waits for the answer.

    The seconds are the defaults of Postfix's smtp_helo_timeout, smtp_mail_timeout and so on; ``command``
    is what the answer is a reply to.
    """

    doing: str
    seconds: int
    command: str


GREETING = Stage("receiving the initial server greeting", 300, "connect")
EHLO = Stage("performing the EHLO handshake", 300, "EHLO command")
HELO = Stage("performing the HELO handshake", 300, "HELO command")
STARTTLS = Stage("receiving the STARTTLS response", 300, "STARTTLS command")
AUTH = Stage("performing the AUTH handshake", 300, "AUTH command")
MAIL = Stage("sending MAIL FROM", 300, "MAIL FROM command")
RCPT = Stage("sending RCPT TO", 300, "RCPT TO command")
DATA = Stage("sending DATA command", 120, "DATA command")
DOT = Stage("sending end of data -- message may be sent more than once", 600, "end of DATA command")
RSET = Stage("sending RSET probe", 20, "RSET command")
QUIT = Stage("sending QUIT", 300, "QUIT command")

BY_STEP = {"MAIL": MAIL, "RCPT": RCPT, "DATA": DATA, ".": DOT}
BY_VERB = {"EHLO": EHLO, "HELO": HELO, "STARTTLS": STARTTLS, "AUTH": AUTH, "RSET": RSET} | BY_STEP
