"""What can be wrong with the name service, as words that a student sets.

Three kinds, because a mail server has to treat them differently: silence and SERVFAIL say nothing about
a name, so mail waits; NXDOMAIN says that there is no such name, so mail is returned.
"""

from collections.abc import Callable, Iterator, MutableMapping
from difflib import get_close_matches

from labkit.errors import UsageError

FAULTS = {
    "timeout": "nobody answers",
    "servfail": "the answer is SERVFAIL: the server can't say (RFC 1035 section 4.1.1)",
    "nxdomain": "the answer is NXDOMAIN: there is no such name",
}


class Faults(MutableMapping[str, str]):
    """Faults by domain: each holds for the domain and for every name in it.

    ``changed`` is called when one begins or ends. Setting raises UsageError for an unknown fault.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._by_name: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The fault of a name, or of a domain that it is in; "" when there is none."""
        labels = _plain(name).split(".")
        domains = (".".join(labels[at:]) for at in range(len(labels)))
        return next((self._by_name[domain] for domain in domains if domain in self._by_name), "")

    def __setitem__(self, name: str, fault: str | None) -> None:
        found = fault_named(fault)
        if found:
            self._by_name[_plain(name)] = found
        else:
            self._by_name.pop(_plain(name), None)
        self._changed()

    def __delitem__(self, name: str) -> None:
        del self._by_name[_plain(name)]
        self._changed()

    def __getitem__(self, name: str) -> str:
        return self._by_name[_plain(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._by_name))

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return repr(self._by_name)


def fault_named(fault: str | None) -> str:
    """The fault as it is written here; "" for none. Raises UsageError with the nearest right word."""
    plain = str(fault or "").lower()
    if plain and plain not in FAULTS:
        close = get_close_matches(plain, FAULTS, 1, 0.5)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise UsageError(
            f"The name server has no fault {fault!r}.{hint} It can have {', '.join(map(repr, FAULTS))}; "
            "None ends it."
        )
    return plain


def _plain(name: str) -> str:
    return name.lower().rstrip(".")
