"""Does the lab fit Binder's 1 GB: JupyterLab, a kernel with every view open, and the largest notebook besides?

JupyterLab runs as in the browser tests, and a browser shows two notebooks at once: one that this script
makes, with the panel, a live view, all pictures and a transcript, while 5,000 forged letters pass; and the one
of the course that holds most (bench_hub.py says which). The browser is the student's and isn't counted.
Needs Linux and Chromium.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import psutil
from measuring import line
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, expect, sync_playwright
from processes import MIB, Scales, Weight, family, weight_of

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.conftest import CHROMIUM, FLAGS, PATIENCE
from browser.notebook import ERRORS, open_notebook, run_all_cells
from browser.serving import jupyterlab

TARGET = 1024  # MiB: what mybinder.org promises; it ends a server at twice as much
LARGEST = "02-how-a-relay-delivers.ipynb"
VIEWS = "every-view.ipynb"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
CELLS = """
from labkit import Lab
from labkit import show
lab = Lab(cap=5_000)
lab.panel()
---
lab.live()
---
attack = lab.attacker.spam(5_000)
attack
---
attack.transcripts[0]
---
display(show.topology(lab), show.mail_per_minute(lab), show.queue_length(lab), show.reputation(lab),
        show.sequence(lab, 3), show.states())
---
lab.transcripts
"""


def main() -> None:
    if CHROMIUM is None:
        print("left out, because Chromium is not installed: the memory that Binder needs")
        return
    with redirect_stdout(StringIO()):  # the server's log, which is shown where a test failed
        figures = list(measured())
    for name, weight in figures:
        line(name, str(weight))
    most = max(weight.pss for _, weight in figures) / MIB
    line("the most of these", f"{most:6.0f} MiB PSS", f"< {TARGET} MiB", met=most < TARGET)


def measured() -> Iterator[tuple[str, Weight]]:
    with ExitStack() as leaving:
        folder = Path(leaving.enter_context(TemporaryDirectory(prefix="binder-")))
        address = leaving.enter_context(jupyterlab(folder))
        _write_views(folder / "notebooks" / VIEWS)
        [server] = psutil.Process().children()  # with its kernels; the browser begins after it

        def weight() -> Weight:
            return weight_of(family(server.pid))

        yield "JupyterLab alone", weight()
        page = leaving.enter_context(_browser())
        scales = leaving.enter_context(Scales(weight))
        for name, what in {VIEWS: "with every view open", LARGEST: f"with {LARGEST} besides"}.items():
            open_notebook(page, address, name)
            run_all_cells(page)
            expect(page.locator(ERRORS)).to_have_count(0)
            if name == VIEWS:
                expect(page.locator(".labkit-panel img[alt*='relay']").first).to_be_visible()
            yield what, weight()
            page = page.context.new_page()  # the one before stays open, and its views are told what happens
        yield "at most, meanwhile", scales.most


@contextmanager
def _browser() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        context.set_default_timeout(PATIENCE)
        yield context.new_page()
        browser.close()


def _write_views(path: Path) -> None:
    cells = [new_code_cell(source.strip()) for source in CELLS.split("---\n")]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC}), path)


if __name__ == "__main__":
    main()
