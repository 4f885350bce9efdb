"""The browser test needs Chromium; where it is missing the test isn't collected, and `make test` says so."""

import shutil

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)

collect_ignore_glob = [] if CHROMIUM else ["test_*.py"]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser to drive."""
    assert CHROMIUM
    return CHROMIUM
