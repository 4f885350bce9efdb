"""main.cf as postconf(5) describes it."""

import pytest

from labkit.errors import PolicyError
from labkit.relay import main_cf

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
    assert main_cf.read(main_cf.write({"a": "1, 2", "b": ""})) == {"a": ("1, 2", 1), "b": ("", 2)}
