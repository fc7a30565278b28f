"""The reading order of a page: runs become lines, columns are read one after the other, tables keep their cells.

Lines are found by their baseline, wherever the file drew their words and in whatever order. Columns are found by the
white between them: a gap that no line crosses, with running text on both sides, or with running text on one side and
things beside it that do not share its lines (the labels of a chart). What only looks like columns is a table.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from corpus.readers.pdf.glyphs import Run
from corpus.readers.tables import Cell

_LINES_AROUND = 3
_WIDEST_AFTER_MARKER = 6.0
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ROMAN = frozenset("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xix xx".split())
_FEWEST_LINES = 3  # of a column
# In sizes: a wider gap parts two cells or two columns; a gap in doubt does where others in its line are far narrower.
_WIDEST_SPACE, _DOUBTFUL_SPACE, _FAR_NARROWER = 1.3, 0.8, 2.2


@dataclass(slots=True)
class Segment:
    """Runs of one line with no wide gap between them."""

    runs: list[Run]
    left: float
    right: float
    base: float
    size: float
    # Of a ruled table, which stands here as one thing: its cells, and the runs of each.
    rows: list[list[Cell]] | None = None
    cells: list[list[list[Run]]] = field(default_factory=list)

    @property
    def is_bold(self) -> bool:
        """Whether all its letters are heavy."""
        return all(run.bold for run in self.runs if any(letter.isalnum() for letter in run.text))

    @property
    def text(self) -> str:
        """Its words as they are written."""
        return joined(self.runs)


@dataclass(slots=True)
class Line:
    """One line of one column; several segments where wide gaps part it."""

    segments: list[Segment]
    left_edge: float = 0.0  # of the column
    right_edge: float = 0.0
    column: int = 0

    base: float = field(init=False)
    size: float = field(init=False)
    left: float = field(init=False)
    right: float = field(init=False)

    def __post_init__(self) -> None:
        self.segments.sort(key=lambda segment: segment.left)
        widest = max(self.segments, key=lambda segment: segment.right - segment.left)
        self.base, self.size = widest.base, widest.size
        self.left, self.right = self.segments[0].left, max(segment.right for segment in self.segments)

    @property
    def text(self) -> str:
        """All its words."""
        return " ".join(segment.text for segment in self.segments)

    @property
    def is_bold(self) -> bool:
        """Whether all its letters are heavy."""
        return all(segment.is_bold for segment in self.segments)


def is_marker(text: str) -> bool:
    """Whether a text is the number or sign of a list item: "1.", "(a)", "II.", "•"."""
    if len(text) == 1 and not text.isalnum():
        return text not in ":;,.=%"
    core = text.strip("().")
    is_short = len(core) <= 4 and core != text and len(text) <= 6
    return is_short and (
        core.replace(".", "").isdigit() or (core.isalpha() and (len(core) == 1 or core.lower() in _ROMAN))
    )


def joined(runs: Sequence[Run], notes: frozenset[str] = frozenset()) -> str:
    """The runs of a line as text, without the numbers of notes: neither a figure's last digit nor a sentence's end.

    A raised number is one where a note of the page (`notes`) has it, or where it follows a sign, as no power does.
    """
    text, is_after_number = "", False
    for run in runs:
        if run.raised and (run.text in notes or (text and not text[-1].isalnum())):
            is_after_number = True
            continue
        told = run.text.translate(_POWERS) if run.raised else run.text
        if len(told) == 1 and "\ue000" <= told <= "\uf8ff":
            told = "•"  # a sign of a font of signs
        is_glued = (run.glued and not is_after_number) or (is_after_number and told[0] in ",.;:)!?")
        text += told if is_glued or not text else f" {told}"
        is_after_number = False
    return text


def lines(runs: Sequence[Run], tables: Sequence[Segment] = ()) -> list[Line]:
    """The lines of a page, and its ruled tables, in the order in which they are read."""
    segments = [*segments_of(runs), *tables]
    found: list[Line] = []
    for number, column in enumerate(_columns(segments, 0)):
        left, right = min(one.left for one in column), max(one.right for one in column)
        rows = [Line(row, left, right, number) for row in _rows(column)]
        for stretch in _even(rows):
            for place, line in enumerate(stretch):
                near = stretch[max(0, place - _LINES_AROUND) : place + _LINES_AROUND + 1]
                line.right_edge = max(one.right for one in near)
        found += rows
    return found


def _even(rows: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines that stand close together in one size: the room that one has is as wide as the widest near it."""
    stretch: list[Line] = []
    for line in rows:
        if stretch and not (
            stretch[-1].base - line.base < 1.9 * line.size and abs(stretch[-1].size - line.size) < 0.13 * line.size
        ):
            yield stretch
            stretch = []
        stretch.append(line)
    if stretch:
        yield stretch


