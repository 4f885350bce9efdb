"""What a student does: open a notebook in JupyterLab, run all cells, read the refusal.

Everything below this is tested without a browser. This shows that the parts meet: the server, the
kernel, the lab's own thread inside it and the rendering of a transcript.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import Noted
from browser.notebook import ERRORS, open_notebook, run_all_cells
from browser.serving import jupyterlab
from playwright.sync_api import Page, expect

NOTEBOOK = "03-open-relay.ipynb"


@pytest.fixture
def jupyter(tmp_path: Path) -> Iterator[str]:
    with jupyterlab(tmp_path) as address:
        yield address


def test_a_student_runs_the_open_relay_notebook_and_reads_the_refusal(
    page: Page, jupyter: str, noted: Noted, tmp_path: Path
) -> None:
    open_notebook(page, jupyter, NOTEBOOK)
    run_all_cells(page)

    outputs = page.locator(".jp-OutputArea-output")
    refused = outputs.filter(has_text="554 5.7.1").filter(has_text="Relay access denied")
    refused.first.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "refused.png")
    expect(refused.first).to_be_visible()
    expect(page.locator(ERRORS)).to_have_count(0)
    assert noted.hosts == {"127.0.0.1"}
