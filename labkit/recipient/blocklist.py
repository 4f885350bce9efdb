"""The blocklist of the lab: which addresses it has and why, by a rule that anybody can read (RFC 6471).

It hears of letters that were called spam and of letters to spam traps, writes the addresses they came from
into its DNS zone (RFC 5782), and takes them out again when somebody asks and the cause is gone. Every mail
server finds them there by its ordinary look-up.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from labkit.clock import START, Clock
from labkit.dns.lists import TEST_ENTRIES, address_asked, question
from labkit.dns.server import NameServer
from labkit.network.addresses import lab_address
from labkit.recipient.reputation import Signal
from labkit.recipient.sheet import Sheet
from labkit.recipient.tally import Event, Tally

NAME = "bl.example"
CODE = "127.0.0.2"
MOST_PROMISES = 10_000  # addresses that were taken off the list and are watched; the oldest go first
SIGNS = {
    Event.TRAP: ("letter to a spam trap", "letters to spam traps"),
    Event.COMPLAINT: ("complaint", "complaints"),
}


@dataclass(frozen=True, slots=True)
class ListingRule:
    """When an address comes onto the list, and when it may leave it.

    ``traps`` letters to spam traps or ``complaints`` within ``days`` are enough; after it has left, one of
    either is. It may leave when there was no sign for ``quiet_hours``.
    """

    traps: int = 1
    complaints: int = 3
    days: int = 7
    quiet_hours: int = 24

    def is_broken(self, counts: Counter[Event], *, promised: bool) -> bool:
        """Whether these signs are enough; ``promised`` is for an address that was taken off the list."""
        if promised:
            return bool(counts[Event.TRAP] or counts[Event.COMPLAINT])
        return counts[Event.TRAP] >= self.traps or counts[Event.COMPLAINT] >= self.complaints

    def __str__(self) -> str:
        return (
            f"An address is listed after {_said(Event.TRAP, self.traps)} or "
            f"{_said(Event.COMPLAINT, self.complaints)} within {self.days} days. It leaves the list when its "
            f"owner asks and nothing was seen of it for {self.quiet_hours} hours; then a single sign within "
            f"{self.days} days is enough to be listed again."
        )

    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class Listing:
    """An entry of the list: the address, since when (lab time) and why."""

    address: str
    since: datetime
    why: str


@dataclass(frozen=True, repr=False, slots=True)
class Decided:
    """What the list says to somebody who asks to leave it; ``delisted`` says whether it took place."""

    delisted: bool
    words: str

    def __bool__(self) -> bool:
        return self.delisted

    def __repr__(self) -> str:
        return self.words


class Blocklist:
    """A list of addresses in the DNS, under ``name``. It may be used from any thread.

    ``rule`` can be replaced, and holds for what happens afterwards.
    """

    def __init__(
        self, dns: NameServer, clock: Clock, rule: ListingRule | None = None, name: str = NAME
    ) -> None:
        self.name, self.rule = name, rule or ListingRule()
        self._dns, self._clock = dns, clock
        self._tally = Tally()
        self._listings: dict[str, Listing] = {}
        self._promises: OrderedDict[str, datetime] = OrderedDict()
        self._lock = threading.Lock()

    def hear(self, signal: Signal) -> None:
        """Take note of a complaint or a trap hit, and list the address if that is enough."""
        with self._lock:
            address = str(lab_address(signal.address))
            self._tally.note(address, signal.event, self._clock.now)
            if self.listing(address):
                return
            promised = self._has_promised(address)
            counts = self._tally.since(address, self._window(address, promised=promised))
            if self.rule.is_broken(counts, promised=promised):
                self._list(address, counts, again=promised)

    def listing(self, address: str) -> Listing | None:
        """The entry of an address, or None. Raises OutsideTheLab for an address that isn't the lab's."""
        plain = str(lab_address(address))
        asked = question(plain, self.name)
        if not self._dns.zone.of(asked, "A"):
            return None
        return self._listings.get(plain) or Listing(plain, START, self._text(asked))

    def delist(self, address: str) -> Decided:
        """Ask to be taken off the list, as the owner of an address does.

        Raises OutsideTheLab for an address that isn't the lab's.
        """
        if _is_test(address):
            return Decided(False, f"{address} stays: every list has it, for tests (RFC 5782 section 5).")
        with self._lock:
            plain = str(lab_address(address))
            listing = self.listing(plain)
            if not listing:
                return Decided(False, f"{plain} isn't on {self.name}: there is nothing to do.")
            free_from = self._last_sign(listing) + timedelta(hours=self.rule.quiet_hours)
            if self._clock.now < free_from:
                return Decided(False, self._refusal(listing, free_from))
            self._unlist(plain)
            return Decided(True, self._promise(plain))

    # The zone

    def _list(self, address: str, counts: Counter[Event], *, again: bool) -> None:
        signs = " and ".join(_said(event, counts[event]) for event in SIGNS if counts[event])
        why = f"{signs}, after it was taken off this list" if again else f"{signs} in {self.rule.days} days"
        now, asked = self._clock.now, question(address, self.name)
        self._promises.pop(address, None)
        self._listings[address] = Listing(address, now, why)
        text = f"{address} is listed since {_moment(now)}: {why}"
        self._dns.add(f'{asked}. IN A {CODE}\n{asked}. IN TXT "{text}"')

    def _unlist(self, address: str) -> None:
        self._dns.remove(question(address, self.name))
        self._listings.pop(address, None)
        self._promises[address] = self._clock.now
        if len(self._promises) > MOST_PROMISES:
            self._promises.popitem(last=False)

    def _text(self, asked: str) -> str:
        records = self._dns.zone.of(asked, "TXT")
        return b"".join(records[0].rdata.strings).decode("utf-8", "replace") if records else "no reason given"

    # What is remembered

    def _has_promised(self, address: str) -> bool:
        since = self._promises.get(address)
        return since is not None and self._clock.now - since <= timedelta(days=self.rule.days)

    def _window(self, address: str, *, promised: bool) -> datetime:
        begins = self._clock.now - timedelta(days=self.rule.days)
        return self._promises[address] if promised else begins

    def _last_sign(self, listing: Listing) -> datetime:
        minutes = self._tally.minutes(listing.address)
        return max(listing.since, minutes[-1].start) if minutes else listing.since

    # What is said

    def _refusal(self, listing: Listing, free_from: datetime) -> str:
        return (
            f"Refused. {listing.address} is listed: {listing.why.rstrip('.')}. The last sign was at "
            f"{_moment(self._last_sign(listing))}, less than {self.rule.quiet_hours} hours ago, so the "
            f"cause isn't gone. End it, and ask again from {_moment(free_from)} on."
        )

    def _promise(self, address: str) -> str:
        return (
            f"Done. {address} is off {self.name}, because nothing was seen of it for {self.rule.quiet_hours} "
            f"hours. A single complaint or trap hit in the next {self.rule.days} days lists it again."
        )

    @property
    def sheet(self) -> Sheet:
        """Every entry but those for tests, in the order of the zone, and the rule."""
        rows = [(entry.address, _moment(entry.since), entry.why) for entry in self._listed()]
        title = f"{self.name} lists {len(rows)} {'address' if len(rows) == 1 else 'addresses'}"
        return Sheet(title, ("address", "listed since", "why"), tuple(rows), (str(self.rule),))

    def _listed(self) -> Iterator[Listing]:
        for owner, kind in self._dns.zone.records:
            address = address_asked(owner, self.name) if owner.endswith(f".{self.name}") else ""
            if kind == "A" and address and not _is_test(address):
                yield self._listings.get(address) or Listing(address, START, self._text(owner))

    def __repr__(self) -> str:
        return repr(self.sheet)

    def _repr_html_(self) -> str:
        return self.sheet._repr_html_()


def _said(event: Event, count: int) -> str:
    one, many = SIGNS[event]
    return f"1 {one}" if count == 1 else f"{count:,} {many}"


def _is_test(address: str) -> bool:
    try:
        return ip_address(address) in map(ip_address, TEST_ENTRIES)
    except ValueError:
        return False


def _moment(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"
