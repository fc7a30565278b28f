"""What stands on a PDF's page: runs of characters with their place, size and weight, and the lines that rule tables.

A run is what the file draws in one go without a space: a word, or a part of one. Which runs make a line, a column or a
table is for `pdf_layout`. Text that is turned is told by its own direction, so that whoever reads it need not turn.
"""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.readers.metadata import printable

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top
_SOFT_HYPHENS = frozenset({0x2, 0xAD, 0xFFFE})
_SPACES = frozenset({0x9, 0xA, 0xD, 0x20, 0xA0, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000})
_MOST_SEGMENTS = 20_000
_THINNEST = 4.0  # points: a filled box no thicker than this is a line
_MOST_BOXES = 1_500
_DEEPEST_FORM = 3
_LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st"}


@dataclass(slots=True)
class Run:
    """Characters without a space between them; `base` is their baseline, `box` their ink on the unturned page.

    `glued` says that it goes on with the run before it, without a space.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    glued: bool
    angle: int
    box: Box
    raised: bool = False

    @property
    def top(self) -> float:
        """About where its tallest letters end."""
        return self.base + 0.75 * self.size


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line of the page, upright or level."""

    start: float
    end: float
    at: float
    upright: bool


class Glyphs:
    """The characters of one page, read through PDFium."""

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._text = page.get_textpage()
        self._count = self._text.count_chars()
        self._weights: dict[int, bool] = {}
        self.has_unknown_letters = False

    def runs(self) -> list[Run]:
        """The runs of the page, as the file draws them."""
        found: list[Run] = []
        ends = True  # whether a space came before
        for place in range(self._count):
            code = self._pdfium.FPDFText_GetUnicode(self._text, place)
            if code in _SPACES or (code == 0 and self._pdfium.FPDFText_IsGenerated(self._text, place)):
                ends = True
                continue
            one = self._one(place, code)
            if one is None:
                continue
            before = found[-1] if found else None
            if before is None or ends or not _goes_on(before, one):
                one.glued = bool(found) and not ends and before is not None and _touches(before, one)
                found.append(one)
            else:
                _add(before, one)
            ends = False
        return found

    def _one(self, place: int, code: int) -> Run | None:
        pdfium, text = self._pdfium, self._text
        if pdfium.FPDFText_HasUnicodeMapError(text, place) == 1 or (code < 32 and code not in _SOFT_HYPHENS):
            self.has_unknown_letters = True
            letter = "\ufffd"
        else:
            letter = "-" if code in _SOFT_HYPHENS else printable(chr(code))
        x, y = ctypes.c_double(), ctypes.c_double()
        loose = pdfium.FS_RECTF()
        pdfium.FPDFText_GetCharOrigin(text, place, x, y)
        if not pdfium.FPDFText_GetLooseCharBox(text, place, loose):
            return None
        angle = round(pdfium.FPDFText_GetCharAngle(text, place) * 57.29578) % 360
        box = (loose.left, loose.bottom, loose.right, loose.top)
        left, right, base, size = _turned(angle, x.value, y.value, box)
        size = size or pdfium.FPDFText_GetFontSize(text, place)
        return Run(
            _LIGATURES.get(letter, letter),
            left,
            right,
            base,
            size,
            self._is_bold(place),
            False,
            angle,
            self._ink(place),
        )

    def _ink(self, place: int) -> Box:
        sides = [ctypes.c_double() for _ in range(4)]
        self._pdfium.FPDFText_GetCharBox(self._text, place, *sides)
        left, right, bottom, top = (side.value for side in sides)
        return left, bottom, right, top

    def _is_bold(self, place: int) -> bool:
        """Whether the character's font is a heavy one, by its weight or its name."""
        pdfium = self._pdfium
        drawn = pdfium.FPDFText_GetTextObject(self._text, place)
        font = pdfium.FPDFTextObj_GetFont(drawn) if drawn else None
        if not font:
            return False
        key = ctypes.addressof(font.contents)
        if key not in self._weights:
            name = ctypes.create_string_buffer(200)
            pdfium.FPDFFont_GetBaseFontName(font, name, 200)
            told = name.value.decode("utf-8", "replace").lower()
            is_named = any(word in told for word in ("bold", "black", "heavy", "demi"))
            self._weights[key] = is_named or pdfium.FPDFFont_GetWeight(font) >= 600
        return self._weights[key]


def _turned(angle: int, x: float, y: float, box: Box) -> tuple[float, float, float, float]:
    """Left, right, baseline and size of a character as they are once its line is level; the angle is clockwise."""
    left, bottom, right, top = box
    if angle == 0:
        return left, right, y, top - bottom
    if angle == 90:
        return -top, -bottom, x, right - left
    if angle == 180:
        return -right, -left, -y, top - bottom
    if angle == 270:
        return bottom, top, -x, right - left
    turn = -math.radians(angle)
    along, above = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
    size = (right - left + top - bottom) / 2  # of a letter that stands askew, about
    return along, along + size / 2, above, size


def _goes_on(before: Run, one: Run) -> bool:
    """Whether a character belongs to the run before it."""
    size = max(before.size, 0.1)
    return (
        before.angle == one.angle
        and abs(before.size - one.size) < 0.12 * size
        and (before.angle % 90 != 0 or (abs(before.base - one.base) < 0.12 * size and _touches(before, one)))
    )