def segments_of(runs: Sequence[Run]) -> list[Segment]:
    """Runs as the parts of lines."""
    found: list[Segment] = []
    for row in _bands(runs):
        row.sort(key=lambda run: run.left)
        if _is_right_to_left(row):
            found.append(_of_right_to_left(row))
            continue
        start, gaps = 0, _gaps(row)
        narrow = sorted(gap for gap in gaps if gap > 0.05)[: len(gaps) // 4 + 1][-1:] or [0.0]
        for place, gap in enumerate(gaps, start=1):
            if place == start + 1 and gap < _WIDEST_AFTER_MARKER and is_marker(row[start].text):
                continue
            if gap > _WIDEST_SPACE or (gap > _DOUBTFUL_SPACE and gap > _FAR_NARROWER * narrow[0]):
                found.append(_segment(row[start:place]))
                start = place
        found.append(_segment(row[start:]))
    return found


def _gaps(row: list[Run]) -> list[float]:
    """The white before each run but the first, in sizes."""
    gaps, right = [], row[0].right
    for before, run in pairwise(row):
        gaps.append((run.left - right) / max(run.size, before.size, 0.1))
        right = max(right, run.right)
    return gaps


def _bands(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that share a baseline; a raised or lowered run belongs to the line of its neighbour."""
    bands: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (-run.base, run.left)):
        band = bands[-1] if bands else None
        if band is not None and abs(band[0].base - run.base) < 0.3 * min(run.size, band[0].size) + 0.2:
            band.append(run)
        else:
            bands.append([run])
    return _with_raised(bands)


def _with_raised(bands: list[list[Run]]) -> list[list[Run]]:
    """Bands whose runs hang on a line just below or above join that line, marked as raised."""
    kept: list[list[Run]] = []
    for place, band in enumerate(bands):
        staying = []
        for run in band:
            line = _line_below(run, bands, place)
            if line is not None:
                run.raised = any(letter.isdigit() or letter in "*†‡§" for letter in run.text)
                run.glued = run.glued or not run.raised  # "18th"
                line.append(run)
            else:
                staying.append(run)
        band[:] = staying
        kept.append(band)
    return [band for band in kept if band]


def _line_below(run: Run, bands: list[list[Run]], place: int) -> list[Run] | None:
    """The line that a short run stands raised on: beside a run of it, less than a letter higher or a bit lower."""
    if len(run.text) > 6:
        return None
    for step in (1, 2, -1):
        if not 0 <= place + step < len(bands):
            continue
        for other in bands[place + step]:
            rise = run.base - other.base
            beside = (
                -0.5 < run.left - other.right < 0.35 * other.size or -0.5 < other.left - run.right < 0.5 * other.size
            )
            lower = step < 0 and -0.35 * other.size < rise < 0 and run.size < 0.85 * other.size
            is_small = run.size < 0.85 * other.size or run.text.isdigit()
            if other is not run and beside and is_small and len(other.text) > 1:
                is_last = len(bands[place]) == 1 and all(one.left <= run.left for one in bands[place + step])
                highest = 1.25 if is_last and run.text.isdigit() else 0.8
                if 0 < rise < (highest if step > 0 else 0) * other.size or lower:
                    return bands[place + step]
    return None


def _segment(runs: list[Run]) -> Segment:
    for before, run in pairwise(runs):
        if run.glued and run.left - before.right > 0.25 * run.size:
            run.glued = False
        if run.raised and run.left - before.right < 0.35 * before.size:
            run.glued = True
    if runs:
        runs[0].glued = False
    plain = [run for run in runs if not run.raised] or runs
    heaviest = max(plain, key=lambda run: len(run.text))
    return Segment(runs, min(one.left for one in runs), max(one.right for one in runs), heaviest.base, heaviest.size)


def _is_right_to_left(row: list[Run]) -> bool:
    letters = [letter for run in row for letter in run.text if letter.isalpha()]
    return 2 * sum("\u0590" <= letter <= "\u08ff" or "\ufb1d" <= letter <= "\ufefc" for letter in letters) > len(
        letters
    )


def _of_right_to_left(row: list[Run]) -> Segment:
    row = row[::-1]
    for run in row:
        run.glued = False
    return Segment(row, min(one.left for one in row), max(one.right for one in row), row[0].base, row[0].size)


def _rows(segments: list[Segment]) -> Iterator[list[Segment]]:
    row: list[Segment] = []
    for segment in sorted(segments, key=lambda one: (-one.base, one.left)):
        if row and abs(row[0].base - segment.base) > 0.3 * max(row[0].size, segment.size):
            yield row
            row = []
        row.append(segment)
    if row:
        yield row


def _columns(segments: list[Segment], depth: int) -> Iterator[list[Segment]]:
    """The segments of each column in turn; what stands above, between or below columns is a column of its own."""
    if not segments:
        return
    gutter = _gutter(segments) if depth < 4 else None
    if gutter is None:
        yield segments
        return
    for run, is_parted in _stretches(segments, gutter):
        if is_parted:
            yield from _columns([one for one in run if one.left < gutter], depth + 1)
            yield from _columns([one for one in run if one.left >= gutter], depth + 1)
        else:
            yield from _columns(run, depth + 1) if len(run) < len(segments) else iter([run])


def _gutter(segments: list[Segment]) -> float | None:
    """Where two columns part, if the page has any: the left edge for which most lines stand in columns."""
    edges = Counter(round(one.left / 3) for one in segments)
    leftmost = min(one.left for one in segments)
    best, most = None, 0
    for edge, count in edges.most_common(12):
        near = [one.left for one in segments if abs(round(one.left / 3) - edge) <= 1]
        gutter = min(near) - 0.5
        if count < _FEWEST_LINES or gutter < leftmost + 20:
            continue
        parted = sum(len(run) for run, is_parted in _stretches(segments, gutter) if is_parted)
        if parted > most:
            best, most = gutter, parted
    return best


def _stretches(segments: list[Segment], gutter: float) -> list[tuple[list[Segment], bool]]:
    """The page from top to bottom in stretches, and whether each stands in two columns at this gutter."""
    found: list[tuple[list[Segment], bool]] = []
    current: list[Segment] = []
    outside: list[Segment] = []

    def close() -> None:
        nonlocal current, outside
        if current and _are_columns(current, gutter):
            if outside:
                found.append((outside, False))
                outside = []
            found.append((current, True))
        else:
            outside += current
        current = []

    for segment in sorted(segments, key=lambda one: (-one.base, one.left)):
        if segment.left < gutter - 1 < segment.right - 2:
            close()
            outside.append(segment)
        else:
            current.append(segment)
    close()
    if outside:
        found.append((outside, False))
    return found


def _are_columns(segments: list[Segment], gutter: float) -> bool:
    left = [one for one in segments if one.left < gutter - 1]
    right = [one for one in segments if one.left >= gutter - 1]
    if len(left) < _FEWEST_LINES or len(right) < _FEWEST_LINES:
        return False
    white = gutter - max(one.right for one in left)
    if white < 0.4 * median(one.size for one in segments):
        return False
    prose = [_is_prose(side) for side in (left, right)]
    if all(prose):
        return True
    if not any(prose):
        return False
    text, other = (left, right) if prose[0] else (right, left)
    bases = [one.base for one in text]
    shared = sum(any(abs(base - one.base) < 1.0 for base in bases) for one in other)
    return shared < 0.6 * len(other)


def _is_prose(side: list[Segment]) -> bool:
    """Whether segments are lines of running text: several words each, most of them as wide as their column."""
    groups: dict[int, list[Segment]] = {}
    for one in side:
        groups.setdefault(round(one.left / 3), []).append(one)
    columns = [group for group in groups.values() if len(group) >= _FEWEST_LINES]
    if len(columns) > 1 and sum(len(group) for group in columns) >= 0.8 * len(side):
        return all(_is_prose(group) for group in columns)
    width = max(one.right for one in side) - min(one.left for one in side)
    words = [len(one.runs) for one in side]
    full = sum(one.right - one.left > 0.6 * width for one in side)
    return sum(words) >= 2.5 * len(side) and full >= 0.5 * len(side)
