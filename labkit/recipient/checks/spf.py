"""SPF: may this client send mail for the domain of the envelope (RFC 7208)?

The domain lists the addresses that send for it, in a TXT record. SPF looks at the envelope only: what the
reader sees as From: may say anything.

pyspf reads the records. It asks the DNS in the middle of its work, so it is run again each time it has
asked something that wasn't fetched yet, until it needs nothing more.
"""

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

from labkit.dns.resolver import Resolver, TemporaryFailure
from labkit.recipient.checks.verdict import Message, Verdict, one_line
from labkit.smtp.envelope import Session

if TYPE_CHECKING:
    from types import ModuleType

Question = tuple[str, str]  # a name and a type
Records = dict[Question, "list[Any] | None"]  # as pyspf wants them; None where the DNS can't say

MOST_LOOK_UPS = 10  # RFC 7208 section 4.6.4
MOST_QUESTIONS = 150  # ten "mx", each with ten hosts, is the most that the RFC allows

REASONS = {
    "pass": "{domain} lists {client} as one of its senders.",
    "fail": "{domain} says that {client} may not send its mail.",
    "softfail": "{domain} says that {client} should not send its mail, but it isn't sure (~all).",
    "neutral": "{domain} says neither yes nor no about {client}.",
    "none": "{domain} doesn't say who may send its mail: it has no SPF record.",
    "temperror": "The DNS can't say now who may send mail of {domain}.",
    "permerror": "The SPF record of {domain} is wrong, so it says nothing: {problem}.",
}
PROBLEMS = {
    "Two or more": "there are two of them",
    "include has trivial recursion": "it includes itself",
    "Too many DNS lookups": f"it needs more than {MOST_LOOK_UPS} look-ups",
    "Void lookup limit": "too many of the names in it don't exist",
    "No valid SPF record for included domain": "it includes a domain that has none",
    "redirect domain has no SPF record": "it leads to a domain that has none",
}


async def check(message: Message, session: Session, dns: Resolver) -> Verdict:
    """Whether the client may send for the domain of the reverse-path, or of its EHLO if that is empty."""
    records: Records = {}
    while True:
        verdict, missing = decide(message, session, records)
        if not missing:
            return verdict
        records[missing] = await _fetched(dns, *missing)


def decide(message: Message, session: Session, records: Records) -> tuple[Verdict, Question | None]:
    """The verdict that follows from these records, and what else must be asked first."""
    query = _query_type()(session.client.address, message, session.helo, records)
    result, problem = query.judged()
    if query.missing and len(records) < MOST_QUESTIONS:
        return Verdict("none", ""), query.missing
    return _verdict(query, session, result, problem), None


def _verdict(query: Any, session: Session, result: str, problem: str) -> Verdict:
    domain, client = one_line(query.o) or "The empty domain", session.client.address
    said = next((words for sign, words in PROBLEMS.items() if problem.startswith(sign)), one_line(problem))
    record = next((text for text in query.found if text.lower().startswith("v=spf1")), "")
    evidence = [
        ("domain", domain),
        ("from", "EHLO" if query.ident == "helo" else "MAIL FROM"),
        ("client", client),
    ]
    if record:
        evidence += [("record", one_line(record, 450)), ("look-ups", f"{query.lookups} of {MOST_LOOK_UPS}")]
    if query.mechanism and result != "permerror":
        evidence.append(("matched", one_line(query.mechanism)))
    if result == "permerror":
        evidence.append(("problem", one_line(problem)))
    reason = REASONS[result].format(domain=domain, client=client, problem=said)
    return Verdict(result, reason, tuple(evidence))


async def _fetched(dns: Resolver, name: str, kind: str) -> "list[Any] | None":
    """The records of a name in the form that pyspf wants."""
    try:
        if kind == "TXT":
            return [(text.encode(),) for text in await dns.texts(name)]
        values = (await dns.look_up(name, kind)).values
    except TemporaryFailure:
        return None
    if kind != "MX":
        return list(values)
    pairs = (value.split() for value in values)
    return [(int(preference), host) for preference, host in pairs if host != "."]


@cache
def _spf() -> "ModuleType":
    """pyspf; its source has an escape that newer Pythons warn of when they compile it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import spf  # here: few recipients check, and it takes longer to load than a lab to start
    return spf  # type: ignore[no-any-return]


@cache
def _query_type() -> Any:
    """pyspf's query, which takes its records from us instead of the machine's name servers."""
    spf = _spf()

    class Query(spf.query):  # type: ignore[name-defined,misc]
        """``missing`` is the first question that has no answer here; ``found`` the texts that were used."""

        def __init__(self, client: str, message: Message, helo: str, records: Records) -> None:
            path = message.reverse_path
            super().__init__(client, "" if path.is_null else path.address, helo)
            self.records = records
            self.missing: Question | None = None
            self.found: list[str] = []
            self.mechanism, self.t = None, "0"  # %{t} would be the machine's time

        def judged(self) -> tuple[str, str]:
            """Result and problem."""
            try:
                result, _, text = self.check()
            except (ValueError, IndexError, AssertionError) as error:  # what it doesn't expect in a record
                return "permerror", str(error)
            return result, text.partition("Error: ")[2]

        def dns(self, name: str, kind: str, cnames: Any = None, ignore_void: bool = False) -> list[Any]:
            """The records of a name; aliases are followed already."""
            question = (name.lower().rstrip("."), kind)
            if not all(0 < len(label) < 64 for label in question[0].split(".")):
                return []
            if question not in self.records:
                self.missing = self.missing or question
                raise spf.TempError("not fetched yet")
            answer = self.records[question]
            if answer is None:
                raise spf.TempError("no answer")
            if kind == "TXT":
                self.found += [text.decode("utf-8", "replace") for (text,) in answer]
            if not answer and not ignore_void:
                self.void_lookups += 1
                if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                    raise spf.PermError("Void lookup limit of 2 exceeded")
            return list(answer)

    return Query
