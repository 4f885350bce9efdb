"""The kinds of lists in main.cf: networks, domains, tables, next hops, milters (postconf(5)).

A list is a text with commas or white space between its items, or a Python sequence. What this lab can't
read raises a PolicyError that says what is wrong, and what would be right.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import partial
from typing import Annotated

from labkit.errors import PolicyError
from labkit.relay.filtering.scanners import SCANNERS, SIGNER
from labkit.relay.language import checks, main_cf, tables
from labkit.relay.language.patterns import network
from labkit.relay.language.values import Kind, whole

Texts = tuple[str, ...]

MILTERS = (*SCANNERS, SIGNER)

# Texts: a pattern that nothing asks for isn't compiled.
DOMAIN = r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*"
SOCKET = r"inet:[^\s:,{}]+:\d{1,5}|unix:[^\s:,{}]+"

_PORTS = {"smtp": 25, "submission": 587, "smtps": 465, "submissions": 465}
_NEXT_HOP = r"(\[[^][\s]+\]|[^][:\s]+)(?::(\w+))?"


def items(value: object) -> tuple[str, ...]:
    """The items of a list that is a text or a sequence of texts; a set has no order, so it is none."""
    if isinstance(value, str):
        return main_cf.split(value)
    if isinstance(value, Iterable) and not isinstance(value, (bytes, Mapping, Set)):
        return tuple(str(item) for item in value)
    raise PolicyError(f"{value!r} is not a list of texts.")


def _listed(value: Sequence[str]) -> str:
    return ", ".join(value)


def _networks(value: object) -> tuple[str, ...]:
    found = items(value)
    for item in found:
        try:
            network(item)
        except PolicyError as error:
            raise PolicyError(f"{error}{_beyond(item)}") from None
    return tuple(re.sub(r"[][]", "", item) for item in found)


def _bracketed(networks: Sequence[str]) -> str:
    """Networks as Postfix wants them: IPv6 addresses stand in brackets."""
    return ", ".join(re.sub(r"^([^/]*:[^/]*)", r"[\1]", item) for item in networks)


def _domains(value: object) -> tuple[str, ...]:
    domains = tuple(item.lower().rstrip(".") for item in items(value))
    for domain in domains:
        if not re.fullmatch(DOMAIN, domain):
            raise PolicyError(f"{domain!r} is not a domain name such as corp.example.{_beyond(domain)}")
    return domains


def _beyond(item: str) -> str:
    """What to say of an item that Postfix's lists may have and this lab's haven't."""
    if item.startswith("!"):
        return " Postfix knows exclusions with !; this lab doesn't."
    if item.startswith("/") or re.match(r"[a-z]+:[/{a-z]", item):
        return " Postfix knows files and tables here; this lab doesn't."
    return ""


def _tables(value: object, mailboxes: bool = False) -> tuple[str, ...]:
    if isinstance(value, str):
        value = main_cf.split(value)
    if isinstance(value, Mapping) or _is_pairs(value):
        return (tables.written(value),)
    if not isinstance(value, Iterable) or isinstance(value, bytes):
        raise PolicyError(f"{value!r} is not a list of tables such as inline:{{key=value}}.")
    return tuple(_table(item, mailboxes) for item in value)


def _table(item: object, mailboxes: bool) -> str:
    if mailboxes and item in (tables.MAILBOXES, tables.MAILBOXES.removeprefix("proxy:")):
        return tables.MAILBOXES
    return tables.written(item)


def _checks(value: object, of_headers: bool) -> tuple[str, ...]:
    found = _tables(value)
    for text in found:
        for action in tables.table(text).values():
            checks.checked(action, of_headers=of_headers)
    return found


def _is_pairs(value: object) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(item, tuple) for item in value)


def _next_hops(value: object) -> tuple[str, ...]:
    return tuple(_next_hop(item) for item in items(value))


def _next_hop(item: str) -> str:
    """A next hop in lower case, with the number of its port."""
    parts = re.fullmatch(_NEXT_HOP, item.lower())
    port = _port(parts[2]) if parts else None
    if not parts or not port or not _is_host(parts[1]):
        raise PolicyError(
            f"{item!r} is not a next hop: write [host] for a host, domain for its mail hosts, "
            "and :587 behind either for another port."
        )
    return parts[1] if parts[2] is None else f"{parts[1]}:{port}"


def _port(text: str | None) -> int | None:
    if text is None:
        return 25
    found = _PORTS.get(text) or whole(text)
    return found if found and found < 65536 else None


def _is_host(text: str) -> bool:
    if re.fullmatch(DOMAIN, text.strip("[]").rstrip(".")):
        return True
    try:
        return text.startswith("[") and network(text.strip("[]")).num_addresses == 1
    except PolicyError:
        return False


def _milters(value: object) -> tuple[str, ...]:
    for item in items(value):
        if item not in MILTERS:
            raise PolicyError(f"Postfix knows other milters than {item}; this lab has {', '.join(MILTERS)}.")
    return items(value)


Networks = Annotated[Texts, Kind(_networks, _bracketed)]
Domains = Annotated[Texts, Kind(_domains, _listed)]
Tables = Annotated[Texts, Kind(_tables, _listed)]
RecipientTables = Annotated[Texts, Kind(partial(_tables, mailboxes=True), _listed)]
NextHops = Annotated[Texts, Kind(_next_hops, _listed)]
HeaderChecks = Annotated[Texts, Kind(partial(_checks, of_headers=True), _listed)]
BodyChecks = Annotated[Texts, Kind(partial(_checks, of_headers=False), _listed)]
Milters = Annotated[Texts, Kind(_milters, _listed)]
