"""`lab.panel()` in JupyterLab, in a browser: worked with the mouse, with the keyboard alone, and left alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from browser.conftest import PATIENCE, Noted
from browser.notebook import ERRORS, choose, open_notebook, run_all_cells, wait_until_idle, wait_until_run
from browser.panel import (
    RUNGS,
    PanelPage,
    climb_and_be_attacked,
    fast_forward_and_reset,
    start_and_stop,
)
from browser.serving import jupyterlab
from playwright.sync_api import Page, expect

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
PANEL = ("from labkit import Lab\nlab = Lab()", "lab.panel()")
UNTIL_SEEN = """
from pathlib import Path
sent = 0
while not Path("seen").exists():
    sent += lab.attacker.spam(100).delivered
"""
LIVE = (PANEL[0], "lab.live()", UNTIL_SEEN, "sent")
EVIL = "<img src=evil onerror='evil=1'><script>evil=1</script>"
HOSTILE = (
    f"from labkit import Lab\nlab = Lab()\nEVIL = {EVIL!r}",
    "lab.panel()",
    "lab.live()",
    "lab.laptop.send(subject=EVIL, text=EVIL, user=EVIL, password=EVIL)",
    "lab.workstation.send(header_from=EVIL, subject=EVIL, text=EVIL)",
    "lab.transcripts",
    "lab.transcripts[2]",
    "lab.transcripts[1].diff(lab.transcripts[2])",
    'lab.mailbox("orders@customer.example")',
    'lab.mailbox("orders@customer.example")[0]',
)
STEPS = 150  # presses of the tab key within which everything on the panel has had the focus


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("jupyterlab")
    with jupyterlab(folder) as address:
        yield address, folder / "notebooks"


def open_new(page: Page, server: tuple[str, Path], name: str, sources: tuple[str, ...]) -> None:
    """Open a notebook with these cells, which has a kernel of its own, and run it."""
    address, folder = server
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, sources)), metadata=KERNEL)
    nbformat.write(notebook, folder / name)
    open_notebook(page, address, name)
    run_all_cells(page)


@pytest.fixture
def panel(page: Page, server: tuple[str, Path], request: pytest.FixtureRequest) -> PanelPage:
    open_new(page, server, f"{request.node.name}.ipynb", PANEL)
    panel = PanelPage(page)
    panel.wait_until_drawn()
    return panel


def test_the_stage_is_worked_from_one_cell(panel: PanelPage, noted: Noted) -> None:
    climb_and_be_attacked(panel)
    panel.picture("panel")
    start_and_stop(panel)
    fast_forward_and_reset(panel)
    expect(panel.page.locator(ERRORS)).to_have_count(0)
    assert panel.barriers() == []
    assert noted.complaints == []
    assert noted.hosts == {"127.0.0.1"}


def test_the_keyboard_alone_is_enough(panel: PanelPage) -> None:
    keyboard = panel.page.keyboard
    panel.panel.get_by_label(RUNGS[0]).focus()
    keyboard.press("Tab")
    keyboard.press("Space")
    panel.expect_said("This policy is in force, from the next session on.")
    expect(panel.panel.get_by_label(RUNGS[1])).to_be_checked()

    go_to(panel, "Spam, 100 letters")
    keyboard.press("Enter")
    panel.expect_said("Spam, 100 letters: the attack fails.")

    go_to(panel, "Reset the lab")
    keyboard.press("Space")
    panel.expect_said("Reset the lab: everything is as it was at the start.")


def go_to(panel: PanelPage, name: str) -> None:
    """Press the tab key until a button has the focus, and see that one can see it."""
    button = panel.button(name)
    for _ in range(STEPS):
        panel.page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            assert button.evaluate("button => getComputedStyle(button).outlineStyle") == "solid"
            return
    pytest.fail(f"The tab key doesn't lead to {name!r}.")


def test_nonsense_is_answered_in_words(panel: PanelPage) -> None:
    before = panel.main_cf.input_value()
    panel.main_cf.fill("mynetwork = <b>everybody</b>")
    panel.press("Put main.cf into force")
    panel.expect_said("Line 1: there is no parameter 'mynetwork'")
    panel.expect_said("The relay keeps the policy that it had.")
    panel.press("Undo my changes")
    expect(panel.main_cf).to_have_value(before)


def test_who_closes_the_page_stops_nothing_and_finds_it_all_on_coming_back(panel: PanelPage) -> None:
    page = panel.page
    page.keyboard.press("Control+s")
    panel.press("Spam, 5,000 letters")
    panel.expect_said("of 5,000 letters …")
    address = page.url
    page.close()

    again = PanelPage(page.context.new_page())
    again.page.goto(address)
    said = "Spam, 5,000 letters: the attack works. 5,000 of 5,000 letters delivered, 0 refused."
    again.expect_said(said, timeout=5 * PATIENCE)  # so many letters take a busy machine minutes
    again.expect_count("delivered", "5,000")
    again.press("Letter from the office")
    again.expect_said("Letter from the office: the letter was delivered")


def test_after_a_kernels_restart_it_is_opened_anew(panel: PanelPage) -> None:
    page = panel.page
    panel.press("Spam, 5,000 letters")
    panel.expect_said("of 5,000 letters …")
    choose(page, "Kernel", "Restart Kernel and Clear Outputs of All Cells…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(panel.panel).to_have_count(0)
    wait_until_idle(page)
    run_all_cells(page)
    again = PanelPage(page)
    again.wait_until_drawn()
    again.expect_count("delivered", "0")
    again.press("Letter from the office")
    again.expect_said("Letter from the office: the letter was delivered")


def test_a_live_view_follows_an_attack_in_the_next_cell(
    page: Page, server: tuple[str, Path], noted: Noted
) -> None:
    address, folder = server
    cells = list(map(nbformat.v4.new_code_cell, LIVE))
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), folder / "live.ipynb")
    open_notebook(page, address, "live.ipynb")
    choose(page, "Run", "Run All Cells")
    live = page.locator(".labkit-live")
    accepted = live.locator(".labkit-counts div").filter(has_text="letters accepted").locator("dd")
    expect(accepted).not_to_have_text("0")
    (folder / "seen").touch()  # until then the attack goes on
    wait_until_run(page)
    sent = int(page.locator(".jp-OutputArea-executeResult").last.inner_text().split()[-1])
    expect(accepted).to_have_text(f"{sent:,}")
    expect(live.get_by_role("img")).to_have_attribute(
        "aria-label", ends_with(f"{sent:,} accepted, 0 refused; at most 100 in a minute.")
    )
    PanelPage(page).picture("live")
    expect(page.locator(ERRORS)).to_have_count(0)
    assert noted.complaints == []


def test_what_a_letter_says_is_only_text_in_the_notebook(
    page: Page, server: tuple[str, Path], noted: Noted
) -> None:
    open_new(page, server, "hostile.ipynb", HOSTILE)
    panel = PanelPage(page)
    panel.wait_until_drawn()
    expect(panel.transcript).to_contain_text("<script>evil=1</script>")
    expect(page.locator(".jp-OutputArea-output").filter(has_text="<img src=evil")).not_to_have_count(0)
    expect(page.locator(ERRORS)).to_have_count(0)
    assert page.evaluate("typeof evil") == "undefined"
    assert page.locator("img[src=evil]").count() == 0
    assert noted.complaints == []
    assert not [address for address in noted.addresses if address.endswith("evil")]


def ends_with(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text) + "$")
