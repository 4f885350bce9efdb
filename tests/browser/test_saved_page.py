"""A saved page in a browser: it is read without JavaScript, fetches nothing, and runs nothing that a letter holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from labkit import Lab, Policy

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
HOSTILE = "<script>document.title = 'live'</script><img src=http://evil.example/x onerror=alert(1)>"
OPEN = Policy(mynetworks="0.0.0.0/0")


@pytest.fixture
def heard() -> list[str]:
    """Whatever the page asks for, says or complains about."""
    return []


@pytest.fixture
def page(chromium: str, heard: list[str]) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.on("request", lambda request: heard.append(request.url))
        page.on("console", lambda message: heard.append(message.text))
        page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
        yield page
        browser.close()


def test_a_hostile_letter_is_only_text_on_a_saved_page(page: Page, heard: list[str], tmp_path: Path) -> None:
    file = tmp_path / "run.html"
    with Lab(OPEN) as lab:
        lab.workstation.send(subject=HOSTILE, text=HOSTILE)
        lab.transcripts.save(file)
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("2 recorded sessions")
    assert page.title() == "2 recorded sessions"
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    assert page.locator("script, img, iframe, link, object").count() == 0
    assert heard == [file.as_uri()]


def test_a_session_among_many_opens_by_keyboard(page: Page, heard: list[str], tmp_path: Path) -> None:
    file = tmp_path / "run.html"
    with Lab(OPEN) as lab:
        for _ in range(4):
            lab.workstation.send()
        lab.transcripts.save(file)
    page.goto(file.as_uri())
    table = page.locator("details.session table").first
    expect(table).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(table).to_be_visible()
    assert heard == [file.as_uri()]