def _touches(before: Run, one: Run) -> bool:
    size = max(before.size, one.size)
    return (
        before.angle == one.angle
        and abs(before.base - one.base) < 0.7 * size
        and (
            abs(one.right - before.right) < 0.05  # of one sign, a ligature
            or -0.6 * size < one.left - before.right < size
            or -0.6 * size < before.left - one.right < size
        )
    )


def _add(run: Run, one: Run) -> None:
    run.text += one.text
    run.left, run.right = min(run.left, one.left), max(run.right, one.right)
    a, b = run.box, one.box
    run.box = min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def rules(page: Any) -> list[Rule]:
    """The level and upright lines of the page's drawings: strokes, thin boxes, and the sides of wider ones.

    A box that is only filled and lies in another shades lines of a cell; its sides are no lines of the table.
    """
    import pypdfium2.raw as pdfium

    found: list[Rule] = []
    shades: list[Box] = []
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for drawn, matrix in _paths(page):
        pdfium.FPDFPath_GetDrawMode(drawn, fill, stroke)
        points: list[tuple[float, float]] = []
        strokes: list[list[tuple[float, float]]] = [points]
        for kind, x, y in _segments(pdfium, drawn):
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                strokes.append(points := [])
            points.append(_moved((x, y), matrix))
        for points in strokes:
            if fill.value and not stroke.value and _is_wide_box(points):
                shades.append(_around(points))
            else:
                found += _sides(points)
        if len(found) > _MOST_SEGMENTS:
            break
    shades = shades[:_MOST_BOXES]
    for box in shades:
        if not any(_lies_in(box, other) for other in shades):
            left, bottom, right, top = box
            found += _sides([(left, bottom), (right, bottom), (right, top), (left, top)])
    return found


def _paths(page: Any) -> Iterator[tuple[Any, list[Matrix]]]:
    """The paths of a page, also those in the forms that it draws, with what moves their points onto the page."""
    import pypdfium2.raw as pdfium

    waiting: list[tuple[Any, list[Matrix], int]] = []
    for place in range(min(pdfium.FPDFPage_CountObjects(page), _MOST_SEGMENTS)):
        waiting.append((pdfium.FPDFPage_GetObject(page, place), [], 0))
    for drawn, outer, depth in waiting:
        kind = pdfium.FPDFPageObj_GetType(drawn)
        if kind not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM):
            continue
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFPageObj_GetMatrix(drawn, matrix)
        moves = [(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), *outer]
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            yield drawn, moves
        elif depth < _DEEPEST_FORM and len(waiting) < _MOST_SEGMENTS:
            count = min(pdfium.FPDFFormObj_CountObjects(drawn), _MOST_SEGMENTS)
            waiting += [(pdfium.FPDFFormObj_GetObject(drawn, place), moves, depth + 1) for place in range(count)]


def _moved(point: tuple[float, float], moves: list[Matrix]) -> tuple[float, float]:
    x, y = point
    for a, b, c, d, e, f in moves:
        x, y = a * x + c * y + e, b * x + d * y + f
    return x, y


def _around(points: list[tuple[float, float]]) -> Box:
    across, along = [x for x, _ in points], [y for _, y in points]
    return min(across), min(along), max(across), max(along)


def _is_wide_box(points: list[tuple[float, float]]) -> bool:
    if not 4 <= len(points) <= 5:
        return False
    left, bottom, right, top = _around(points)
    return min(right - left, top - bottom) > _THINNEST


def _lies_in(box: Box, other: Box) -> bool:
    """Whether a box lies in a larger one that is not much larger than a cell would be."""
    is_in = other[0] - 1 <= box[0] and other[1] - 1 <= box[1] and box[2] <= other[2] + 1 and box[3] <= other[3] + 1
    margins = box[0] - other[0], other[2] - box[2]
    return is_in and all(2 < margin < 12 for margin in margins)


def _segments(pdfium: Any, path: Any) -> Iterator[tuple[int, float, float]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    for place in range(min(pdfium.FPDFPath_CountSegments(path), _MOST_SEGMENTS)):
        segment = pdfium.FPDFPath_GetPathSegment(path, place)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        yield pdfium.FPDFPathSegment_GetType(segment), x.value, y.value


def _sides(points: list[tuple[float, float]]) -> list[Rule]:
    """The lines of one stroke; a thin box is one line, not four."""
    if len(points) < 2:
        return []
    across, along = [x for x, _ in points], [y for _, y in points]
    left, right, bottom, top = min(across), max(across), min(along), max(along)
    if right - left <= _THINNEST < top - bottom:
        return [Rule(bottom, top, (left + right) / 2, upright=True)]
    if top - bottom <= _THINNEST < right - left:
        return [Rule(left, right, (bottom + top) / 2, upright=False)]
    found = []
    for (x, y), (next_x, next_y) in zip(points, [*points[1:], points[0]], strict=True):
        if abs(x - next_x) < 0.5 < abs(y - next_y):
            found.append(Rule(min(y, next_y), max(y, next_y), x, upright=True))
        elif abs(y - next_y) < 0.5 < abs(x - next_x):
            found.append(Rule(min(x, next_x), max(x, next_x), y, upright=False))
    return found
