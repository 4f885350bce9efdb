"""MTA-STS (RFC 8461): a domain says which of its mail servers are its own, and that they speak TLS.

STARTTLS alone is only an offer, and who stands between two servers can take the offer away. So the domain
publishes a policy where nobody between the servers can change it: on a web server with a certificate. A
TXT record says that there is one, and when it has changed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from labkit.errors import PeerError
from labkit.relay.language.lists import DOMAIN

PATH = "/.well-known/mta-sts.txt"
LARGEST = 64 * 1024  # octets of a policy (section 3.3)
LONGEST = 31_557_600  # seconds that a policy holds at most: a year (section 3.2)
MOST_HOSTS = 1000  # mx lines that are read
SHOWN = 60  # characters of what somebody wrote, in a reason

_RECORD = re.compile(r"v=STSv1[ \t]*;(.*)", re.DOTALL)
_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_HOST = re.compile(rf"(\*\.)?{DOMAIN}")


class Mode(StrEnum):
    """What is to be done where the policy isn't kept (section 5)."""

    ENFORCE = "enforce"  # the letter waits
    TESTING = "testing"  # it goes nevertheless, and the domain is told
    NONE = "none"  # there is no policy any longer


class Fault(StrEnum):
    """What can be wrong with a policy, in the words of TLS reports (RFC 8460 section 4.3.2.2)."""

    FETCH = "sts-policy-fetch-error"
    INVALID = "sts-policy-invalid"
    WEBPKI = "sts-webpki-invalid"


class BadPolicy(PeerError):
    """There should be a policy and there is none that counts: the kind of fault, and why in words."""

    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.fault, self.reason = fault, reason


@dataclass(frozen=True, slots=True)
class StsPolicy:
    """A domain's policy: ``mx`` are names or "*.name" in lower case, ``max_age`` is in seconds.

    ``lines`` are its lines as they were published, for reports.
    """

    domain: str
    mode: Mode
    mx: tuple[str, ...]
    max_age: int
    lines: tuple[str, ...] = ()

    def names(self, host: str) -> bool:
        """Whether a mail host is one of those that the policy names; * stands for one label (section 4.1)."""
        plain = host.lower().rstrip(".")
        return any(_fits(plain, pattern) for pattern in self.mx)


def record_id(texts: Iterable[str]) -> str:
    """The id in the TXT records of ``_mta-sts.domain``: empty where there is no policy (section 3.1).

    Two such records, or one that isn't right, count as none.
    """
    found = [text for text in texts if text.startswith("v=STSv1")]
    record = _RECORD.fullmatch(found[0]) if len(found) == 1 else None
    if not record:
        return ""
    fields = dict(_field(part) for part in record[1].split(";"))
    return fields["id"] if _ID.fullmatch(fields.get("id", "")) else ""


def _field(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key.strip(), value.strip()


def read(domain: str, body: bytes) -> StsPolicy:
    """The policy in a file (section 3.2). Raises BadPolicy, with what is wrong in it."""
    lines = tuple(_lines(body))
    values: dict[str, str] = {}
    hosts = []
    for line in lines:
        key, colon, value = (part.strip(" \t") for part in line.partition(":"))
        if not colon:
            raise _invalid(f"{_cut(line)!r} is not of the form key: value")
        if key == "mx":
            hosts.append(_host(value))
        else:
            values.setdefault(key, value)  # of two equal ones, the first counts
    if values.get("version") != "STSv1":
        raise _invalid(f"its version is {_cut(values.get('version', 'missing'))!r}, not 'STSv1'")
    mode = _mode(values.get("mode", ""))
    if not hosts and mode is not Mode.NONE:
        raise _invalid("it names no mail host: a line such as mx: mx1.customer.example is missing")
    if len(hosts) > MOST_HOSTS:
        raise _invalid(f"it names more than {MOST_HOSTS:,} mail hosts")
    return StsPolicy(domain, mode, tuple(hosts), _max_age(values.get("max_age", "")), lines)


def _lines(body: bytes) -> Iterator[str]:
    if len(body) > LARGEST:
        raise _invalid(f"it is larger than {LARGEST:,} octets")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise _invalid("it isn't text in UTF-8") from None
    return (line for line in re.split(r"\r?\n", text) if line.strip(" \t"))


def _host(value: str) -> str:
    plain = value.lower().rstrip(".")
    if not _HOST.fullmatch(plain):
        raise _invalid(f"{_cut(value)!r} is not the name of a mail host")
    return plain


def _mode(value: str) -> Mode:
    try:
        return Mode(value)
    except ValueError:
        raise _invalid(f"its mode is {_cut(value or 'missing')!r}, not one of {', '.join(Mode)}") from None


def _max_age(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", value) or int(value) > LONGEST:
        raise _invalid(
            f"its max_age is {_cut(value or 'missing')!r}, not a number of seconds up to {LONGEST:,}"
        )
    return int(value)


def _fits(host: str, pattern: str) -> bool:
    if not pattern.startswith("*."):
        return host == pattern
    label, _, rest = host.partition(".")
    return bool(label) and rest == pattern.removeprefix("*.")


def _invalid(what: str) -> BadPolicy:
    return BadPolicy(Fault.INVALID, f"The policy doesn't count: {what}.")


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
