"""Lists of restrictions as they stand in main.cf: names, some with an argument (SMTPD_ACCESS_README).

A policy holds each restriction as one text: "reject_rbl_client bl.example". In Python the argument may
also stand beside the name: ("check_sender_access", {"a@corp.example": "REJECT"}).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Annotated

from labkit.errors import PolicyError
from labkit.relay.language import main_cf, tables
from labkit.relay.language.lists import DOMAIN, SOCKET
from labkit.relay.language.postfix_names import RESTRICTIONS as POSTFIX_KNOWS
from labkit.relay.language.postfix_names import TABLE_TYPES, unknown
from labkit.relay.language.values import Kind
from labkit.relay.restrictions import RESTRICTIONS

GREYLISTING = "inet:127.0.0.1:10023"
"""Where the policy service of this lab listens, as postgrey does on Debian."""

_ANSWER_PART = r"(\d{1,3}|\[\d{1,3}(\.\.\d{1,3})?(;\d{1,3}(\.\.\d{1,3})?)*\])"
_ANSWERS = rf"{_ANSWER_PART}(\.{_ANSWER_PART}){{3}}"


def read(value: object) -> tuple[str, ...]:
    """The restrictions of a list. Raises PolicyError for a name or an argument that isn't right."""
    parts = iter(_parts(value))
    return tuple(_restriction(part, parts) for part in parts)


def _parts(value: object) -> Iterator[object]:
    """Names and arguments, one after the other."""
    if isinstance(value, str):
        yield from main_cf.split(value)
    elif isinstance(value, Mapping):
        yield value
    elif isinstance(value, Iterable) and not isinstance(value, (bytes, Set)):
        for item in value:
            yield from _parts(item)
    else:
        raise PolicyError(f"{value!r} is not a list of restrictions.")


def _restriction(part: object, rest: Iterator[object]) -> str:
    name = part.lower() if isinstance(part, str) else ""
    if name not in RESTRICTIONS:
        raise PolicyError(_unknown(part))
    takes = RESTRICTIONS[name].takes
    return f"{name} {_ARGUMENTS[takes](name, next(rest, ''))}" if takes else name


def _table(name: str, argument: object) -> str:
    if not argument or (isinstance(argument, str) and argument in RESTRICTIONS):
        raise PolicyError(f"{name} needs a table behind it, such as inline:{{a@corp.example=OK}}.")
    try:
        return tables.written(argument)
    except PolicyError as error:
        raise PolicyError(f"{name}: {error}") from None


def _domain(name: str, argument: object) -> str:
    """The domain of a block list, or "domain=address" for one of its answers."""
    entry = str(argument).lower()
    domain, equals, address = entry.partition("=")
    if not re.fullmatch(DOMAIN, domain) or domain in RESTRICTIONS:
        raise PolicyError(f"{name} needs a domain behind it, such as bl.example.")
    if equals and not re.fullmatch(_ANSWERS, address):
        raise PolicyError(f"{name}: {address!r} is not an address such as 127.0.0.2 or 127.0.0.[2..4;10].")
    return entry


def _service(name: str, argument: object) -> str:
    service = str(argument)
    if service.startswith("{"):
        raise PolicyError(f"{name}: Postfix knows services with settings in braces; this lab doesn't.")
    if not re.fullmatch(SOCKET, service):
        raise PolicyError(f"{name} needs a service behind it, such as {GREYLISTING}.")
    return service


_ARGUMENTS = {"table": _table, "domain": _domain, "service": _service}


def _unknown(part: object) -> str:
    name = str(part)
    if isinstance(part, Mapping) or name.partition(":")[0] in TABLE_TYPES:
        return "a table needs a name before it that says what is looked up: check_sender_access inline:{...}."
    return unknown("restriction", name.lower(), POSTFIX_KNOWS, RESTRICTIONS)


Restrictions = Annotated[tuple[str, ...], Kind(read, ", ".join)]
