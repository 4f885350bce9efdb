"""Blocklists in the DNS: is the client's address on one of them (RFC 5782)?

The question is a look-up and the answer an address of 127.0.0.0/8. What else comes back, such as the
address of whoever bought the list's domain since, lists nobody; and neither does a list that has
127.0.0.1, because it has every address there is. A list that doesn't answer is held against nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from labkit.dns.lists import NEVER_LISTED, question
from labkit.dns.resolver import Resolver, TemporaryFailure
from labkit.recipient.checks.verdict import Message, Verdict, one_line
from labkit.smtp.envelope import Session

LISTS = ("bl.example",)
CODES = "127."  # how an answer begins that means "listed" (section 2.1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a list said about an address: its codes, None when it said nothing, and why, as a text.

    ``lists_all`` is True where the list has what no list may have.
    """

    name: str
    codes: tuple[str, ...] | None
    text: str = ""
    lists_all: bool = False

    @property
    def is_listing(self) -> bool:
        """Whether the address is on the list."""
        return bool(self.codes) and not self.problem

    @property
    def problem(self) -> str:
        """Why the answer doesn't count; empty when it does."""
        if self.codes is None:
            return "gave no answer"
        if any(not code.startswith(CODES) for code in self.codes):
            return f"answered {', '.join(self.codes)}, which is no answer of a list (RFC 5782 section 2.1)"
        return "has 127.0.0.1 on it, so it lists everybody (RFC 5782 section 5)" if self.lists_all else ""


async def check(_message: Message, session: Session, dns: Resolver, lists: Iterable[str] = LISTS) -> Verdict:
    """Whether a list has the address of the client: "listed", "not listed", or "temperror"."""
    address = session.client.address
    return decide(address, [await _asked(dns, name, address) for name in lists])


def decide(address: str, answers: Iterable[Answer]) -> Verdict:
    """What the answers of the lists mean; the first list that has the address is named."""
    found = list(answers)
    listing = next((answer for answer in found if answer.is_listing), None)
    evidence = (("client", address), *(_told(answer) for answer in found))
    if listing:
        named = (("list", listing.name), ("text", listing.text))
        why = f": {listing.text}" if listing.text else "."
        return Verdict("listed", f"{listing.name} lists {address}{why}", (*named, *evidence))
    if found and all(answer.codes is None for answer in found):
        names = ", ".join(answer.name for answer in found)
        return Verdict("temperror", f"No answer came from {names}, which is held against nobody.", evidence)
    return Verdict("not listed", f"No list that was asked has {address}.", evidence)


def _told(answer: Answer) -> tuple[str, str]:
    said = answer.problem or (", ".join(answer.codes or ()) if answer.codes else "doesn't have it")
    return answer.name, said


async def _asked(dns: Resolver, name: str, address: str) -> Answer:
    asked = question(address, name)
    try:
        codes = (await dns.look_up(asked, "A")).values
    except TemporaryFailure:
        return Answer(name, None)
    if not codes:
        return Answer(name, ())
    return Answer(name, codes, await _text(dns, asked), await _lists_all(dns, name, address))


async def _text(dns: Resolver, asked: str) -> str:
    try:
        return one_line(" / ".join(await dns.texts(asked)))
    except TemporaryFailure:
        return ""


async def _lists_all(dns: Resolver, name: str, address: str) -> bool:
    try:
        return bool((await dns.look_up(question(NEVER_LISTED[":" in address], name), "A")).values)
    except TemporaryFailure:
        return False
