"""Inline tables: what Postfix's own `postmap -q` finds in them, and mistakes.

Where Postfix is installed, each row is asked of it too, so that the rows stay true.
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import PolicyError
from labkit.relay.language import tables

Find = Callable[[str, str], str | None]

FOUND = [
    ("inline:{a=b}", "a", "b"),
    ("inline:{a=b}", "A", "b"),
    ("inline:{A=b}", "a", "b"),
    ("inline:{a=b}", "b", None),
    ("inline:{a=b=c}", "a", "b=c"),
    ("inline:{ {a = b c}, d=e}", "a", "b c"),
    ("inline:{ {a = b c} d=e}", "d", "e"),
    ("inline:{ {a = {x, y}} }", "a", "{x, y}"),
    ("inline:{a=1 a=2}", "a", "2"),
    ("inline:{ {a=b},}", "a", "b"),
    ("inline:{ {a = $1 $$ x} }", "a", "$1 $$ x"),
    ("cidr:{{192.0.2.0/24 REJECT}}", "192.0.2.1", "REJECT"),
    ("cidr:{{192.0.2.0/24 REJECT}}", "198.51.100.1", None),
    ("cidr:{ {192.0.2.1 x}, {192.0.2.0/24 REJECT a  b}}", "192.0.2.1", "x"),
    ("cidr:{ {192.0.2.1 x}, {192.0.2.0/24 REJECT a  b}}", "192.0.2.2", "REJECT a  b"),
    ("cidr:{{ 192.0.2.0/24\ttab}}", "192.0.2.1", "tab"),
    ("cidr:{{192.0.2.0/24 a$$b $1}}", "192.0.2.1", "a$$b $1"),
    ("cidr:{{2001:db8::/32 v6}}", "2001:db8::1", "v6"),
    ("cidr:{{[2001:db8::]/32 v6}}", "2001:db8::1", "v6"),
    ("cidr:{{2001:db8::1 v6}}", "2001:DB8::1", "v6"),
    ("cidr:{{!198.51.100.0/24 other}}", "192.0.2.1", "other"),
    ("cidr:{{!198.51.100.0/24 other}}", "198.51.100.1", None),
    ("cidr:{{!2001:db8::/32 other}}", "192.0.2.1", None),
    ("cidr:{{!192.0.2.0/24 other}}", "mail.example", None),
    ("cidr:{{if 192.0.2.0/24},{192.0.2.1 in},{endif},{0.0.0.0/0 out}}", "192.0.2.1", "in"),
    ("cidr:{{if 192.0.2.0/24},{192.0.2.1 in},{endif},{0.0.0.0/0 out}}", "192.0.2.2", "out"),
    ("pcre:{{/foo/ yes}}", "a FOO b", "yes"),
    ("pcre:{{/foo/i yes}}", "FOO", None),
    ("pcre:{{/^foo$/ yes}}", "xfoo", None),
    ("pcre:{{/foo$|bar$/ yes}}", "foobar", "yes"),
    ("pcre:{{/f(o+)(b)?/ got $1-${2}-$(1)-$$}}", "fooxyz", "got oo--oo-$"),
    ("pcre:{{/(f)oo/ ${1}abc}}", "foo", "fabc"),
    ("pcre:{{/foo/ a$$b}}", "foo", "a$b"),
    ("pcre:{{!/x/ a$$b}}", "foo", "a$b"),
    ("pcre:{{!/x/ neg}}", "x", None),
    ("pcre:{{!!/x/ twice}}", "x", "twice"),
    ("pcre:{{! /foo/ x},{/b/ y}}", "foobar", "y"),
    ("pcre:{{|fo| pipe}}", "foobar", "pipe"),
    (r"pcre:{{/a\/b/ slash}}", "a/b", "slash"),
    ("pcre:{{/fo{1,2}b/ braces}}", "foobar", "braces"),
    ("pcre:{{if /foo/},{/bar/ inner},{endif},{/f/ x}}", "foobar", "inner"),
    ("pcre:{{if /foo/},{/bar/ inner},{endif},{/f/ x}}", "foo", "x"),
    ("pcre:{{IF !/foo/},{/bar/ no},{ENDIF},{/b(a)r/ $1}}", "foobar", "a"),
    ("pcre:{{# a comment},{/foo/ x}}", "foo", "x"),
    ("pcre:{  {  /foo/   a  b  }  ,  {/x/ y} }", "foo", "a  b"),
    ("pcre:{{/a.b/ dot}}", "a\nb", "dot"),
    ("pcre:{{/a.b/s dot}}", "a\nb", None),
    ("pcre:{{/^b/ start}}", "a\nb", None),
    ("pcre:{{/^b/m start}}", "a\nb", "start"),
    ("pcre:{{/f o o/x spaces}}", "foo", "spaces"),
    ("pcre:{{/[[]/ bracket}}", "a[b", "bracket"),
    ("pcre:{{/[]x]/ bracket}}", "a]b", "bracket"),
    ("pcre:{{/^[^]x]$/ bracket}}", "]", None),
    ("pcre:{{/[[:alpha:]]-[[:digit:]]/ class}}", "a-1", "class"),
    (r"pcre:{{/a[\]]b/ bracket}}", "a]b", "bracket"),
    ("pcre:{{/^[+--]$/ range}}", ",", "range"),
    ("pcre:{{|^[--/]$| range}}", ".", "range"),
    ("pcre:{{/^[--- ]+$/ range}}", "- -", "range"),
    (r"pcre:{{/a\hb/ blank}}", "a b", "blank"),
    (r"pcre:{{/[a-c&&x~~|]{4}/ odd}}", "&~|a", "odd"),
    (r"pcre:{{/^\w+$/ word}}", "wörd", None),
    ("regexp:{{/foo/ yes}}", "a FOO b", "yes"),
    ("regexp:{{/foo/i yes}}", "FOO", None),
    ("regexp:{{/(o+)/ got $1}}", "foobar", "got oo"),
    (r"regexp:{{/\<bar/ word}}", "foo bar", "word"),
    (r"regexp:{{/\<bar/ word}}", "foobar", None),
    (r"regexp:{{/foo\>/ word}}", "foo bar", "word"),
    (r"regexp:{{/fo\+/ plus}}", "foo", None),
    (r"regexp:{{/a[\]b/ backslash}}", "a\\b", "backslash"),
    (r"regexp:{{/[\d]/ letter}}", "1", None),
    ("regexp:{{/^[[:digit:]]+$/ digits}}", "123", "digits"),
    ("regexp:{{/a.b/ dot}}", "a\nb", "dot"),
    ("regexp:{{/a.b/m dot}}", "a\nb", None),
]


def lab(table: str, key: str) -> str | None:
    return tables.table(table).find(key)


@pytest.fixture(scope="module")
def postmap(tmp_path_factory: pytest.TempPathFactory) -> Find:
    folder: Path = tmp_path_factory.mktemp("postfix")
    (folder / "main.cf").write_text("compatibility_level = 3.6\n")

    def find(table: str, key: str) -> str | None:
        command = ["postmap", "-c", str(folder), "-q", key, table]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.stderr == ""
        return done.stdout.removesuffix("\n") or None

    return find


@pytest.mark.parametrize(("table", "key", "value"), FOUND)
def test_a_table_gives_what_postfix_gives(table: str, key: str, value: str | None) -> None:
    assert lab(table, key) == value


if shutil.which("postmap"):

    @pytest.mark.parametrize(("table", "key", "value"), FOUND)
    def test_postfix_gives_it(postmap: Find, table: str, key: str, value: str | None) -> None:
        assert postmap(table, key) == value


MISTAKES = [
    ("hash:/etc/postfix/access", r"Postfix knows hash: tables, which are files; this lab reads them inline"),
    ("mysql:/etc/postfix/x.cf", r"Postfix knows mysql: tables"),
    ("inlin:{a=b}", r"there is no table type 'inlin'\. Did you mean inline\?"),
    ("a=b", r"'a=b' is not a table such as inline:\{key=value\}"),
    ("inline:a=b", r"'inline:a=b' is not of the form inline:\{\.\.\.\}; this lab reads no files"),
    ("pcre:/etc/postfix/header_checks", r"is not of the form pcre:\{\.\.\.\}; this lab reads no files"),
    ("inline:{a=b", r"'inline:\{a=b' is not of the form inline:\{\.\.\.\}"),
    ("inline:{a=b}}", r"is not of the form inline:\{\.\.\.\}"),
    ("inline:{a=b}{c=d}", r"is not of the form inline:\{\.\.\.\}"),
    ("inline:", r"is not of the form inline:\{\.\.\.\}"),
    ("inline:{}", r"inline: the table is empty"),
    ("inline:{a}", r"inline: 'a' is not of the form key=value"),
    ("inline:{a = b}", r"with spaces it is \{key = value\}, in braces"),
    ("inline:{a=}", r"inline: 'a=' is not of the form key=value"),
    ("inline:{{a b = c}}", r"'\{a b = c\}' is not of the form"),
    ("cidr:{192.0.2.0/24 x}", r"'192.0.2.0/24' is not one line in braces"),
    ("cidr:{{a b}{c d}}", r"'\{a b\}\{c d\}' is not one line in braces"),
    ("cidr:{{192.0.2.1/24 x}}", r"cidr: '192.0.2.1/24' is not a network .*host bits"),
    ("cidr:{{192.0.2.0/255.255.255.0 x}}", r"the part behind the slash is a number of bits"),
    ("cidr:{{192.0.2 x}}", r"'192.0.2' is not a network"),
    ("cidr:{{192.0.2.1}}", r"'192.0.2.1' has a pattern and no value"),
    ("cidr:{{! }}", r"'' is not a network"),
    ("cidr:{{if 192.0.2.1}}", r"an if has no endif"),
    ("pcre:{{endif}}", r"endif stands without an if"),
    ("pcre:{{foo x}}", r"'foo x' is not of the form /pattern/flags value"),
    ("pcre:{{/foo x}}", r"'/foo x' has no / that ends the pattern"),
    ("pcre:{{/foo/}}", r"'/foo/' has a pattern and no value"),
    ("pcre:{{/foo/q x}}", r"'q' behind /foo/ is not one of the flags i, m, s, x"),
    ("regexp:{{/foo/x x}}", r"'x' behind /foo/ is not one of the flags i, m\."),
    ("pcre:{{/f(oo/ x}}", r"/f\(oo/ is not a pattern that this lab can read \(missing \)"),
    ("pcre:{{/[[:vowel:]]/ x}}", r"there is no class \[:vowel:\]"),
    ("pcre:{{/foo/ $1}}", r"'\$1': the pattern has no group 1"),
    ("pcre:{{/[[:a/ x}}", r"a \[ in a pattern is not closed by a \]"),
    ("pcre:{{/(f)oo/ $0}}", r"the pattern has no group 0"),
    ("pcre:{{!/(f)oo/ $1}}", r"the pattern has no group 1"),
    ("pcre:{{/(f)oo/ $1abc}}", r"behind a \$ stands the number of a group"),
    ("pcre:{{/(f)oo/ a$}}", r"behind a \$ stands the number of a group"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_in_a_table_is_answered_in_one_line(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said) as caught:
        tables.table(text)
    assert "\n" not in str(caught.value)


WRITTEN = [
    ({"a@corp.example": "REJECT"}, "inline:{ {a@corp.example = REJECT} }"),
    ({"a": "OK", "b": "550 no, never"}, "inline:{ {a = OK}, {b = 550 no, never} }"),
    ([("a", "OK"), ("b", "REJECT")], "inline:{ {a = OK}, {b = REJECT} }"),
    ("inline:{\n    a=b,\n    c=d\n}", "inline:{ a=b, c=d }"),
]


@pytest.mark.parametrize(("given", "text"), WRITTEN)
def test_a_table_may_be_a_mapping_or_pairs(given: object, text: str) -> None:
    assert tables.written(given) == text


NO_TABLES = [
    (5, r"5 is not a table: give a mapping such as"),
    ([1, 2], r"each entry is a pair of texts"),
    ({"a": 5}, r"each entry is a pair of texts"),
    ({}, r"the table is empty"),
    ({"a b": "OK"}, r"'a b' can't be a key in a table"),
    ({"a=b": "OK"}, r"'a=b' can't be a key in a table"),
    ({"": "OK"}, r"'' can't be a key in a table"),
    ({"192.0.2.0/24": "OK"}, r"write cidr:\{\{192.0.2.0/24 OK\}\}"),
    ({"a": ""}, r"'' can't be a value in a table"),
    ({"a": "x\ny"}, r"can't be a value in a table"),
    ({"a": "x}"}, r"is not of the form inline"),
]


@pytest.mark.parametrize(("given", "said"), NO_TABLES)
def test_what_can_not_be_a_table_is_told(given: object, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        tables.written(given)


KEYS = st.text("abc.@-", min_size=1).map(str.lower)
VALUES = st.text("abc $!,;=", min_size=1).filter(str.strip)


@given(st.dictionaries(KEYS, VALUES, min_size=1))
def test_a_mapping_finds_what_it_holds(entries: dict[str, str]) -> None:
    table = tables.table(tables.written(entries))
    assert {key: table.find(key) for key in entries} == {key: entries[key].strip() for key in entries}
