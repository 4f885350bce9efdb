"""Which command is allowed when: the table that the server runs.

A cell is the state that a positive answer leads to, or the reply that refuses the command. The
transaction is all that matters here: Postfix takes MAIL without a greeting unless told otherwise
(``smtpd_helo_required``), and so does the lab. DATA leads to its cell once the letter is there; BDAT has
tables of its own.
"""

from collections.abc import Mapping
from enum import Enum

from labkit.smtp import reply
from labkit.smtp.reply import Reply


class State(Enum):
    """Where a mail transaction stands (RFC 5321 section 3.3, RFC 3030 section 2)."""

    IDLE = "no transaction"
    MAIL = "a reverse-path is known"
    RCPT = "at least one forward-path is accepted"
    CHUNKS = "a part of the letter is here"
    SPOILED = "a part of the letter was refused: what follows is thrown away, up to the last part"
    LOST = "a part of the letter was refused, and the transaction is over"


IDLE, MAIL, RCPT, CHUNKS, SPOILED, LOST = State

IN_TRANSACTION = frozenset({MAIL, RCPT, CHUNKS, SPOILED})

Row = Mapping[State, State | Reply]
_ENDS: Row = dict.fromkeys(State, IDLE)
_KEEPS: Row = {state: state for state in State}
_NESTED: Row = dict.fromkeys(IN_TRANSACTION, reply.NESTED_MAIL)

ORDER: Mapping[str, Row] = {
    "HELO": _ENDS,
    "EHLO": _ENDS,
    "STARTTLS": _ENDS,
    "AUTH": {**_KEEPS, **dict.fromkeys(IN_TRANSACTION, reply.AUTH_IN_MAIL)},
    "MAIL": {IDLE: MAIL, LOST: reply.MAIL_AFTER_BDAT, **_NESTED},
    "RCPT": {
        IDLE: reply.NEED_MAIL,
        MAIL: RCPT,
        RCPT: RCPT,
        CHUNKS: reply.RCPT_AFTER_BDAT,
        SPOILED: reply.RCPT_AFTER_BDAT,
        LOST: reply.NEED_MAIL,
    },
    "DATA": {
        IDLE: reply.NEED_RCPT,
        MAIL: reply.NO_VALID_RECIPIENTS,
        RCPT: IDLE,
        CHUNKS: reply.DATA_AFTER_BDAT,
        SPOILED: reply.DATA_AFTER_BDAT,
        LOST: reply.DATA_AFTER_BDAT,
    },
    "BDAT": _KEEPS,
    "RSET": _ENDS,
    "NOOP": _KEEPS,
    "VRFY": _KEEPS,
    "ETRN": {**_KEEPS, **dict.fromkeys(IN_TRANSACTION, reply.ETRN_IN_MAIL)},
    "XCLIENT": {**_KEEPS, **dict.fromkeys(IN_TRANSACTION, reply.AUTH_IN_MAIL)},
    "XFORWARD": {**_KEEPS, **dict.fromkeys(IN_TRANSACTION, reply.AUTH_IN_MAIL)},
    "QUIT": _ENDS,
}

# Where a chunk leads, whatever its answer (RFC 3030 section 2): one that was taken, one that was refused
# before it was read or after, and the last one.
CHUNK_TAKEN: Mapping[State, State] = {RCPT: CHUNKS, CHUNKS: CHUNKS}
CHUNK_UNREAD: Mapping[State, State] = {**dict.fromkeys(State, LOST), **dict.fromkeys(IN_TRANSACTION, SPOILED)}
CHUNK_READ: Mapping[State, State] = {RCPT: LOST, CHUNKS: LOST}
CHUNK_LAST: Mapping[State, State] = dict.fromkeys(State, IDLE)

BEFORE_TLS = frozenset({"HELO", "EHLO", "XCLIENT", "STARTTLS", "NOOP", "QUIT"})
LAST_OF_GROUP = frozenset({"HELO", "EHLO", "DATA", "NOOP", "VRFY"})  # RFC 2920 section 3.1
IDLE_TALK = frozenset({"HELO", "EHLO", "RSET", "NOOP", "VRFY", "ETRN"})  # Postfix: smtpd_junk_command_limit
