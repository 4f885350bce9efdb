"""The panel as somebody works it in a browser, wherever it is shown."""

import json
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

RUNGS = ("1. Open relay", "2. Trusted networks", "3. AUTH:", "4. AUTH + TLS")
SERIOUS = ("serious", "critical")
PICTURES = Path(__file__).resolve().parents[2] / ".pytest_cache" / "pictures"


class PanelPage:
    """A page with a panel."""

    def __init__(self, page: Page) -> None:
        self.page, self.panel = page, page.locator(".labkit-panel")

    def wait_until_drawn(self) -> None:
        """Wait until the panel is there, with its map."""
        expect(self.map).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        self.button(name).click()

    def choose(self, rung: str) -> None:
        """Climb to a rung of the ladder, and wait until its policy is in force."""
        self.panel.get_by_label(rung).check()
        self.expect_said("This policy is in force, from the next session on.")

    def expect_said(self, words: str, timeout: float | None = None) -> None:
        note = self.panel.locator(".labkit-note").filter(has_text=words).first
        expect(note).to_be_visible(timeout=timeout)

    def expect_count(self, label: str, value: str) -> None:
        pair = self.panel.locator(".labkit-counts div").filter(has_text=label)
        expect(pair.locator("dd")).to_have_text(value)

    @property
    def main_cf(self) -> Locator:
        return self.panel.get_by_label("main.cf")

    @property
    def transcript(self) -> Locator:
        return self.panel.get_by_role("region", name="Transcript")

    @property
    def map(self) -> Locator:
        return self.panel.get_by_role("img", name="relay")

    def picture(self, name: str) -> None:
        """Keep a picture of the page as it is on the screen, and one of the whole view, to be looked at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")
        view, size = self.page.locator(".labkit-view").first, self.page.viewport_size
        assert size
        height = int(view.evaluate("view => view.scrollHeight"))
        self.page.set_viewport_size({"width": size["width"], "height": size["height"] + height})
        view.screenshot(path=PICTURES / f"{name}-whole.png")
        self.page.set_viewport_size(size)

    def barriers(self) -> list[str]:
        """What axe-core finds in the panel that would keep somebody out."""
        found: dict[str, Any] = Axe().run(self.page, context=".labkit-panel").response
        return [
            f"{each['id']}: {node['html'][:200]}: {json.dumps(node['failureSummary'])}"
            for each in found["violations"]
            if each["impact"] in SERIOUS
            for node in each["nodes"]
        ]


def climb_and_be_attacked(panel: PanelPage) -> None:
    """What an instructor does at the front of a class: the ladder from the bottom, and what gets through."""
    panel.press("Spam, 100 letters")
    panel.expect_said("Spam, 100 letters: the attack works. 100 of 100 letters delivered, 0 refused.")
    panel.expect_count("delivered", "100")

    panel.choose(RUNGS[1])
    expect(panel.main_cf).to_have_value(starts_with("mynetworks = 192.0.2.0/24"))
    panel.press("Spam, 100 letters")
    panel.expect_said("Spam, 100 letters: the attack fails. 0 of 100 letters delivered, 100 refused.")
    expect(panel.transcript).to_contain_text("554 5.7.1")
    expect(panel.transcript).to_contain_text("Relay access denied")
    expect(panel.map).to_have_attribute("aria-label", "Closed relay: strangers are refused.")

    panel.choose(RUNGS[2])
    panel.press("The same with a login")
    panel.expect_said("The same with a login: the letter was delivered")

    panel.choose(RUNGS[3])
    panel.press("The same with a login")
    panel.expect_said("The same with a login: the letter was delivered")
    expect(panel.transcript).to_contain_text("TLS begins")


def start_and_stop(panel: PanelPage) -> None:
    """An attack that runs, a second click, and a stop."""
    panel.press("Spam, 5,000 letters")
    panel.expect_said("of 5,000 letters …")
    panel.press("Flood")
    panel.expect_said("The lab is busy: Spam, 5,000 letters isn't over yet.")
    panel.press("Stop")
    panel.expect_said("Spam, 5,000 letters: You stopped it after ")


def fast_forward_and_reset(panel: PanelPage) -> None:
    """Letters that can't be delivered wait in the queue until time passes; a reset ends it all."""
    panel.panel.get_by_label("The customer's mail servers are down").check()
    panel.press("Letter from the office")
    panel.expect_count("in the queue", "1")
    panel.panel.get_by_label("The customer's mail servers are down").uncheck()
    panel.press("Let fifteen minutes pass")
    panel.expect_said("Meanwhile 1 delivered and 0 bounced; 0 wait in the queue.")
    panel.expect_count("in the queue", "0")
    panel.press("Reset the lab")
    panel.expect_said("Reset the lab: everything is as it was at the start.")
    panel.expect_count("delivered", "0")
    expect(panel.panel.get_by_label(RUNGS[0])).to_be_checked()


def starts_with(text: str) -> Any:
    import re

    return re.compile("^" + re.escape(text))
