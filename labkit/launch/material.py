"""Where the notebooks are: beside the package in a checkout, within it where it was installed."""

from pathlib import Path

from labkit.errors import UsageError

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent / "notebooks"
PLACES = (CHECKOUT, PACKAGE / "notebooks")
FIRST = "00-welcome.ipynb"
PAGE = "dashboard.ipynb"


def notebooks() -> Path:
    """The folder with the course's notebooks. Raises UsageError where it is missing."""
    found = next((place for place in PLACES if (place / FIRST).exists()), None)
    if not found:
        raise UsageError("The notebooks of the lab are missing beside its package. Get the lab once more.")
    return found


def is_checkout() -> bool:
    """Whether the notebooks are beside the package, where they are worked on in place."""
    return notebooks() == CHECKOUT
