"""A command line as words, with what stands in brackets and quotes kept together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp.words import SPACE, words

LINES = [
    ("", [], True),
    ("  a \t b  ", ["a", "b"], True),
    ("FROM:<a@b.example> SIZE=5", ["FROM:", "<a@b.example>", "SIZE=5"], True),
    ("From:a@b.example", ["From:", "a@b.example"], True),
    ("TO: a b", ["TO:", "a", "b"], True),
    ("FROM :<a>", ["FROM", ":<a>"], True),
    ("other:<a>", ["other:<a>"], True),
    ('TO:<"a b"@c.example>', ["TO:", '<"a b"@c.example>'], True),
    ('TO:"a b"@c.example', ["TO:", '"a b"@c.example'], True),
    ('TO:<a">"b c> d', ["TO:", '<a">"b c>', "d"], True),
    ("TO:<<a b> c>", ["TO:", "<<a b> c>"], True),
    ("TO:<a\\> b> c", ["TO:", "<a\\> b>", "c"], True),
    ("TO:a\\ b c", ["TO:", "a\\ b", "c"], True),
    ("TO:<a b c", ["TO:", "<a b c"], False),
    ('TO:<a> "b c', ["TO:", "<a>", '"b c'], False),
    ("a\\", ["a\\"], True),
    ("a\u00a0b", ["a\u00a0b"], True),
]


@pytest.mark.parametrize(("line", "found", "closed"), LINES)
def test_words(line: str, found: list[str], closed: bool) -> None:
    assert words(line) == (found, closed)


@given(st.text())
def test_nothing_but_white_space_gets_lost(line: str) -> None:
    found, _ = words(line)
    assert all(found)
    kept = "".join(found).translate(dict.fromkeys(map(ord, SPACE)))
    assert kept == line.translate(dict.fromkeys(map(ord, SPACE)))
