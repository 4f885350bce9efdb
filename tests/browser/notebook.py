"""What somebody does with a notebook in JupyterLab."""

from browser.serving import TOKEN
from playwright.sync_api import Page, expect

ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"  # tracebacks as well
SECOND = 1_000  # playwright counts in milliseconds
START, RUN = 90 * SECOND, 180 * SECOND


def open_notebook(page: Page, address: str, name: str) -> None:
    """Open a notebook in a workspace of its own, without those that were open before; wait for its kernel."""
    workspace = name.removesuffix(".ipynb")
    page.goto(f"{address}lab/workspaces/{workspace}/tree/{name}?token={TOKEN}", timeout=START)
    wait_until_idle(page)


def run_all_cells(page: Page) -> None:
    """Run all cells, and wait until they have run."""
    choose(page, "Run", "Run All Cells")
    waiting = page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text="[ ]:")
    running = page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text="[*]:")
    expect(waiting.or_(running)).to_have_count(0, timeout=RUN)
    wait_until_idle(page)


def choose(page: Page, menu: str, entry: str) -> None:
    """Choose something from the menus."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def wait_until_idle(page: Page) -> None:
    """Wait for the kernel: JupyterLab drops `Run All Cells` without a word before it is there."""
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=START)
