"""TLS, certificates and passwords."""

from base64 import b64encode

from postfix.dialogues.phrases import (
    FROM,
    FROM_STAFF,
    HELLO,
    LETTER,
    START_TLS,
    TO_ORDERS,
    TO_STAFF,
    Dialogue,
    outside,
    said,
)


def _plain(user: str, password: str) -> str:
    return b64encode(f"\0{user}\0{password}".encode()).decode()


GOOD, BAD, NOBODY = (
    _plain("staff", "paper-boat-7"),
    _plain("staff", "wrong"),
    _plain("nobody", "paper-boat-7"),
)
USER, PASSWORD = b64encode(b"staff").decode(), b64encode(b"paper-boat-7").decode()


def hotel(*said: str) -> Dialogue:
    """What staff's laptop says in the hotel."""
    return Dialogue("laptop", "C: EHLO room77.hotel.example\n" + "".join(said))


TLS = {
    "a letter under TLS": outside(START_TLS, HELLO, FROM, TO_STAFF, LETTER),
    "what came before TLS is forgotten": outside(
        FROM, TO_STAFF, START_TLS, TO_STAFF, FROM, TO_STAFF, "C: STARTTLS\n"
    ),
    "STARTTLS with more behind it": outside(
        r"C> 'STARTTLS\r\nMAIL FROM:<someone@hosting.example>\r\n'" + "\nS:\n== TLS\n", HELLO, TO_STAFF
    ),
    "STARTTLS where it doesn't belong": Dialogue("attacker", "C: STARTTLS now\nC: STARTTLS\n"),
    "a client with a certificate": hotel("C: STARTTLS\n== TLS certificate\n", HELLO, FROM, TO_ORDERS, LETTER),
    "a client with a stranger's certificate": hotel(
        "C: STARTTLS\n== TLS stranger\n", HELLO, FROM, TO_ORDERS, LETTER
    ),
    "commands before TLS": outside(
        FROM, said(("VRFY staff", "RSET", "NOOP", "ETRN corp.example", "FOO", "AUTH PLAIN", "HELO x.example"))
    ),
}

AUTH = {
    "AUTH PLAIN": hotel(said([f"AUTH PLAIN {GOOD}"] * 2), FROM_STAFF, TO_ORDERS, LETTER),
    "AUTH LOGIN under TLS": hotel(
        START_TLS, HELLO, said(("AUTH LOGIN", USER, PASSWORD)), FROM_STAFF, TO_ORDERS, LETTER
    ),
    "AUTH LOGIN at once": hotel(said((f"AUTH LOGIN {USER}", PASSWORD, "NOOP"))),
    "a wrong password, and no such user": outside(
        said(f"AUTH PLAIN {proof}" for proof in (BAD, NOBODY, BAD, GOOD))
    ),
    "AUTH that is broken off": outside(
        said(("AUTH PLAIN", "*", "AUTH LOGIN", USER, "*", "AUTH PLAIN", GOOD))
    ),
    "AUTH of odd form": outside(
        said(
            (
                "AUTH",
                "AUTH FOO",
                "AUTH PLAIN !!!!",
                "AUTH PLAIN =",
                "AUTH PLAIN AAAA",
                "AUTH LOGIN !!!!",
                "auth plain a b",
                "AUTH LOGIN",
                "!!!!",
                "NOOP",
            )
        )
    ),
    "AUTH within a transaction, or without EHLO": Dialogue(
        "attacker",
        f"C: AUTH PLAIN {GOOD}\nC: HELO x.example\nC: AUTH PLAIN {GOOD}\n"
        + HELLO
        + FROM
        + f"C: AUTH PLAIN {GOOD}\n",
    ),
    "somebody else's address": hotel(
        START_TLS,
        HELLO,
        FROM_STAFF + "C: RCPT TO:<sales@corp.example>\nC: RSET\n",
        f"C: AUTH PLAIN {GOOD}\n",
        "C: MAIL FROM:<director@corp.example>\n" + TO_ORDERS + "C: RSET\n",
        FROM + TO_ORDERS + "C: RSET\n",
        "C: MAIL FROM:<staff@corp.example> AUTH=<>\n" + TO_ORDERS,
    ),
}
