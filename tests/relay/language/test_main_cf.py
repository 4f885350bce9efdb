"""main.cf as postconf(5) describes it."""

import pytest

from labkit.errors import PolicyError
from labkit.relay.language import main_cf

FILES = [
    ("", {}),
    ("a = 1\nb=2\n", {"a": ("1", 1), "b": ("2", 2)}),
    ("# comment\n\na = 1\n   # comment inside\n  2\n\n   3", {"a": ("1 2 3", 3)}),
    ("a =\n  1,\n  2\nb = 3", {"a": ("1, 2", 1), "b": ("3", 4)}),
    ("a = 1\na = 2", {"a": ("2", 2)}),
    ("a =", {"a": ("", 1)}),
    ("a = b = c", {"a": ("b = c", 1)}),
    ("   a = 1", {"a": ("1", 1)}),
]


@pytest.mark.parametrize(("text", "values"), FILES)
def test_what_a_file_says(text: str, values: dict[str, tuple[str, int]]) -> None:
    assert main_cf.read(text) == values


@pytest.mark.parametrize(
    ("text", "number"), [("a = 1\nhello", 2), ("= 1", 1), ("a b = 1", 1), ("\n\nmynetworks", 3)]
)
def test_a_line_that_sets_nothing_is_named_by_its_number(text: str, number: int) -> None:
    with pytest.raises(PolicyError, match=f"Line {number}: .*name = value"):
        main_cf.read(text)


def test_what_is_written_is_read_again() -> None:
    text = main_cf.write({"a": "1, 2", "b": "", "c": "$1 costs $$"})
    assert text == "a = 1, 2\nb =\nc = $$1 costs $$$$"
    read = main_cf.expanded(main_cf.read(text), str)
    assert read == {"a": ("1, 2", 1), "b": ("", 2), "c": ("$1 costs $$", 3)}


LISTS = [
    ("", ()),
    (" , a,b  c\t,\n d", ("a", "b", "c", "d")),
    ("a {b, c} d", ("a", "{b, c}", "d")),
    ("x:{ {a, b}, c }, d", ("x:{ {a, b}, c }", "d")),
]


@pytest.mark.parametrize(("text", "items"), LISTS)
def test_a_list_is_split_but_not_within_braces(text: str, items: tuple[str, ...]) -> None:
    assert main_cf.split(text) == items


@pytest.mark.parametrize(("text", "said"), [("a {b", "doesn't close it"), ("a} b", "didn't open")])
def test_a_list_with_an_odd_brace_is_refused(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        main_cf.split(text)


KNOWN = {"name": "value", "empty": ""}

# Each as `postconf -x` of Postfix 3.7 shows it.
EXPANDED = [
    ("$name|${name}|$(name)|${ name }", "value|value|value|value"),
    ("$$name $$$$", "$name $$"),
    ("$name-x $name.y", "value-x value.y"),
    ("${name?yes}|${name:no}|${empty?yes}|${empty:no}", "yes|||no"),
    ("${name?{a}:{b}}|${empty?{a}:{b}}|${empty?{ a }:{ b }}", "a|b| b "),
    ("${name?{a}:b}|${empty?{a}:b}|${empty:{b}}|${empty:{b} }", "a|b|b|b"),
    ("${name ? {a} : {b} }|$(name?{a}:{b})", "a|a"),
    ("|${name? a }|${name?}|${name?a:b}|", "| a ||a:b|"),
    ("${empty?{$name}:{x $name}}", "x value"),
    ("${empty?{${name}}:{${empty:z}}}", "z"),
    ("{$name, {$empty}}", "{value, {}}"),
]


@pytest.mark.parametrize(("text", "value"), EXPANDED)
def test_a_dollar_stands_for_a_value(text: str, value: str) -> None:
    assert main_cf.expand(text, KNOWN.__getitem__) == value


NO_REFERENCES = [
    ("/foo$/ x", r"'\$/ x': a \$ begins the name of a parameter; \$\$ is the sign itself"),
    ("x$", r"'\$': a \$ begins the name"),
    ("${name", r"'\$\{name' opens a bracket and doesn't close it"),
    ("${}", r"is not of the form \$\{name\}, \$\{name\?then\} or \$\{name:else\}"),
    ("${na-me}", r"is not of the form"),
    ("${{$name} == {x} ? {a} : {b}}", r"is not of the form"),
    ("${empty?{a}x}", r"goes on with 'x' where it should end"),
    ("${empty?{a}:{b}x}", r"goes on with 'x' where it should end"),
]


@pytest.mark.parametrize(("text", "said"), NO_REFERENCES)
def test_a_dollar_that_stands_for_nothing_is_refused(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        main_cf.expand(text, KNOWN.__getitem__)


def test_lines_refer_to_each_other_in_any_order() -> None:
    lines = main_cf.read("a = $b $name\nb = $c,\nc = 1\nc = 2")
    assert main_cf.expanded(lines, KNOWN.__getitem__) == {"a": ("2, value", 1), "b": ("2,", 2), "c": ("2", 4)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = $a", r"Line 1: a: a is made of itself: a -> a\."),
        (f"a = {'${name?' * 1000}{'}' * 1000}", r"Line 1: a: its \$names are nested too deeply\."),
        ("x = 1\na = ${b}\nb = $(a)", r"Line 2: a: a is made of itself: a -> b -> a\."),
    ],
)
def test_a_line_that_can_not_come_to_an_end_is_refused(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        main_cf.expanded(main_cf.read(text), KNOWN.__getitem__)
