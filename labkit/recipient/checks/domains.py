"""Which domain the reader sees, and which domains belong together (RFC 7489 section 3)."""

from functools import lru_cache

from labkit.recipient.checks.verdict import Message
from labkit.smtp.lenient import addresses_in


def from_domains(message: Message) -> tuple[str, ...]:
    """The domains in the letter's From:, each once; more than one when a letter wants to fool somebody."""
    return _domains(message.headers("From"))


@lru_cache(maxsize=64)  # several checks ask about the same letter
def _domains(texts: tuple[str, ...]) -> tuple[str, ...]:
    addresses = (address for text in texts for address in addresses_in(text))
    domains = (address.rpartition("@")[2].lower().rstrip(".") for address in addresses if "@" in address)
    return tuple(dict.fromkeys(domain for domain in domains if domain))


def organisation(domain: str) -> str:
    """The domain that somebody has registered: in the lab, the last two labels.

    In the world it takes the Public Suffix List to know that ``shop.co.uk`` is one name, not two. Names
    that are reserved for documentation have no such suffixes.
    """
    return ".".join(domain.lower().rstrip(".").split(".")[-2:])


def are_aligned(one: str, other: str, *, strict: bool) -> bool:
    """Whether two domains speak for the same owner: the same name, or with ``strict`` off the same
    organisation."""
    if strict:
        return one.lower() == other.lower()
    return organisation(one) == organisation(other)
