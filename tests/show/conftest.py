"""Finds out where the words of a picture stand, to see that none is cut off and none covers another."""

from collections.abc import Callable
from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from labkit.show import sheet
from labkit.show.sheet import PER_INCH, WIDTH, Paint

Unreadable = Callable[[int, Paint], list[str]]


@pytest.fixture
def unreadable() -> Unreadable:
    """For a sheet's height and what is painted on it: the words that can't be read."""
    return _unreadable


def _unreadable(height: int, paint: Paint) -> list[str]:
    with sheet.settings():
        figure = Figure((WIDTH / PER_INCH, height / PER_INCH), dpi=PER_INCH)
        canvas = FigureCanvasAgg(figure)
        paint(figure)
        canvas.draw()  # type: ignore[no-untyped-call]
        places = [
            (text.get_text(), text.get_window_extent())
            for text in figure.findobj(Text)
            if text.get_visible() and text.get_text()
        ]
    cut = [words for words, box in places if box.x0 < 0 or box.y0 < 0 or box.x1 > WIDTH or box.y1 > height]
    covered = [f"{one} / {other}" for (one, a), (other, b) in combinations(places, 2) if a.overlaps(b)]
    return cut + covered
