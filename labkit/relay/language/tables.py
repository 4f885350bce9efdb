"""Lookup tables as they stand in main.cf, inline (DATABASE_README, access(5)).

inline:{ key=value, {key = long value} }     whole keys, in any case
cidr:{ {192.0.2.0/24 value}, ... }           networks (cidr_table(5))
pcre:{ {/pattern/flags value}, ... }         Perl's patterns, searched in the key (pcre_table(5))
regexp:{ {/pattern/flags value}, ... }       POSIX patterns, searched in the key (regexp_table(5))

Where Postfix skips a line that it can't read, with a warning in its log, a PolicyError is raised here.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from labkit.errors import PolicyError
from labkit.relay.language import main_cf, patterns
from labkit.relay.language.postfix_names import TABLE_TYPES, nearest

MAILBOXES = "proxy:unix:passwd.byname"
"""The users of the machine, as Postfix names them; here it stands for the mailboxes of the site."""

TYPES = ("inline", "cidr", "pcre", "regexp")


class Inline:
    """Whole keys and their values; the keys are in lower case."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._entries = entries

    def find(self, key: str) -> str | None:
        """The value of a key, in any case, or None."""
        return self._entries.get(key.lower())

    def values(self) -> Iterator[str]:
        """Every value in it."""
        return iter(self._entries.values())


Table = Inline | patterns.Lines


@lru_cache(maxsize=1024)
def table(text: str) -> Table:
    """The table that a text such as "inline:{a@corp.example=OK}" describes.

    Raises PolicyError for text that Postfix 3.7 can't read, and for tables in files.
    """
    kind, colon, body = text.partition(":")
    if kind not in TYPES:
        raise PolicyError(_unknown(kind if colon else "", text))
    if not _is_in_braces(body):
        raise PolicyError(f"{text!r} is not of the form {kind}:{{...}}; this lab reads no files.")
    items = main_cf.split(body[1:-1])
    try:
        return _inline(items) if kind == "inline" else patterns.read(kind, _lines(items))
    except PolicyError as error:
        raise PolicyError(f"{kind}: {error}") from None


def written(value: object) -> str:
    """The text of a table: itself, or an inline table of a mapping or of pairs.

    Raises PolicyError for what can't be such a table.
    """
    if isinstance(value, str):
        text = " ".join(line.strip() for line in value.splitlines())
        table(text)
        return text
    pairs = _pairs(value)
    text = f"inline:{{ {', '.join(f'{{{key} = {found}}}' for key, found in pairs)} }}"
    table(text)
    return text


def _pairs(value: object) -> list[tuple[str, str]]:
    """The entries of a mapping or of a list of pairs."""
    entries = value.items() if isinstance(value, Mapping) else value
    if not isinstance(entries, Iterable):
        raise PolicyError(f"{value!r} is not a table: give a mapping such as {{'a@corp.example': 'OK'}}.")
    pairs = [tuple(entry) if isinstance(entry, (tuple, list)) else () for entry in entries]
    if not all(len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in pairs):
        raise PolicyError(f"{value!r} is not a table: each entry is a pair of texts, key and value.")
    for key, found in pairs:
        _check(key, found)
    return pairs


def _check(key: str, value: str) -> None:
    """Refuse what an inline table can't hold, or would never find."""
    if set(key) & set("=, \t\n{}") or not key:
        raise PolicyError(
            f"{key!r} can't be a key in a table: it is empty, or has spaces, commas, = or {{}}."
        )
    if "\n" in value or not value.strip():
        raise PolicyError(f"{value!r} can't be a value in a table: it is empty, or has several lines.")
    if key[0].isdigit() and "/" in key:
        raise PolicyError(
            f"{key!r}: a mapping has whole keys; for networks write cidr:{{{{{key} {value}}}}}."
        )


def _inline(items: tuple[str, ...]) -> Inline:
    if not items:
        raise PolicyError("the table is empty; write inline:{key=value}.")
    return Inline(dict(_entry(item) for item in items))


def _entry(item: str) -> tuple[str, str]:
    """Key and value of "key=value" or "{key = long value}"."""
    inner = _unwrapped(item) if item.startswith("{") else item
    key, equals, value = (part.strip() for part in inner.partition("="))
    if not (key and equals and value) or len(key.split()) > 1:
        raise PolicyError(
            f"{item!r} is not of the form key=value; with spaces it is {{key = value}}, in braces."
        )
    return key.lower(), value


def _lines(items: tuple[str, ...]) -> list[str]:
    """The lines of a table in which each line stands in braces, without comments."""
    lines = [_unwrapped(item) for item in items]
    return [line for line in lines if line and not line.startswith("#")]


def _unwrapped(item: str) -> str:
    """What stands in the braces."""
    if not _is_in_braces(item):
        raise PolicyError(f"{item!r} is not one line in braces, such as {{pattern value}}.")
    return item[1:-1].strip()


def _is_in_braces(text: str) -> bool:
    """Whether the first brace is closed by the last character."""
    depth = 0
    for place, char in enumerate(text, 1):
        depth += (char == "{") - (char == "}")
        if depth <= 0:
            return place == len(text) and char == "}"
    return False


def _unknown(kind: str, text: str) -> str:
    if kind in TABLE_TYPES:
        return f"Postfix knows {kind}: tables, which are files; this lab reads them inline: inline:{{...}}"
    if kind:
        return f"there is no table type {kind!r}.{nearest(kind, TYPES)}"
    return f"{text!r} is not a table such as inline:{{key=value}}."
