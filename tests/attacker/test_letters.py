"""Letters: complete headers, reserved domains, harmless words."""

import re

import pytest

from labkit import OutsideTheLab, UsageError
from labkit.attacker.letters import FORGERIES, Draft, address, lab_path
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


@pytest.mark.parametrize("text", ["a@gmail.com", "a@[8.8.8.8]", "a@customer.example.com.evil.org"])
def test_an_address_that_could_be_real_is_none_of_the_labs(text: str) -> None:
    with pytest.raises(OutsideTheLab, match="could be somebody's real domain"):
        lab_path(text)


def test_an_address_of_the_lab_may_be_the_servers_own() -> None:
    assert (lab_path("a@b.example").domain, lab_path("postmaster").domain) == ("b.example", "")


def test_blind_recipients_are_in_the_envelope_and_in_no_header() -> None:
    draft = Draft(address("a@b.example"), address("c@d.example"), "x", "hi", "one", (address("e@f.example"),))
    letter = draft.letter("n1", START, "host.example")
    assert [str(path) for path in letter.forward_paths] == ["<c@d.example>", "<e@f.example>"]
    assert b"e@f.example" not in letter.content
