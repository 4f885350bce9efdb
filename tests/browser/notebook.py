"""What somebody does with a notebook in JupyterLab."""

from browser.serving import TOKEN
from playwright.sync_api import Page, expect

ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"  # tracebacks as well


def open_notebook(page: Page, address: str, name: str) -> None:
    """Open a notebook in a workspace of its own, without those that were open before; wait for its kernel."""
    workspace = name.removesuffix(".ipynb")
    page.goto(f"{address}lab/workspaces/{workspace}/tree/{name}?token={TOKEN}")
    wait_until_idle(page)


def run_all_cells(page: Page) -> None:
    """Run all cells, and wait until they have run."""
    choose(page, "Run", "Run All Cells")
    wait_until_run(page)


def wait_until_run(page: Page) -> None:
    """Wait until the cells have run that were told to."""
    waiting = page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text="[ ]:")
    running = page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text="[*]:")
    expect(waiting.or_(running)).to_have_count(0)
    wait_until_idle(page)


def choose(page: Page, menu: str, entry: str) -> None:
    """Choose something from the menus."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def wait_until_idle(page: Page) -> None:
    """Wait for the kernel: JupyterLab drops `Run All Cells` without a word before it is there."""
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
