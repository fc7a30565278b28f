"""Words that a page does not show are no evidence: white on white, covered, too small, beside the page, invisible.

Nothing in the file says reliably which words are seen, so the page is drawn, small and grey: where a word stands and
the drawing is of one shade, no one can read it. Invisible text over a scan, as text recognition leaves it, is kept:
there the scan shows it.
"""

import time
from collections.abc import Sequence
from typing import Any

from corpus.readers.pdf.glyphs import Run

_LEAST_CONTRAST = 10  # of 255 shades
_SMALLEST = 1.5  # points
_MOST_PIXELS = 3_000_000
_SMALLEST_SCALE = 0.35
LONGEST_DRAWING_SECONDS = 15.0  # for all pages of a file


class Shown:
    """Draws pages for as long as there is time; `unchecked` counts those that were not drawn."""

    def __init__(self, seconds: float = LONGEST_DRAWING_SECONDS) -> None:
        self._left = seconds
        self.unchecked = 0

    def runs(self, page: Any, runs: Sequence[Run]) -> list[Run]:
        """The runs that a reader of the page sees."""
        width, height = page.get_size()
        scale = min(1.0, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        if not runs or self._left <= 0 or scale < _SMALLEST_SCALE:
            self.unchecked += bool(runs)
            return list(runs)
        started = time.monotonic()
        drawn = _Drawing(page, scale)
        # A page whose every word stands beside it was made by mistake, not to hide them.
        inside = [run for run in runs if drawn.holds(run)]
        shown = [run for run in inside if run.size >= _SMALLEST and drawn.shows(run)] if inside else list(runs)
        self._left -= time.monotonic() - started
        return shown


class _Drawing:
    """A page drawn in shades of grey."""

    def __init__(self, page: Any, scale: float) -> None:
        import pypdfium2.raw as pdfium

        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        self._width, self._height, self._stride = bitmap.width, bitmap.height, bitmap.stride
        self._pixels = bytes(bitmap.buffer)
        corners = []
        for point in ((0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0)):
            x, y = pdfium.c_int(), pdfium.c_int()
            size = (self._width * 100, self._height * 100)
            pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, *point, x, y)
            corners.append((x.value / 100, y.value / 100))
        (self._x, self._y), (right, right_y), (up, up_y) = corners
        self._across = ((right - self._x) / 1000, (right_y - self._y) / 1000)
        self._up = ((up - self._x) / 1000, (up_y - self._y) / 1000)

    def shows(self, run: Run) -> bool:
        """Whether something is to be seen where the run stands."""
        first, last, lowest, highest = self._area(run)
        darkest, lightest = 255, 0
        for row in range(lowest, highest):
            shades = self._pixels[row * self._stride + first : row * self._stride + last]
            darkest, lightest = min(darkest, *shades), max(lightest, *shades)
            if lightest - darkest >= _LEAST_CONTRAST:
                return True
        return False

    def holds(self, run: Run) -> bool:
        """Whether any of the run stands on the page."""
        first, last, lowest, highest = self._area(run)
        return first < last and lowest < highest

    def _area(self, run: Run) -> tuple[int, int, int, int]:
        left, bottom, right, top = run.box
        points = [self._pixel(x, y) for x in (left, right) for y in (bottom, top)]
        columns, rows = [x for x, _ in points], [y for _, y in points]
        return (
            max(int(min(columns)), 0),
            min(int(max(columns)) + 1, self._width),
            max(int(min(rows)), 0),
            min(int(max(rows)) + 1, self._height),
        )

    def _pixel(self, x: float, y: float) -> tuple[float, float]:
        return self._x + x * self._across[0] + y * self._up[0], self._y + x * self._across[1] + y * self._up[1]
