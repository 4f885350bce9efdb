"""What a student does with an exercise: read the card, answer wrongly, read why, take a hint, and get it done."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import Noted
from browser.notebook import ERRORS, open_notebook, run_all_cells, wait_until_run
from browser.serving import jupyterlab
from playwright.sync_api import Locator, Page, expect

from labkit.exercises import registry

NOTEBOOK = "03-open-relay.ipynb"


@pytest.fixture
def jupyter(tmp_path: Path) -> Iterator[str]:
    with jupyterlab(tmp_path) as address:
        yield address


def type_and_run(page: Page, cell: Locator, code: str) -> Locator:
    """Replace the code of a cell, run it, and return what it shows."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    wait_until_run(page)
    return cell.locator(".jp-OutputArea-output")


def test_a_student_answers_wrongly_reads_why_takes_a_hint_and_gets_it_done(
    page: Page, jupyter: str, noted: Noted, tmp_path: Path
) -> None:
    hole = registry.find("03.1")
    wrong = hole.wrong[0]
    open_notebook(page, jupyter, NOTEBOOK)
    run_all_cells(page)
    cells = page.locator(".jp-CodeCell")
    number = next(n for n, text in enumerate(cells.all_inner_texts()) if 'line="", repair=""' in text)
    cell = cells.nth(number)
    expect(cell).to_contain_text("not attempted")

    first = 'task = exercise("03.1")\n'  # the last card that was run is another exercise's
    shown = type_and_run(page, cell, first + hole.kind.call(wrong.answer))
    expect(shown).to_contain_text(f"{hole.title}: not yet")
    expect(shown).to_contain_text(wrong.reason.split("`")[0])
    cell.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "not-yet.png")

    shown = type_and_run(page, cell, f"{first}task.check(line=")
    expect(page.locator(ERRORS)).to_have_count(1)  # Python's own words about its syntax

    shown = type_and_run(page, cell, f"{first}task.hint()")
    expect(shown).to_contain_text(hole.hints[0].split("`")[0])

    shown = type_and_run(page, cell, first + hole.kind.call(hole.solution))
    expect(shown).to_contain_text(f"{hole.title}: done")
    page.screenshot(path=tmp_path / "done.png")

    shown = type_and_run(page, cell, "from labkit import progress\nprogress")
    expect(shown).to_contain_text("03.1")
    expect(shown).to_contain_text("1 of")
    page.screenshot(path=tmp_path / "progress.png")
    expect(page.locator(ERRORS)).to_have_count(0)
    assert noted.hosts == {"127.0.0.1"}
