"""Which command is allowed when: the table that the server runs.

A cell is the state that a positive answer leads to, or the reply that refuses the command. The
transaction is all that matters here: Postfix takes MAIL without a greeting unless told otherwise
(``smtpd_helo_required``), and so does the lab.
"""

from collections.abc import Mapping
from enum import Enum

from labkit.smtp import reply
from labkit.smtp.reply import Reply


class State(Enum):
    """Where a mail transaction stands (RFC 5321 section 3.3)."""

    IDLE = "no transaction"
    MAIL = "a reverse-path is known"
    RCPT = "at least one forward-path is accepted"


IDLE, MAIL, RCPT = State

ORDER: Mapping[str, Mapping[State, State | Reply]] = {
    "HELO": {IDLE: IDLE, MAIL: IDLE, RCPT: IDLE},
    "EHLO": {IDLE: IDLE, MAIL: IDLE, RCPT: IDLE},
    "STARTTLS": {IDLE: IDLE, MAIL: IDLE, RCPT: IDLE},
    "AUTH": {IDLE: IDLE, MAIL: reply.AUTH_IN_MAIL, RCPT: reply.AUTH_IN_MAIL},
    "MAIL": {IDLE: MAIL, MAIL: reply.NESTED_MAIL, RCPT: reply.NESTED_MAIL},
    "RCPT": {IDLE: reply.NEED_MAIL, MAIL: RCPT, RCPT: RCPT},
    "DATA": {IDLE: reply.NEED_RCPT, MAIL: reply.NO_VALID_RECIPIENTS, RCPT: IDLE},
    "RSET": {IDLE: IDLE, MAIL: IDLE, RCPT: IDLE},
    "NOOP": {IDLE: IDLE, MAIL: MAIL, RCPT: RCPT},
    "VRFY": {IDLE: IDLE, MAIL: MAIL, RCPT: RCPT},
    "QUIT": {IDLE: IDLE, MAIL: IDLE, RCPT: IDLE},
}
