"""Paths in angle brackets (RFC 5321 section 4.1.2), with what Postfix tolerates and what it doesn't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp.address import NULL, Path, parse_path

PATHS = [
    ("<orders@customer.example>", "orders", "customer.example"),
    ("<Orders@Customer.EXAMPLE>", "Orders", "customer.example"),
    ("<>", "", ""),
    ("<Postmaster>", "Postmaster", ""),
    ('<"a b"@customer.example>', '"a b"', "customer.example"),
    ("<a@[192.0.2.25]>", "a", "[192.0.2.25]"),
    ("<@hop.example,@other.example:a@b.example>", "a", "b.example"),
    ("<josé@customer.example>", "josé", "customer.example"),
    # The classic relay tests: they are taken apart when it is decided whether to relay.
    ("<t%d.example@mail.corp.example>", "t%d.example", "mail.corp.example"),
    ('<"t@d.example">', '"t@d.example"', ""),
    ("<t@d.example@mail.corp.example>", "t@d.example", "mail.corp.example"),
    ('<"t@d.example"@mail.corp.example>', '"t@d.example"', "mail.corp.example"),
    ("<@mail.corp.example:t@d.example>", "t", "d.example"),
    ("<d.example!t>", "d.example!t", ""),
    ("<d.example!t@mail.corp.example>", "d.example!t", "mail.corp.example"),
]


@pytest.mark.parametrize(("text", "local", "domain"), PATHS)
def test_a_path_is_read_without_brackets_and_source_route(text: str, local: str, domain: str) -> None:
    assert parse_path(text) == (Path(local, domain), "")


BROKEN = [
    "", "a@b.example", "<a@b.example", "a@b.example>", "<a b@c.example>",
    "<a@>", "<@b.example>", "<a\x00@b.example>", "<a\t@b.example>", "<<a@b.example>>", "<a@b.example>x",
    f"<{'a' * 65}@b.example>", f"<a@{'b' * 256}>", f"<{'é' * 33}@b.example>",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_anything_else_is_not_a_path(text: str) -> None:
    assert parse_path(text) is None


def test_parameters_are_what_stands_behind_the_path() -> None:
    assert parse_path("<a@b.example> SIZE=5 BODY=7BIT") == (Path("a", "b.example"), "SIZE=5 BODY=7BIT")
    assert parse_path("<> SIZE=5") == (NULL, "SIZE=5")


@pytest.mark.parametrize("local", ["t%d.example", "t@d.example", "d.example!t", '"t@d.example"'])
def test_a_local_part_that_asks_for_routing_is_noticed(local: str) -> None:
    assert Path(local, "mail.corp.example").asks_for_routing
    assert not Path("t.d+e", "mail.corp.example").asks_for_routing


@given(st.text())
def test_no_text_breaks_the_parser_and_what_it_reads_it_reads_again(text: str) -> None:
    found = parse_path(text)
    if found:
        assert parse_path(str(found[0])) == (found[0], "")
