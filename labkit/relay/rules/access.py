"""Access tables: what is looked up, and what the value that is found does (access(5)).

Policy services answer with the same actions.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from labkit.relay.rules.case import (
    Case,
    Effect,
    Marks,
    Subject,
    Verdict,
    client_subject,
    defers_if_permitted,
    defers_if_rejected,
    goes_on,
    helo_subject,
    permits,
    recipient_subject,
    refuses,
    sender_subject,
)
from labkit.relay.rules.search import Key, addresses, domains, find, networks
from labkit.smtp import reply
from labkit.smtp.address import NULL
from labkit.smtp.envelope import Envelope
from labkit.smtp.reply import Reply

NULL_KEY = Key("<>", whole=True)  # Postfix: smtpd_null_access_lookup_key
NO_SERVICE = "451 4.3.5 Server configuration problem"  # Postfix: smtpd_policy_service_default_action

_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\S)\s*")
_HEADER = re.compile(r"[!-9;-~]+[ \t]*:")


def check_client_access(case: Case, table: str) -> Verdict:
    """Ask a table for the client's name, its parent domains, its address and its networks."""
    session = case.session
    keys = chain(domains(session.client_name), networks(session.client.address))
    return _looked_up(case, table, keys, client_subject(session))


def check_helo_access(case: Case, table: str) -> Verdict:
    """Ask a table for the name that the client greeted with, and its parent domains."""
    helo = case.session.helo
    if not helo:
        return goes_on("The client has not greeted")
    return _looked_up(case, table, domains(helo), helo_subject(helo))


def check_sender_access(case: Case, table: str) -> Verdict:
    """Ask a table for the sender: the address, its domain and the domains above, and "user@"."""
    if case.sender is None:
        return goes_on("No sender is known yet")
    keys = [NULL_KEY] if case.sender.is_null else addresses(case.resolved(case.sender).path)
    return _looked_up(case, table, keys, sender_subject(case.sender))


def check_recipient_access(case: Case, table: str) -> Verdict:
    """Ask a table for the recipient: the address, its domain and the domains above, and "user@"."""
    if case.recipient is None or case.destination is None:
        return goes_on("No recipient is known yet")
    verdict = _looked_up(case, table, addresses(case.destination.path), recipient_subject(case.recipient))
    if verdict.effect is Effect.PERMIT and case.destination.routed:
        saw = f"{verdict.saw}; but {case.recipient} asks to be sent on, so that counts for nothing"
        return verdict._replace(effect=Effect.GO_ON, saw=saw)
    return verdict


async def check_policy_service(case: Case, service: str) -> Verdict:
    """Ask a policy service, and do what it says (SMTPD_POLICY_README)."""
    envelope = Envelope(case.sender or NULL, case.recipient or NULL)
    action = await case.site.policy_service(service, case.session, envelope, case.site.clock.now)
    if action is None:
        return act(case, NO_SERVICE, f"{service} gave no answer", case.subject)
    return act(case, action, f"{service} says: {action}", case.subject)


def act(case: Case, action: str, saw: str, subject: Subject) -> Verdict:
    """What an action of access(5) does; ``saw`` says where it was found."""
    word, _, text = action.strip().partition(" ")
    text = text.strip()
    match word.upper():
        case "DUNNO" | "WARN" | "INFO":
            return goes_on(saw)
        case "OK" | "RELAY":
            return permits(saw)
        case "REJECT":
            return refuses(_said(554, subject, text, "Access denied"), saw)
        case "DEFER":
            return refuses(_said(450, subject, text, "Access denied"), saw)
        case "DEFER_IF_PERMIT":
            return defers_if_permitted(_said(450, subject, text, "Service unavailable"), saw)
        case "DEFER_IF_REJECT":
            return defers_if_rejected(_said(450, subject, text, "Service unavailable"), saw)
        case "HOLD" | "DISCARD" | "PREPEND":
            return _marked(case, word.upper(), text, saw)
    return _numeric(action, word, text, saw, subject) or _other_rules(action, saw, subject)


def _looked_up(case: Case, table: str, keys: Iterable[Key], subject: Subject) -> Verdict:
    tried = list(keys)
    found = find((table,), tried)
    if not found:
        return goes_on(f"{tried[0].text} is not in the table")
    return act(case, found.value, f"The table says of {found.key}: {found.value}", subject)


def _marked(case: Case, word: str, text: str, saw: str) -> Verdict:
    if case.sender is None:  # a letter that doesn't exist yet can't be marked
        return goes_on(f"{saw}; no letter has begun, so that counts for nothing")
    if word == "HOLD":
        return goes_on(saw).marking(Marks(hold=True))
    if word == "DISCARD":
        return permits(saw).marking(Marks(discard=True))
    return goes_on(saw).marking(Marks(prepend=(text,) if _HEADER.match(text) else ()))


def _numeric(action: str, word: str, text: str, saw: str, subject: Subject) -> Verdict | None:
    if action.strip().isdigit():
        return permits(saw)
    if len(word) == 3 and word.isdigit() and word[0] in "45" and text:
        return refuses(_said(int(word), subject, text, "Access denied"), saw)
    return None


def _other_rules(action: str, saw: str, subject: Subject) -> Verdict:
    """The names of restrictions; a table can't name another one."""
    if ":" in action:
        return refuses(reply.BAD_CONFIGURATION, f"{saw}. A table must not name other tables")
    rules = tuple(_entries(re.split(r"[,\s]+", action.strip(", \t"))))
    return Verdict(Effect.ASK, saw, rules=rules, about=subject)


def _entries(words: list[str]) -> Iterator[str]:
    from labkit.relay.restrictions import RESTRICTIONS  # here: they name this module's rules

    rest = iter(words)
    for word in rest:
        rule = RESTRICTIONS.get(word.lower())
        yield f"{word} {next(rest, '')}".strip() if rule and rule.takes else word


def _said(code: int, subject: Subject, text: str, otherwise: str) -> Reply:
    """The refusal that a table words: it may begin with an enhanced code (RFC 3463)."""
    found = _STATUS.match(text)
    enhanced = found[1] if found else f"{str(code)[0]}.7.1"
    text = text[found.end() :] if found else text
    return reply.refused(code, _about(enhanced, subject.part), *subject, text or otherwise)


# Codes of the form x.1.y are about one address: about the sender's they say something else than about a
# recipient's (RFC 3463 section 3.2). Postfix puts a table's code right (smtpd_dsn_fix).
_OF_SENDER = {"1": "7", "2": "8", "3": "7", "4": "7", "6": "7", "7": "7", "8": "8"}
_OF_RECIPIENT = {"1": "1", "2": "2", "3": "3", "4": "4", "5": "5", "6": "6", "7": "3", "8": "2"}


def _about(enhanced: str, part: str) -> str:
    kind, subject, detail = enhanced.split(".")
    if subject != "1":
        return enhanced
    if part == "Sender address":
        return f"{kind}.1.{_OF_SENDER.get(detail, '0')}"
    if part == "Recipient address":
        return f"{kind}.1.{_OF_RECIPIENT.get(detail, '0')}"
    return f"{kind}.0.0"
