r"""The words of a seed: which names, addresses and passwords stand in place of the usual ones.

Names stay reserved ones, addresses in their own networks. Within a network they are exchanged in pairs that
differ in the same bits: so no two hosts ever meet at one address, and 192.0.2.61 is still the copier's
neighbour where 192.0.2.60/31 is trusted.

>>> tell = vocabulary("anna")
>>> print(tell("staff@corp.example, [192.0.2.25], 192.0.2.0/24, 25.2.0.192.in-addr.arpa, /corp\.example/"))
staff@opal.example, [192.0.2.83], 192.0.2.0/24, 83.2.0.192.in-addr.arpa, /opal\.example/
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from labkit.lab import usual

# Short ones, for the map. Each has an "o" in it, so that the stranger's look-alikes can have another sign
# there.
COMPANIES = (
    "clove", "cocoa", "coral", "globe", "heron", "lemon", "lotus", "melon", "ocean", "olive", "opal", "poppy",
    "robin", "rose", "stone", "topaz",
)  # fmt: skip
CUSTOMERS = (
    "bakery",
    "dairy",
    "florist",
    "gallery",
    "garden",
    "laundry",
    "library",
    "museum",
    "studio",
    "theatre",
)
HOTELS = ("guesthouse", "hostel", "inn", "lodge", "pension", "resort")
HOSTINGS = ("compute", "datacentre", "machines", "racks", "servers", "storage")
PROVIDERS = ("cable", "carrier", "fibre", "network", "telecom", "uplink")
DROPS = ("basket", "collector", "drawer", "letterbox", "locker", "pigeonhole")
KINDS_OF = ("amber", "bright", "early", "gentle", "golden", "little", "morning", "silver", "sunny", "wooden")
THINGS = (
    "bicycle",
    "bridge",
    "kettle",
    "ladder",
    "mirror",
    "pencil",
    "river",
    "teapot",
    "umbrella",
    "window",
)
# As likely to be tried as the usual one. None of them stands among the guesses already.
WEAK = (
    "autumn-2024", "autumn-2026", "spring-2024", "summer-2024", "summer-2026", "winter-2024",
)  # fmt: skip
STRONG = ("paper-boat-7", "quiet-harbour-91", "slow-train-52", "heavy-lantern-38")

SOME = 128  # numbers of hosts from here on belong to nobody on the stage, and stay


@dataclass(frozen=True, slots=True)
class Network:
    """A network of the stage: its first three numbers, and the last ones of hosts that move or mustn't.

    ``bits`` is how many bits of a host's number may change.
    """

    prefix: str
    bits: int
    hosts: frozenset[int]
    fixed: frozenset[int] = frozenset()

    def moves(self) -> list[int]:
        """The masks that bring every host to a new number, which none of them had before."""
        taken = self.hosts | self.fixed | {0}
        return [
            mask
            for mask in range(1, 2**self.bits)
            if taken.isdisjoint(number ^ mask for number in self.hosts)
        ]

    def moved(self, number: int, mask: int) -> int:
        """The new number of a host. Those that belong to nobody on the stage, and their partners, stay."""
        stays = self.fixed | {0}
        return number if number >= SOME or number in stays or number ^ mask in stays else number ^ mask


OFFICE = Network("192.0.2", 7, frozenset((25, 50, 53, 60)))
# Customers, providers and, in 198.51.100.64/26, the hotel. The provider of mailboxes for everybody stays.
OTHERS = Network("198.51.100", 6, frozenset((10, 25, 26, 27, 29, 77, 78)), frozenset((40,)))
# The blocklist and the alumni's server stay.
STRANGERS = Network("203.0.113", 7, frozenset((66, 99, *range(100, 120))), frozenset((53, 80)))
NETWORKS = (OFFICE, OTHERS, STRANGERS)

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def vocabulary(seed: str) -> Callable[[str], str]:
    """A function that tells any text for the usual stage in the words of this seed."""
    chance = Random(seed)
    names = _names(chance)
    secrets = _secrets(chance)
    masks = {network: chance.choice(network.moves()) for network in NETWORKS}
    rules = [_words(_forms(names) | secrets | dict(_encoded(secrets)))]
    for network, mask in masks.items():
        rules += _addresses(network, mask)
    rules.append(_numbered("room", OTHERS, masks[OTHERS]))
    rules.append(_numbered("vps|bot ", STRANGERS, masks[STRANGERS]))

    def tell(text: str) -> str:
        for pattern, new in rules:
            text = pattern.sub(new, text)
        return text

    return tell


def _names(chance: Random) -> dict[str, str]:
    """Domains by the usual ones, and what is made of the company's name."""
    company = chance.choice(COMPANIES)
    odd, cyrillic = company.replace("o", "0", 1), company.replace("o", "\u043e", 1)
    names = {
        "corp": company,
        "corp.example": f"{company}.example",
        "corp-example.test": f"{company}-example.test",
        "c0rp.example": f"{odd}.example",
        "c\u043erp.example": f"{cyrillic}.example",
        "xn--crp-sed.example": f"xn--{cyrillic.encode('punycode').decode()}.example",
    }
    names |= {f"corp{year}": f"{company}{year}" for year in ("2025", "-2025", "2026")}
    lists = {
        usual.CUSTOMER: CUSTOMERS,
        "hotel.example": HOTELS,
        "hosting.example": HOSTINGS,
        usual.PROVIDER: PROVIDERS,
        usual.DROP: DROPS,
    }
    return names | {old: f"{chance.choice(words)}.example" for old, words in lists.items()}


