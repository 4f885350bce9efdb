"""What the links of `labkit links` open, where this folder is somebody's home, as it is on Binder."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from browser.notebook import wait_until_idle
from browser.panel import PanelPage
from browser.serving import TOKEN, home
from playwright.sync_api import Page, expect

from labkit.launch.links import links

LINKS = links("anna/smtp-relay-lab", "v1")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with home(tmp_path_factory.mktemp("home")) as address:
        yield address


def opened(address: str, link: str) -> str:
    """Where Binder sends who follows the link, once it has started a server."""
    (path,) = parse_qs(urlsplit(link).query)["urlpath"]
    return urljoin(address, f"{path}?token={TOKEN}")


def test_the_first_link_opens_the_first_notebook_and_asks_no_questions(page: Page, address: str) -> None:
    page.goto(opened(address, LINKS.notebooks))
    wait_until_idle(page)
    expect(page.get_by_role("heading", name="Welcome to the SMTP relay lab")).to_be_visible()
    expect(page.get_by_text("notified about official")).to_have_count(0)


def test_the_second_link_opens_the_panel(page: Page, address: str) -> None:
    page.goto(opened(address, LINKS.dashboard))
    panel = PanelPage(page)
    panel.wait_until_drawn()
    panel.press("Spam, 100 letters")
    panel.expect_said("the attack works")
