"""The values of smtp_tls_policy_maps: a security level for each destination (postconf(5), TLS_README).

Beside tables in main.cf it may name the daemon that looks for policies that the destinations publish
themselves (MTA-STS), by the address that postfix-mta-sts-resolver has in its own documentation.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, NamedTuple

from labkit.errors import PolicyError
from labkit.relay.language import main_cf, tables
from labkit.relay.language.postfix_names import nearest
from labkit.relay.language.values import Kind

MTA_STS = "socketmap:inet:127.0.0.1:8461:postfix"
LEVELS = ("none", "may", "encrypt", "verify", "secure")
ELSEWHERE = ("dane", "dane-only", "fingerprint", "half-dane")
DEFAULT_MATCH = ("nexthop", "dot-nexthop")  # Postfix: smtp_tls_secure_cert_match


class Level(NamedTuple):
    """A level, and the names that the server may have where the level is "secure"."""

    level: str
    match: tuple[str, ...] = ()


def level(text: str) -> Level:
    """What a value of the table says. Raises PolicyError."""
    word, *attributes = text.split()
    plain = word.lower()
    if plain in ELSEWHERE:
        raise PolicyError(f"Postfix knows {plain}; this lab knows {', '.join(LEVELS)}.")
    if plain not in LEVELS:
        raise PolicyError(f"{word!r} is not one of {', '.join(LEVELS)}.{nearest(plain, LEVELS)}")
    match: tuple[str, ...] = ()
    for attribute in attributes:
        name, _, value = attribute.partition("=")
        if name.lower() != "match" or plain != "secure" or not value:
            raise PolicyError(f"{attribute!r}: here this lab reads only match=name:name, behind secure.")
        match += tuple(part for part in value.lower().split(":") if part)
    return Level(plain, match or (DEFAULT_MATCH if plain == "secure" else ()))


def _read(value: object) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        return (_checked(tables.written(value)),)
    parts = main_cf.split(value) if isinstance(value, str) else value
    if not isinstance(parts, Iterable) or isinstance(parts, bytes):
        raise PolicyError(f"{value!r} is not a list of tables such as inline:{{key=value}}.")
    return tuple(_table(part) for part in parts)


def _table(part: object) -> str:
    if isinstance(part, str) and part.startswith("socketmap:"):
        if part != MTA_STS:
            raise PolicyError(f"Postfix knows other services; this lab has {MTA_STS}, which is for MTA-STS.")
        return part
    return _checked(tables.written(part))


def _checked(text: str) -> str:
    for value in tables.table(text).values():
        level(value)
    return text


TlsPolicies = Annotated[tuple[str, ...], Kind(_read, ", ".join)]
