"""How a list of addresses is asked through the DNS (RFC 5782)."""

from ipaddress import ip_address

# Every list has the first and lacks the second (section 5), so that anybody can see that it works.
TEST_ENTRIES = ("127.0.0.2", "::ffff:127.0.0.2")
NEVER_LISTED = ("127.0.0.1", "::ffff:127.0.0.1")


def question(address: str, name: str) -> str:
    """The name that a list called ``name`` has an address under (sections 2.1 and 2.4).

    >>> question("192.0.2.99", "bl.example")
    '99.2.0.192.bl.example'
    """
    backwards, _, _ = ip_address(address).reverse_pointer.removesuffix(".arpa").rpartition(".")
    return f"{backwards}.{name}"


def address_asked(question: str, name: str) -> str:
    """The address that a question to a list is about; empty when it is about none.

    >>> address_asked("99.2.0.192.bl.example", "bl.example")
    '192.0.2.99'
    """
    parts = question.lower().removesuffix(f".{name}").split(".")[::-1]
    digits = "".join(parts)
    groups = [digits[start : start + 4] for start in range(0, len(digits), 4)]
    try:
        return str(ip_address(":".join(groups) if len(parts) == 32 else ".".join(parts)))
    except ValueError:
        return ""
