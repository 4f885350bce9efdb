"""Draws the picture of the README: the same attack before and after, as JupyterLab shows it.

Run by hand, `python tests/browser/readme_picture.py`, after the look of a diff has changed.
"""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from labkit import Lab

TARGET = Path(__file__).parents[2] / "notebooks" / "pictures" / "transcript-diff.png"
PAGE = """<!doctype html><meta charset="utf-8"><body style="margin:16px;background:white;width:1000px;
font-family:system-ui,sans-serif;font-size:14px">{}"""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


def diff() -> str:
    """One letter through the open relay, and the same letter refused."""
    with Lab() as lab:
        before = lab.attacker.spam(1).transcripts[0]
        lab.relay.policy = lab.relay.policy.replace(mynetworks="192.0.2.0/24")
        after = lab.attacker.spam(1).transcripts[0]
        return before.diff(after)._repr_html_()


def main() -> None:
    html = diff()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1040, "height": 400}, device_scale_factor=1.5)
        page.set_content(PAGE.format(html))
        TARGET.parent.mkdir(exist_ok=True)
        page.screenshot(path=TARGET, full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
