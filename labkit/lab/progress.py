"""A progress bar (tqdm's) for calls that take more than a second; shorter ones show none.

A call that is part of another one shows none either. The bar is drawn by the thread that waits, never by
the lab's. In a notebook it is shown as a widget and as nothing else, so that a slow machine leaves no
other text in a notebook than a fast one.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

SHAPE = "{l_bar}{bar}| {n_fmt} of {total_fmt}"  # no rate and no time: they differ between machines
PATIENCE = 1.0  # seconds of real time before a bar appears
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

_within: ContextVar[bool] = ContextVar("within", default=False)  # a call that has a bar


@contextmanager
def progress(total: int, label: str) -> Iterator[Callable[[int], None]]:
    """Gives a function to be called with how many are done by now."""
    start, bar, is_part = time.monotonic(), None, _within.get()

    def show(done: int) -> None:
        nonlocal bar
        if bar is None and not is_part and time.monotonic() - start > PATIENCE:
            bar = _bar(total, label)
        if bar is not None:
            bar.update(done - bar.n)

    outside = _within.set(True)
    try:
        yield show
        if bar is not None:
            show(total)  # a bar that ends below its total would stay, as one that failed
    finally:
        _within.reset(outside)
        if bar is not None:
            bar.close()


def _bar(total: int, label: str) -> Any:
    return _widget_bar(total, label) if "ipykernel" in sys.modules else _terminal_bar(total, label)


def _terminal_bar(total: int, label: str) -> Any:
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread of its own
    return tqdm(total=total, desc=label, bar_format=SHAPE, leave=False, disable=not sys.stderr.isatty())


def _widget_bar(total: int, label: str) -> Any:
    from IPython.display import display
    from tqdm.notebook import tqdm

    tqdm.monitor_interval = 0
    bar = tqdm(total=total, desc=label, bar_format=SHAPE, leave=False, display=False)
    views = bar.container._repr_mimebundle_()
    display({WIDGET_VIEW: views[WIDGET_VIEW]}, raw=True)  # type: ignore[no-untyped-call]
    return bar
