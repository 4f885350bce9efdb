"""Paths as clients write them (RFC 5321 section 4.1.2), read as Postfix 3.7.11 was seen to read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp.address import NULL, Path, is_domain, parse_path

PATHS = [
    ("<orders@customer.example>", "orders", "customer.example"),
    ("<Orders@Customer.EXAMPLE>", "Orders", "customer.example"),
    ("<>", "", ""),
    ("<Postmaster>", "Postmaster", ""),
    ('<"a b"@customer.example>', "a b", "customer.example"),
    ('<"a\\"b"@customer.example>', 'a"b', "customer.example"),
    ("<a\\ b@customer.example>", "a b", "customer.example"),
    ('<"staff"@customer.example>', "staff", "customer.example"),
    ("<a@[192.0.2.25]>", "a", "[192.0.2.25]"),
    ("<a@[IPv6:2001:db8::1]>", "a", "[ipv6:2001:db8::1]"),
    ("<a@b_c.example>", "a", "b_c.example"),
    ("<a@customer.example.>", "a", "customer.example"),
    ("<a..b.@customer.example>", "a..b.", "customer.example"),
    ("<@hop.example,@other.example:a@b.example>", "a", "b.example"),
    ("<josé@customer.example>", "josé", "customer.example"),
    ("<<a@b.example>>", "a", "b.example"),
    ("<a @ b.example>", "a", "b.example"),
    ("<a:b@c.example>", "a:b", "c.example"),
    (f"<{'a' * 300}@b.example>", "a" * 300, "b.example"),
    # The classic relay tests: they are taken apart when it is decided whether to relay.
    ("<t%d.example@mail.corp.example>", "t%d.example", "mail.corp.example"),
    ('<"t@d.example">', "t", "d.example"),
    ("<t@d.example@mail.corp.example>", "t@d.example", "mail.corp.example"),
    ('<"t@d.example"@mail.corp.example>', "t@d.example", "mail.corp.example"),
    ("<@mail.corp.example:t@d.example>", "t", "d.example"),
    ("<d.example!t>", "d.example!t", ""),
    ("<d.example!t@mail.corp.example>", "d.example!t", "mail.corp.example"),
]


@pytest.mark.parametrize(("text", "local", "domain"), PATHS)
@pytest.mark.parametrize("strict", [True, False])
def test_a_path_is_read_without_brackets_quotes_and_source_route(
    text: str, local: str, domain: str, strict: bool
) -> None:
    assert parse_path(text, strict=strict) == Path(local, domain)


ONLY_LENIENT = [
    ("a@b.example", Path("a", "b.example")),
    ("a@b.example>", Path("a", "b.example")),
    ('"a b"@c.example', Path("a b", "c.example")),
    ("<a(comment)@b.example>", Path("a", "b.example")),
    ("(comment)a@b.example", Path("a", "b.example")),
    ("<group:a@b.example;>", Path("a", "b.example")),
    ("<,a@b.example>", Path("a", "b.example")),
    ("@hop:a@b.example", Path("a", "b.example")),
    ("\\a@b.example", Path("a", "b.example")),
    ("<@b.example>", Path("", "b.example")),
    ('<""@b.example>', Path("", "b.example")),
]


@pytest.mark.parametrize(("text", "path"), ONLY_LENIENT)
def test_what_only_a_lenient_server_reads(text: str, path: Path) -> None:
    assert parse_path(text) == path
    assert parse_path(text, strict=True) is None


BROKEN = [
    "<a b@c.example>", "<a,b@c.example>", "<a;b@c.example>", "<a\tb@c.example>", "<a\rb@c.example>",
    "<a@b.example,c@d.example>", "a@b.example,c@d.example", "<a@b.example>c@d.example", "<a@b.example>x",
    '"<a@b.example>"', '<a"b"c@d.example>', "<a[b]@c.example>", "<a@b c.example>",
    "<a@>", "<a@b..c>", "<a@.b.example>", "<a@-b.example>", "<a@b-.example>", "<a@192.0.2.1>", "<a@[foo]>",
    "<-a@b.example>", '<"-a"@b.example>', f"<a@{'b' * 64}.example>", f"<a@{'.'.join(['b' * 60] * 5)}>",
    "<a@é.example>",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_anything_else_is_not_a_path(text: str) -> None:
    assert parse_path(text) is None
    assert parse_path(text, strict=True) is None


def test_a_domain_that_is_not_ascii_needs_smtputf8() -> None:
    assert parse_path("<a@é.example>", utf8=True) == Path("a", "é.example")


def test_domains_of_255_octets_are_read_and_longer_ones_are_not() -> None:
    longest = ".".join(["b" * 63, "b" * 63, "b" * 63, "b" * 63])
    assert is_domain(longest)
    assert not is_domain(f"{longest[1:]}.bb")


@pytest.mark.parametrize("local", ["t%d.example", "t@d.example", "d.example!t"])
def test_a_local_part_that_asks_for_routing_is_noticed(local: str) -> None:
    assert Path(local, "corp.example").asks_for_routing
    assert not Path("orders", "corp.example").asks_for_routing


WRITTEN = [
    (Path("a.b", "c.example"), "<a.b@c.example>"),
    (Path("a b", "c.example"), '<"a b"@c.example>'),
    (Path('a"b\\', "c.example"), '<"a\\"b\\\\"@c.example>'),
    (Path("t@d.example", "c.example"), '<"t@d.example"@c.example>'),
    (Path("a..b", "c.example"), '<"a..b"@c.example>'),
    (Path("postmaster", ""), "<postmaster>"),
    (NULL, "<>"),
]


@pytest.mark.parametrize(("path", "text"), WRITTEN)
def test_a_path_is_quoted_where_it_must_be(path: Path, text: str) -> None:
    assert str(path) == text


def test_a_path_shows_the_domain_as_the_client_wrote_it() -> None:
    path = parse_path("<Orders@Customer.EXAMPLE.>")
    assert path == Path("Orders", "customer.example")
    assert path.address == "Orders@Customer.EXAMPLE."


@given(st.text(max_size=40) | st.from_regex(r'<[a-z"\\ .@%!(),:;<>\[\]-]{0,20}>', fullmatch=True))
def test_no_text_breaks_the_parser_and_what_it_reads_it_reads_again(text: str) -> None:
    found = parse_path(text, utf8=True)
    if found and found.local and "\r" not in found.local:
        assert parse_path(str(found), utf8=True) == found
