"""How Postfix looks something up in tables: first the whole, then its parts (access(5), mail_addr_find).

Keys go from an address to its domain, from a name to the domains above it, from an IP address to its
networks. A table of patterns is asked for the whole only.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from labkit.relay.language import tables
from labkit.relay.rules.case import Case
from labkit.relay.rules.destination import Kind
from labkit.relay.rules.hostnames import is_address
from labkit.smtp.address import Path

OF_WHOLE_KEYS = "inline:"  # the other tables have patterns


class Key(NamedTuple):
    """``whole`` says that it is no part of something: only such keys are looked up in patterns."""

    text: str
    whole: bool


class Found(NamedTuple):
    """The key that was found, and what the table says of it."""

    key: str
    value: str


def owners(case: Case, sender: Path) -> frozenset[str]:
    """The accounts to which ``smtpd_sender_login_maps`` gives an address, in lower case."""
    found = find(case.policy.smtpd_sender_login_maps, _listings(case, case.resolved(sender).path))
    return frozenset(re.split(r"[,\s]+", found.value.lower())) if found else frozenset()


def is_listed(case: Case, maps: Sequence[str], path: Path) -> bool:
    """Whether a list of recipients has an address; an empty list has everybody."""
    if not maps:
        return True
    if tables.MAILBOXES in maps and case.site.mailboxes.knows(path.local):
        return True
    return find([table for table in maps if table != tables.MAILBOXES], _listings(case, path)) is not None


def is_known(maps: Sequence[str], key: str) -> bool:
    """Whether a list of tables has exactly this key."""
    return find(maps, [Key(key, whole=True)]) is not None


def find(maps: Sequence[str], keys: Iterable[Key]) -> Found | None:
    """The first key that a table has; each key is looked up in every table before the next."""
    for key in keys:
        for text in maps:
            if key.whole or text.startswith(OF_WHOLE_KEYS):
                value = tables.table(text).find(key.text)
                if value is not None:
                    return Found(key.text, value)
    return None


def _above(name: str) -> Iterator[Key]:
    """The domains above a name."""
    while "." in name:
        name = name.partition(".")[2]
        if name:
            yield Key(name, whole=False)


def domains(name: str) -> Iterator[Key]:
    """A host name, and the domains above it."""
    yield Key(name, whole=True)
    if not is_address(name):
        yield from _above(name)


def networks(address: str) -> Iterator[Key]:
    """An IP address, and its networks at the dots or colons."""
    separator = ":" if ":" in address else "."
    yield Key(address, whole=True)
    while separator in address:
        address = address.rpartition(separator)[0]
        yield Key(address, whole=False)


def addresses(path: Path) -> Iterator[Key]:
    """A mail address, its domain, the domains above it, and "user@"."""
    yield Key(path.address, whole=True)
    yield Key(path.domain, whole=False)
    yield from _above(path.domain)
    yield Key(f"{path.local}@", whole=False)


def _listings(case: Case, path: Path) -> Iterator[Key]:
    """Where Postfix looks an address up in a list of addresses."""
    yield Key(path.address, whole=True)
    if case.resolved(path).kind is Kind.OWN:
        yield Key(path.local, whole=False)
    yield Key(f"@{path.domain}", whole=False)
