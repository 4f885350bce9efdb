"""What students may do to the zone: add records and take them away, and what is said about mistakes.

The lab's names and addresses only: a record that points at a real machine would be found by nobody here,
and copied by somebody later.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from ipaddress import IPv4Network, ip_address
from textwrap import dedent

import dns.name
import dns.rdata
from dns.exception import DNSException
from dns.reversename import to_address

from labkit.dns.master import NotARecord, Record, read
from labkit.dns.zone import Zone, plain, shown
from labkit.errors import OutsideTheLab, UsageError
from labkit.network.addresses import lab_address, lab_domain

LISTS = IPv4Network("127.0.0.0/8")  # what a block list answers (RFC 5782 section 2.1)

# By type: what stands behind it, and a whole line.
KINDS = {
    "A": ("an IPv4 address", "mail.corp.example. IN A 192.0.2.25"),
    "AAAA": ("an IPv6 address", "mail.corp.example. IN AAAA 2001:db8::25"),
    "CNAME": ("the name that this one stands for", "www.corp.example. IN CNAME mail.corp.example."),
    "MX": ("a number and the name of a host", "corp.example. IN MX 10 mail.corp.example."),
    "NS": ("the name of a name server", "corp.example. IN NS ns.corp.example."),
    "PTR": ("the name of a host", "25.2.0.192.in-addr.arpa. IN PTR mail.corp.example."),
    "SRV": ("three numbers and the name of a host", "_x._tcp.corp.example. IN SRV 0 1 25 mail.corp.example."),
    "TLSA": ("three numbers and hexadecimal digits", "_25._tcp.mx1.customer.example. IN TLSA 3 1 1 0123abcd"),
    "TXT": ("a text in quotation marks that end on the same line", 'corp.example. IN TXT "v=spf1 mx -all"'),
}  # fmt: skip


class Records(tuple[Record, ...]):
    """Records, shown one a line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return shown("\n".join(map(str, self))) or "There are no such records."


def additions(zone: Zone, text: str) -> list[Record]:
    """The records of a text that the zone doesn't have yet.

    Raises UsageError for a line that is no record and for what a zone can't hold, OutsideTheLab for a
    name or an address that isn't the lab's.
    """
    new: list[Record] = []
    for record in records(text):
        _check_kind(record)
        _check_belongs_here(record)
        _check_alias(record, [*zone.of(str(record.owner), "ANY"), *_of_owner(new, record)])
        old = [*zone.of(str(record.owner), record.kind), *_of_owner(new, record)]
        if all((record.kind, record.rdata) != (other.kind, other.rdata) for other in old):
            new.append(record)
    return new


def found(zone: Zone, name: str, kind: str) -> list[Record]:
    """The records of a name, of one type or of "ANY". Raises UsageError when there are none."""
    records = zone.of(_text(name), _text(kind))
    if records:
        return records
    others = sorted({record.kind for record in zone.of(name, "ANY")})
    if others:
        raise UsageError(f"{name} has no {kind.upper()} record; it has {', '.join(others)}.")
    close = get_close_matches(plain(name), {owner for owner, _ in zone.records}, 1)
    hint = f" Did you mean {close[0]}?" if close else " Look at lab.dns."
    raise UsageError(f"The zone has no records of {name!r}.{hint}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{value!r} is not a text: write names and records in quotation marks.")
    return value


def records(text: str) -> list[Record]:
    """The records that a text consists of, at least one. Raises UsageError for a line that is none."""
    try:
        found = list(read(dedent(_text(text)), only_quoted=True))
    except NotARecord as error:
        raise UsageError(
            f"Line {error.line} is not a DNS record: {error.text!r}. {_why(error.kind)}"
        ) from error
    if not found:
        raise UsageError(f"There is no record in {text!r}. Write one like this: {KINDS['MX'][1]}")
    return found


def _why(kind: str) -> str:
    if kind in KINDS:
        what, example = KINDS[kind]
        return f"Behind {kind} comes {what}, and nothing else: {example}"
    known = f"{', '.join(KINDS)}: {KINDS['MX'][1]}"
    if kind:
        return f"This lab has no {kind} records. It has {known}"
    return f"Write a name, IN, a type and its data. The types are {known}"


def _check_kind(record: Record) -> None:
    if record.kind not in KINDS:
        raise UsageError(f"Line {record.first}: {_why(record.kind)}")
    if b"*" in record.owner.labels:
        raise UsageError(
            f"Line {record.first}: {record.owner} is a wildcard; this lab's name server has none. "
            "Write a record for each name."
        )


def _check_alias(record: Record, others: list[Record]) -> None:
    kinds = {other.kind for other in others if other.rdata != record.rdata} | {record.kind}
    if "CNAME" in kinds and (len(kinds) > 1 or any(other.rdata != record.rdata for other in others)):
        raise UsageError(
            f"Line {record.first}: {record.owner} can't be an alias (CNAME) and have other records, too "
            "(RFC 1034 section 3.6.2). Remove one of them first."
        )


def _of_owner(records: list[Record], record: Record) -> list[Record]:
    return [other for other in records if other.owner == record.owner]


def _check_belongs_here(record: Record) -> None:
    """Raise OutsideTheLab for a name or an address that could be somebody's."""
    _check_name(record.owner)
    for name in _names(record.rdata):
        _check_name(name)
    if record.kind in ("A", "AAAA") and ip_address(record.rdata.address) not in LISTS:
        lab_address(record.rdata.address)


def _names(rdata: dns.rdata.Rdata) -> Iterator[dns.name.Name]:
    slots = {slot for each in type(rdata).__mro__ for slot in getattr(each, "__slots__", ())}
    values = (getattr(rdata, slot, None) for slot in sorted(slots))
    return (value for value in values if isinstance(value, dns.name.Name) and value != dns.name.root)


def _check_name(name: dns.name.Name) -> None:
    text = str(name)
    if text.endswith(".arpa."):
        try:
            lab_address(to_address(name))
        except DNSException:
            raise OutsideTheLab(f"{text} is no address of this lab, read backwards.") from None
    else:
        lab_domain(text)
