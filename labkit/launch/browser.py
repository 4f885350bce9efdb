"""Whether there is a browser to open a page in, and how to open one without telling others its token."""

import os
import sys
import tempfile
import webbrowser
from html import escape
from pathlib import Path

REDIRECT = (
    '<!doctype html><meta http-equiv="refresh" content="0; url={address}"><title>The SMTP relay lab</title>'
)


def has_desktop() -> bool:
    """Linux without a desktop may offer a text browser, which can't show the lab."""
    return sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )


def open_page(address: str) -> None:
    """Open a page by way of a file: others on this machine can read the command that starts a browser."""
    number, name = tempfile.mkstemp(suffix=".html")
    os.close(number)
    Path(name).write_text(REDIRECT.format(address=escape(address)), encoding="utf-8")
    webbrowser.open(Path(name).as_uri())
