"""What is shown to students: as text and as HTML, with the same content and no markup of anybody's."""

import re
from html import unescape

from labkit.exercises import sheets
from labkit.exercises.sheets import Sheet

SHEET = Sheet(
    "06.1 <Close> it",
    (
        ("given", "Read `mynetworks`:\n    mynetworks = <x>\n      twice\nand so on."),
        ("  a", "S: 250 <ok> & more"),
    ),
    (("✓ holds: The office & all", (("tried", "It sends."),)),),
    ("`task.hint()` gives a hint.",),
)


def words(html: str) -> list[str]:
    plain = re.sub(r"<style>.*?</style>|</?code[^>]*>", "", html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", plain)).split()


def test_text_and_html_have_the_same_words_in_the_same_order() -> None:
    assert words(sheets.html(SHEET)) == sheets.text(SHEET).replace("`", "").split()


def test_what_stands_in_a_sheet_is_never_markup() -> None:
    html = sheets.html(SHEET)
    for given in ("<Close>", "<x>", "<ok>"):
        assert given not in html
    assert "&lt;x&gt;" in html


def test_code_keeps_its_lines_and_its_indentation() -> None:
    assert ">mynetworks = &lt;x&gt;\n  twice</code>" in sheets.html(SHEET)
    assert "      mynetworks = <x>" in sheets.text(SHEET)
    assert "<code>S: 250 &lt;ok&gt; &amp; more</code>" in sheets.html(SHEET)


def test_long_words_are_wrapped_and_code_is_not() -> None:
    long = Sheet("x", (("given", "word " * 60 + "\n    " + "code " * 40),))
    prose, code = [], []
    for line in sheets.text(long).splitlines():
        (code if "code" in line else prose).append(line)
    assert max(map(len, prose)) <= sheets.WIDTH
    assert len(code) == 1


def test_a_sheet_that_is_only_a_title_is_no_table() -> None:
    assert "<table" not in sheets.html(Sheet("x", below=("y",)))
