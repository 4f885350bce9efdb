"""Every link leads somewhere. Nothing is fetched: what is outside is one of a few places that last."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from notebooks.conftest import NOTEBOOKS

ROOT = NOTEBOOKS.parent
OUTSIDE = frozenset({"www.rfc-editor.org", "keepachangelog.com", "semver.org"})
PAGES = sorted(
    [
        *NOTEBOOKS.glob("*.ipynb"),
        *NOTEBOOKS.rglob("*.md"),
        *ROOT.glob("*.md"),
        *(ROOT / "docker").rglob("*.md"),
        *(ROOT / "tests").rglob("*.md"),
    ]
)
TARGET = re.compile(r"\[(?:[^][]|\[[^][]*\])*\]\(([^()\s]+)\)|<((?:https?|mailto):[^>\s]+)>")
IN_HTML = re.compile(r"""<(?:a|img)\b[^>]*?\b(?:href|src)=["']([^"']+)["']""")


def text_of(path: Path) -> str:
    """The prose of a page, without code."""
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    return re.sub(
        r"```.*?```|`[^`\n]*`", lambda code: code[0] if "](" not in code[0] else "", text, flags=re.DOTALL
    )


def links(path: Path) -> list[str]:
    text = text_of(path)
    found = [first or second for first, second in TARGET.findall(text)] + IN_HTML.findall(text)
    return [link for link in found if not link.startswith("data:")]


def anchors(path: Path) -> set[str]:
    """What may stand behind ``#``: JupyterLab's form for a notebook, and the usual one for a text."""
    titles = re.findall(
        r"^#{1,6} +(.+?) *$", re.sub(r"```.*?```", "", text_of(path), flags=re.DOTALL), re.MULTILINE
    )
    if path.suffix == ".ipynb":
        return {anchor(title) for title in titles}
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def anchor(title: str) -> str:
    """The id that JupyterLab gives to a heading of a notebook."""
    return re.sub(r"[`*]", "", title).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_each_link_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    assert [
        link for link in links(page) if not urlsplit(link).scheme and not leads_somewhere(page, link)
    ] == []


def leads_somewhere(page: Path, link: str) -> bool:
    parts = urlsplit(link)
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.exists() or ROOT not in (target, *target.parents):
        return False
    return not parts.fragment or unquote(parts.fragment) in anchors(target)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_to_the_outside_lead_to_places_that_the_project_cites(page: Path) -> None:
    outside = [urlsplit(link) for link in links(page) if urlsplit(link).scheme]
    assert [link.geturl() for link in outside if link.scheme != "https" or link.hostname not in OUTSIDE] == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if NOTEBOOKS in page.parents], ids=lambda page: page.name
)
def test_what_a_student_opens_leads_to_nothing_above_the_notebooks(page: Path) -> None:
    """JupyterLab opens in the folder of the notebooks and shows nothing outside it."""
    inside = [link for link in links(page) if not urlsplit(link).scheme]
    targets = [(page.parent / unquote(urlsplit(link).path)).resolve() for link in inside]
    assert all(NOTEBOOKS in (target, *target.parents) for target in targets)
