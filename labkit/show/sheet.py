"""An empty sheet to draw on, and the PNG that comes of it.

Drawing goes straight to Agg, without pyplot, which would keep every figure. Nothing of the reader's
own Matplotlib settings gets in, and nothing of ours stays behind: the same lab gives the same bytes.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

from labkit.show.palette import INK, PAPER

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Paint = Callable[["Figure"], None]

WIDTH = 900  # CSS pixels: the width of a notebook's output on an ordinary screen
SHARPNESS = 2  # pixels of the PNG to one CSS pixel, so that text stays sharp on a projector
MARGIN = 14  # CSS pixels
PER_INCH = 100  # CSS pixels; Matplotlib measures sheets in inches


# Matplotlib's settings are the process's. A live view draws on a thread of its own.
_one_at_a_time = threading.Lock()


def png(height: int, paint: Paint, sharpness: float = SHARPNESS) -> bytes:
    """The PNG of a sheet ``WIDTH`` wide and ``height`` high (CSS pixels) that ``paint`` has drawn on."""
    with _quiet():
        # Here and not above: it takes longer to import than a lab takes to start.
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

    with _one_at_a_time, settings():
        figure = Figure((WIDTH / PER_INCH, height / PER_INCH), dpi=PER_INCH * sharpness, facecolor=PAPER)
        FigureCanvasAgg(figure)
        paint(figure)
        written = BytesIO()
        figure.savefig(written, format="png", metadata={"Software": None})  # it would tell a version
    return written.getvalue()


@contextmanager
def settings() -> Iterator[None]:
    """Matplotlib's settings as all pictures want them; afterwards they are what they were."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rc("font", family="DejaVu Sans")  # Matplotlib brings it along
        matplotlib.rc("text", color=INK, parse_math=False)
        matplotlib.rc("hatch", linewidth=points(2))
        yield


def points(pixels: float) -> float:
    """CSS pixels as points, in which Matplotlib measures text and lines."""
    return pixels * 72 / PER_INCH


@contextmanager
def _quiet() -> Iterator[None]:
    """On a machine's first import Matplotlib may log that it builds a font cache; that varies by machine."""
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
