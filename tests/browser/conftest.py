"""The browser tests need Chromium; where it is missing they aren't collected, and `make test` says so."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, expect, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 180_000  # milliseconds: a busy machine takes its time, and nothing waits longer than it has to
expect.set_options(timeout=PATIENCE)

collect_ignore_glob = [] if CHROMIUM else ["test_*.py"]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser to drive."""
    assert CHROMIUM
    return CHROMIUM


@dataclass
class Noted:
    """What a page did besides being looked at: requests and web sockets, and what it complained about."""

    addresses: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> set[str | None]:
        """The machines that it asked for something."""
        return {urlsplit(address).hostname for address in self.addresses}

    def request(self, request: Request) -> None:
        if request.url.startswith(("http:", "https:")):
            self.addresses.append(request.url)

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def page(chromium: str, noted: Noted) -> Iterator[Page]:
    """A page that notes what it asks for and complains about; further ones of ``page.context`` do so, too."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        context.set_default_timeout(PATIENCE)
        context.on("request", noted.request)
        context.on("console", noted.console)
        context.on("weberror", lambda error: noted.complaints.append(str(error.error)))
        context.on(
            "page", lambda page: page.on("websocket", lambda socket: noted.addresses.append(socket.url))
        )
        yield context.new_page()
        browser.close()
