"""Letters: complete headers, reserved domains, harmless words."""

import re

import pytest

from labkit import UsageError
from labkit.attacker.letters import FORGERIES, Draft, address
from labkit.clock import START
from labkit.network.addresses import lab_domain


def test_a_letter_has_the_headers_that_rfc_5322_wants() -> None:
    draft = Draft(address("a@b.example"), address("c@d.example"), "X <x@bank.example>", "hi", "one\ntwo")
    assert draft.letter("n1", START, "host.example").content.decode() == (
        "From: X <x@bank.example>\r\nTo: c@d.example\r\nSubject: hi\r\n"
        "Date: Mon, 05 Jan 2026 09:00:00 +0000 (UTC)\r\nMessage-ID: <n1@host.example>\r\n\r\none\r\ntwo\r\n"
    )


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.subject)
def test_every_forgery_names_reserved_domains_only(forgery: object) -> None:
    for domain in re.findall(r"(?:@|://)([a-z0-9.-]+)", str(forgery)):
        assert lab_domain(domain) == domain


@pytest.mark.parametrize(
    "text", ["", "orders", "a b@c.example", "<a@b.example>", "a@b.example SIZE=1", "a@b@"]
)
def test_what_is_no_address_is_said(text: str) -> None:
    if text == "orders":
        assert address(text).local == "orders"
    else:
        with pytest.raises(UsageError, match="is not an address such as"):
            address(text)
