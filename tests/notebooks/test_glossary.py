"""The glossary has every word that a notebook introduces, and says which notebook that is.

A notebook sets a new word in italics where it explains it. A reader who meets the word again, perhaps in
another notebook and in a second language, looks it up.
"""

import re

import nbformat
import pytest
from nbformat import NotebookNode
from notebooks.conftest import NOTEBOOKS

GLOSSARY = NOTEBOOKS / "glossary.md"
LINK = "](glossary.md)"
ROW = re.compile(
    r"^\| \*\*(?P<word>.+?)\*\* \| (?P<meaning>.+?) \| \[(?P<number>\d\d)\]\((?P<target>.+?)\) \|$"
)
ITALIC = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")
CODE, BOLD = re.compile(r"```.*?```", re.DOTALL), re.compile(r"\*\*.*?\*\*")

# The same word in another form.
FORMS = {
    "aligned": "alignment",
    "bare": "bare line feed",
    "extended hello": "EHLO",
    "headers": "header",
    "hops": "hop",
    "mail exchanger": "MX",
    "mandatory": "mandatory TLS",
    "open": "open relay",
    "opportunistic": "opportunistic TLS",
    "reset": "RSET",
    "scanners": "scanner",
    "sessions": "session",
}
# Italics that stress a word or quote one, and introduce nothing.
STRESSED = {
    "after auth", "after starttls", "and", "for", "from", "go on", "good", "how much", "if it is offered",
    "inside", "later", "laptop, logs in over tls", "never in this size", "no", "no for good", "no for now",
    "no, and do not try again", "not now", "not now, try again later", "one", "plain", "required",
    "show original", "this is spam", "tls begins here", "to", "two", "view source", "what", "when", "who",
    "who are you?", "yes",
}  # fmt: skip


def rows() -> list[dict[str, str]]:
    """The rows of the table. Another test sees to it that none is written so that it is missed here."""
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    found = [ROW.match(line) for line in lines]
    return [row.groupdict() for row in found if row]


def words() -> dict[str, str]:
    """Each word as the glossary writes it, by its small letters."""
    return {row["word"].lower(): row["word"] for row in rows()}


def prose(notebook: NotebookNode) -> str:
    return CODE.sub("", "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown"))


def italics(text: str) -> set[str]:
    """What stands in italics, in small letters and in the form in which the glossary has it."""
    found = [term.lower() for term in ITALIC.findall(BOLD.sub("", re.sub(r"`[^`]*`", "", text)))]
    return {FORMS.get(term, term).lower() for term in found}


def test_each_word_in_italics_is_in_the_glossary(notebook: NotebookNode) -> None:
    assert italics(prose(notebook)) - STRESSED - words().keys() == set()


def test_each_notebook_leads_to_the_glossary_once(notebook: NotebookNode) -> None:
    assert prose(notebook).count(LINK) == 1
    assert LINK in notebook.cells[0].source


def test_the_words_are_in_alphabetical_order_and_none_is_there_twice() -> None:
    keys = [row["word"].lower().replace("-", " ") for row in rows()]
    assert len(keys) == GLOSSARY.read_text(encoding="utf-8").count("\n| **")
    assert keys == sorted(set(keys))


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The prose of each notebook, by file name, in the order of the course."""
    paths = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
    return {path.name: prose(nbformat.read(path, as_version=4)) for path in paths}


@pytest.mark.parametrize("row", rows(), ids=[row["word"] for row in rows()])
def test_each_word_names_the_notebook_that_introduces_it(row: dict[str, str], texts: dict[str, str]) -> None:
    """That is the first one with the word in italics; or else the first one with the word."""
    as_word = re.compile(rf"(?<!\w){re.escape(row['word'])}(?!\w)", re.IGNORECASE)
    explained = [name for name, text in texts.items() if row["word"].lower() in italics(text)]
    used = [name for name, text in texts.items() if as_word.search(text)]
    assert (explained or used)[:1] == [row["target"]]
    assert row["target"].startswith(row["number"])


@pytest.mark.parametrize("row", rows(), ids=[row["word"] for row in rows()])
def test_each_meaning_is_one_or_two_sentences(row: dict[str, str]) -> None:
    sentences = re.split(r"(?<=[.?!]) +(?=[A-Z])", row["meaning"])
    assert len(sentences) <= 2
    assert row["meaning"].endswith(".")


@pytest.mark.parametrize("form", FORMS)
def test_each_other_form_leads_to_a_word_of_the_glossary(form: str) -> None:
    assert FORMS[form].lower() in words()