def _secrets(chance: Random) -> dict[str, str]:
    kinds, things = chance.sample(KINDS_OF, len(STRONG)), chance.sample(THINGS, len(STRONG))
    numbers = chance.sample(range(10, 100), len(STRONG))
    new = (f"{kind}-{thing}-{number}" for kind, thing, number in zip(kinds, things, numbers, strict=True))
    return dict(zip(STRONG, new, strict=True)) | {usual.PASSWORDS["sales"]: chance.choice(WEAK)}


def _forms(names: Mapping[str, str]) -> dict[str, str]:
    """The names as they are, in capitals, and as they stand in a pattern (pcre_table(5))."""
    found = {**names, **{old.upper(): new.upper() for old, new in names.items()}}
    return found | {old.replace(".", r"\."): new.replace(".", r"\.") for old, new in found.items()}


def _encoded(secrets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The same passwords as AUTH LOGIN and AUTH PLAIN send them (RFC 4954, RFC 4616)."""
    for user, password in usual.PASSWORDS.items():
        for before in ("", f"\0{user}\0"):
            old, new = before + password, before + secrets[password]
            yield b64encode(old.encode()).decode(), b64encode(new.encode()).decode()


def _words(table: Mapping[str, str]) -> Rule:
    longest_first = sorted(table, key=len, reverse=True)
    # A word may stand behind \b, which is no letter there but part of a pattern.
    pattern = rf"(?:(?<![\w-])|(?<=\\b))(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])"
    return re.compile(pattern), lambda found: table[found[0]]


def _addresses(network: Network, mask: int) -> Iterator[Rule]:
    """The rules for its addresses, and for the same written backwards, as in in-addr.arpa."""
    start = r"(?<!\d)(?<!\d\.)"
    forward = r"\\?\.".join([*network.prefix.split("."), ""])

    def moved(found: re.Match[str]) -> str:
        number, length = int(found["number"]), found["length"]
        rest = 2 ** max(0, 32 - int(length)) - 1 if length else 0
        if rest and not number & rest:
            return f"{found['before']}{(number ^ mask) & ~rest & 255}/{length}"
        return found["before"] + str(network.moved(number, mask)) + (f"/{length}" if length else "")

    yield (
        re.compile(rf"{start}(?P<before>{forward})(?P<number>\d{{1,3}})(?:/(?P<length>\d+))?(?!\d|\.\d)"),
        moved,
    )
    backward = re.escape(".".join(["", *reversed(network.prefix.split("."))]))
    yield (
        re.compile(rf"{start}(\d{{1,3}})(?={backward}(?!\d))"),
        lambda found: str(network.moved(int(found[1]), mask)),
    )


def _numbered(words: str, network: Network, mask: int) -> Rule:
    """Names of hosts that have the last number of their address in them."""
    return (
        re.compile(rf"\b({words})(\d{{1,3}})\b"),
        lambda found: found[1] + str(network.moved(int(found[2]), mask)),
    )
