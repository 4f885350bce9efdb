"""The addresses by which public testers find out whether a server relays, as a table.

The sixteen pairs are those of Nmap's smtp-open-relay, which Metasploit's smtp_relay has as well; the
legacy ones come from older testers (rlytest and its kin). Most are tricks of mail systems that had to be
told the way: today a server must see through them, and refuse.
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """What the letters in a pattern stand for, in one test of one server."""

    F: str  # the tester's local part as a sender
    T: str  # the tester's local part as a recipient
    D: str  # the tester's domain, which isn't the server's
    S: str  # the server's name, as its banner says
    I: str  # the server's address literal, such as [192.0.2.25]

    def put_into(self, text: str) -> str:
        """The text with names in place of letters."""
        names = asdict(self)
        return "".join(names.get(sign, sign) for sign in text)

    def __str__(self) -> str:
        return ", ".join(f"{letter} = {name}" for letter, name in asdict(self).items())


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is written behind MAIL FROM: and RCPT TO:, and why a server might fall for it."""

    number: str
    mail: str
    rcpt: str
    trick: str

    @property
    def is_classic(self) -> bool:
        """Whether it is one of the sixteen."""
        return self.number.isdecimal()

    def __str__(self) -> str:
        return f"MAIL FROM:{self.mail} RCPT TO:{self.rcpt}"


CLASSIC = (
    Pattern("1", "<>", "<T@D>", "looks like a bounce"),
    Pattern("2", "<F@D>", "<T@D>", "hides nothing: from outside to outside"),
    Pattern("3", "<F@S>", "<T@D>", "the sender claims the server's name"),
    Pattern("4", "<F@I>", "<T@D>", "the sender claims the server's address"),
    Pattern("5", "<F@I>", "<T%D@I>", "percent hack: to the server, and on from there"),
    Pattern("6", "<F@I>", "<T%D@S>", "percent hack, by the server's name"),
    Pattern("7", "<F@I>", '<"T@D">', "quoted: looks like a mailbox without a domain"),
    Pattern("8", "<F@I>", '<"T%D">', "quoted percent hack without a domain"),
    Pattern("9", "<F@I>", "<T@D@I>", "two @: the last one looks local"),
    Pattern("10", "<F@I>", '<"T@D"@I>', "a quoted address as a local mailbox"),
    Pattern("11", "<F@I>", "<T@D@S>", "two @, by the server's name"),
    Pattern("12", "<F@I>", "<@I:T@D>", "source route: by way of the server"),
    Pattern("13", "<F@I>", "<@S:T@D>", "source route, by the server's name"),
    Pattern("14", "<F@I>", "<D!T>", "bang path, as UUCP wrote addresses"),
    Pattern("15", "<F@I>", "<D!T@I>", "bang path as a local mailbox"),
    Pattern("16", "<F@I>", "<D!T@S>", "bang path, by the server's name"),
)

LEGACY = (
    Pattern("a", "<F@D>", "T@D", "no angle brackets"),
    Pattern("b", "<F>", "<T@D>", "the sender has no domain"),
    Pattern("c", "<F@D>", "<T%[D]@>", "percent hack with nothing behind the @"),
    Pattern("d", "<F@D>", "<T@[D]@>", "two @, and nothing behind the last"),
)

PATTERNS = CLASSIC + LEGACY
