"""The panel as a page of its own: `labkit dashboard`, through Voilà, in a browser."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from browser.conftest import Noted
from browser.panel import (
    RUNGS,
    PanelPage,
    climb_and_be_attacked,
    fast_forward_and_reset,
    start_and_stop,
)
from browser.serving import dashboard
from playwright.sync_api import Page, expect


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dashboard(tmp_path_factory.mktemp("dashboard")) as address:
        yield address


@pytest.fixture
def panel(page: Page, address: str) -> PanelPage:
    page.goto(address)
    panel = PanelPage(page)
    panel.wait_until_drawn()
    return panel


def test_the_stage_is_worked_from_one_page(panel: PanelPage, noted: Noted) -> None:
    climb_and_be_attacked(panel)
    panel.picture("dashboard")
    start_and_stop(panel)
    fast_forward_and_reset(panel)
    assert noted.complaints == []
    assert noted.hosts == {"127.0.0.1"}


def test_nothing_on_the_page_keeps_anybody_out(panel: PanelPage) -> None:
    panel.choose(RUNGS[1])
    panel.press("Spam, 100 letters")
    panel.expect_said("the attack fails")
    expect(panel.transcript).to_contain_text("554 5.7.1")
    assert panel.barriers() == []


def test_the_page_fits_a_screen_that_is_enlarged_twice(panel: PanelPage, page: Page) -> None:
    page.set_viewport_size({"width": 640, "height": 360})
    panel.press("Spam, 100 letters")
    panel.expect_said("the attack works")
    panel.picture("dashboard-200-per-cent")
    too_wide = page.evaluate(
        "[...document.querySelectorAll('.labkit-panel *')]"
        ".filter(e => !e.closest('.labkit-scroll') && e.getBoundingClientRect().right > 641)"
        ".map(e => e.outerHTML.slice(0, 100))"
    )
    assert too_wide == []
    assert panel.barriers() == []


@pytest.mark.parametrize("path", ["/", "/voila/render/dashboard.ipynb", "/api/kernels"])
def test_who_has_no_token_gets_nothing(address: str, path: str) -> None:
    place = urlsplit(address)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(NoRedirect).open(f"http://{place.netloc}{path}")
    refused.value.close()
    assert refused.value.code in (302, 403, 404)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A login page isn't what was asked for."""

    def redirect_request(self, *_: object) -> None:
        return None
