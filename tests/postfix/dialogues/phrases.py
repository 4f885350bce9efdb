"""What the dialogues have in common. ``{n}`` is a mark by which a letter is found again."""

from collections.abc import Iterable
from typing import NamedTuple


class Dialogue(NamedTuple):
    """Who speaks, by the name of the host, and what it says: ``player`` explains the marks."""

    source: str
    script: str


HELLO = "C: EHLO vps66.hosting.example\n"
HELLO_FROM_THE_OFFICE = "C: EHLO workstation.corp.example\n"
FROM = "C: MAIL FROM:<someone@hosting.example>\n"
FROM_STAFF = "C: MAIL FROM:<staff@corp.example>\n"
TO_STAFF = "C: RCPT TO:<staff@corp.example>\n"
TO_ORDERS = "C: RCPT TO:<orders@customer.example>\n"
LETTER = "C: DATA\nD: From: <someone@hosting.example>\nD: Subject: {n}\nD:\nD: Hello\nD: .\n"
START_TLS = "C: STARTTLS\n== TLS\n"


def outside(*said: str) -> Dialogue:
    """A stranger's dialogue."""
    return Dialogue("attacker", HELLO + "".join(said))


def office(*said: str) -> Dialogue:
    """The office's dialogue."""
    return Dialogue("workstation", HELLO_FROM_THE_OFFICE + "".join(said))


def said(commands: Iterable[str]) -> str:
    """One command after the other."""
    return "".join(f"C: {command}\n" for command in commands)


def recipients(*paths: str) -> str:
    """RCPT TO for each, as it is written."""
    return said(f"RCPT TO:{path}" for path in paths)


def transactions(commands: Iterable[str]) -> str:
    """After each command, a transaction that is given up."""
    return "".join(f"C: {command}\n{FROM}{TO_STAFF}C: RSET\n" for command in commands)


def senders(*paths: str) -> str:
    """MAIL FROM and a recipient for each, as it is written."""
    return "".join(f"C: MAIL FROM:{path}\n{TO_STAFF}C: RSET\n" for path in paths)


def content(*lines: str) -> str:
    """DATA, and content of these lines."""
    return "C: DATA\n" + "".join(f"D: {line}\n" for line in (*lines, "."))


def raw(literal: str) -> str:
    """DATA, and content whose octets are written as a Python literal; its end is among them."""
    return f"C: DATA\nD> {literal}\n"


def raw_to_the_end(literal: str) -> str:
    """DATA, and octets that a server may take for content and commands; then nothing more is said."""
    return f"C: DATA\nC> {literal}\n== END\n"
