"""Tables of a page: ruled ones by the lines that are drawn, others by what stands under what.

A ruled table is told before lines are found, so that a cell of several lines stays one cell; where a line between two
cells is not drawn, they are one. What becomes of the rows is for `tables`.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.readers.pdf.glyphs import Rule, Run
from corpus.readers.pdf.layout import Line, Segment, is_marker, segments_of
from corpus.readers.tables import Cell, rows_as_text

_NEAR = 3.0  # points
_MOST_RULES = 4_000
_MOST_EDGES = 200
_FEWEST_ROWS = 4
_LEAST_FILLED = 0.3  # of the cells of a table


def ruled_tables(runs: list[Run], rules: Sequence[Rule]) -> tuple[list[Run], list[Segment]]:
    """The runs outside tables that are ruled, and those tables."""
    tables = []
    for group in _connected([rule for rule in _whole(rules) if rule.end - rule.start > 4][:_MOST_RULES]):
        across = _edges(rule.at for rule in group if rule.upright)
        down = _edges(rule.at for rule in group if not rule.upright)
        if len(across) < 3 or len(down) < 3 or max(len(across), len(down)) > _MOST_EDGES:
            continue
        inside = [run for run in runs if run.angle == 0 and _is_inside(run, across, down)]
        group += _unruled_edges(inside, across, down)
        across = _edges(rule.at for rule in group if rule.upright)
        rows, cells = _rows(inside, group, across, down)
        if _is_table(rows):
            taken = {id(run) for run in inside}
            runs = [run for run in runs if id(run) not in taken]
            tables.append(Segment(inside, across[0], across[-1], down[-1], inside[0].size, rows, cells))
    return runs, tables


def _is_table(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether cells are told apart by lines: not the grid of a chart, which a paragraph beside it may cross."""
    if len(rows) < 2 or max(sum(bool(text) for text, _ in row) for row in rows) < 2:
        return False
    cells = [text for row in rows for text, _ in row if text is not None]
    alone = [texts[0] for row in rows if len(texts := [text for text, _ in row if text]) == 1]
    running = sum(text[:1].islower() for text in alone)
    return sum(bool(text) for text in cells) > _LEAST_FILLED * len(cells) and running < 3


def _whole(rules: Sequence[Rule]) -> Iterator[Rule]:
    """Rules that are drawn in pieces or dashes as one."""
    last: Rule | None = None
    for rule in sorted(rules, key=lambda one: (one.upright, round(one.at), one.start)):
        if (
            last is None
            or rule.upright != last.upright
            or round(rule.at) != round(last.at)
            or rule.start > last.end + 4
        ):
            if last is not None:
                yield last
            last = rule
        elif rule.end > last.end:
            last = Rule(last.start, rule.end, last.at, last.upright)
    if last is not None:
        yield last


def _connected(rules: list[Rule]) -> list[list[Rule]]:
    """Rules that touch each other, directly or through others."""
    groups: list[list[Rule]] = []
    boxes: list[list[float]] = []
    for rule in rules:
        left, right = (rule.at, rule.at) if rule.upright else (rule.start, rule.end)
        bottom, top = (rule.start, rule.end) if rule.upright else (rule.at, rule.at)
        box = [left - _NEAR, bottom - _NEAR, right + _NEAR, top + _NEAR]
        group = [rule]
        for place in range(len(groups) - 1, -1, -1):
            other = boxes[place]
            if box[0] <= other[2] and other[0] <= box[2] and box[1] <= other[3] and other[1] <= box[3]:
                group += groups.pop(place)
                del boxes[place]
                box = [min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])]
        groups.append(group)
        boxes.append(box)
    return groups


def _edges(places: Iterator[float]) -> list[float]:
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > _NEAR:
            edges.append(place)
    return edges


def _is_inside(run: Run, across: list[float], down: list[float]) -> bool:
    middle = (run.left + run.right) / 2
    return across[0] < middle < across[-1] and down[0] < run.base + 0.3 * run.size < down[-1]


def _unruled_edges(runs: list[Run], across: list[float], down: list[float]) -> list[Rule]:
    """Lines between columns that no line is drawn between, though nearly every row leaves white there."""
    found = []
    for left, right in pairwise(across):
        rows: dict[int, list[Run]] = {}
        for run in runs:
            if left < (run.left + run.right) / 2 < right:
                rows.setdefault(round(run.base / 3), []).append(run)
        if len(rows) < _FEWEST_ROWS:
            continue
        longest = max(rows.values(), key=len)
        fullest = sorted(longest, key=lambda run: run.left)
        for before, run in pairwise(fullest):
            at = (before.right + run.left) / 2
            if run.left - before.right > 0.4 * run.size and _parts(at, list(rows.values())):
                crossed = {_place(row[0].base, down) for row in rows.values() if _crosses(row, at)}
                found += [
                    Rule(down[line], down[line + 1], at, upright=True)
                    for line in range(len(down) - 1)
                    if line not in crossed
                ]
    return found


def _parts(at: float, rows: list[list[Run]]) -> bool:
    """Whether hardly a row crosses a place and most have something on both sides of it."""
    crossing = sum(_crosses(row, at) for row in rows)
    parted = sum(any(run.right <= at for run in row) and any(run.left >= at for run in row) for row in rows)
    return crossing <= 0.2 * len(rows) and parted >= 0.6 * len(rows)


def _crosses(row: list[Run], at: float) -> bool:
    """Whether a line of a text goes on over a place, with no more than a space there."""
    before = max((run.right for run in row if run.left < at), default=at - 99)
    after = min((run.left for run in row if run.left >= at), default=at + 99)
    return before > at or after - before < 0.45 * row[0].size


def _rows(
    runs: list[Run], rules: list[Rule], across: list[float], down: list[float]
) -> tuple[list[list[Cell]], list[list[list[Run]]]]:
    """The cells of a grid, row by row from the top; None where a cell goes on from the row above."""
    columns, lines = len(across) - 1, len(down) - 1
    held: dict[tuple[int, int], list[Run]] = {}
    upright = [rule for rule in rules if rule.upright]
    level = [rule for rule in rules if not rule.upright]
    squares: dict[tuple[int, int], list[Run]] = {}
    for run in runs:
        square = _place(run.base + 0.3 * run.size, down), _place((run.left + run.right) / 2, across)
        squares.setdefault(square, []).append(run)
    figures = {square for square, inside in squares.items() if all(_is_figure(run.text) for run in inside)}
    owner = _owners(across, down, (upright, level), figures)
    for (line, column), inside in squares.items():
        held.setdefault(owner[line][column], []).extend(inside)
    rows, cells = [], []
    for line in range(lines - 1, -1, -1):
        row: list[Cell] = []
        row_cells: list[list[Run]] = []
        column = 0
        while column < columns:
            span = 1
            while column + span < columns and owner[line][column + span] == owner[line][column]:
                span += 1
            top, left = owner[line][column]
            cell = held.get((top, left), [])
            row.append((_text(cell) if top == line else None, span))
            row_cells.append(cell if top == line else [])
            column += span
        if any(text for text, _ in row):
            rows.append(row)
            cells.append(row_cells)
    return rows, cells


def _is_figure(text: str) -> bool:
    return any(letter.isdigit() for letter in text) and not any(letter.isalpha() for letter in text)


def _owners(
    across: list[float], down: list[float], rules: tuple[list[Rule], list[Rule]], figures: set[tuple[int, int]]
) -> list[list[tuple[int, int]]]:
    """For each square of the grid the square (line, column) whose cell it is part of: the highest, then the leftmost.

    Figures above each other are never of one cell, whatever line was forgotten between them.
    """
    columns, lines = len(across) - 1, len(down) - 1
    owner = [[(line, column) for column in range(columns)] for line in range(lines)]
    upright = [[rule for rule in rules[0] if abs(rule.at - edge) <= _NEAR] for edge in across]
    level = [[rule for rule in rules[1] if abs(rule.at - edge) <= _NEAR] for edge in down]
    for line in range(lines - 1, -1, -1):
        middle = (down[line] + down[line + 1]) / 2
        for column in range(columns):
            centre = (across[column] + across[column + 1]) / 2
            is_open_left = column and not _is_drawn(upright[column], middle)
            is_open_above = line < lines - 1 and not _is_drawn(level[line + 1], centre)
            is_open_above = is_open_above and not {(line, column), (line + 1, column)} <= figures
            if is_open_above and (not is_open_left or owner[line + 1][column] == owner[line + 1][column - 1]):
                owner[line][column] = owner[line + 1][column]
            elif is_open_left:
                owner[line][column] = owner[line][column - 1]
    return owner


def _is_drawn(rules: list[Rule], at: float) -> bool:
    return any(rule.start - 1 <= at <= rule.end + 1 for rule in rules)


def _place(at: float, edges: list[float]) -> int:
    return max(0, min(sum(edge <= at for edge in edges) - 1, len(edges) - 2))


def _text(runs: list[Run]) -> str:
    """The words of a cell, its lines in order."""
    if not runs:
        return ""
    return " ".join(segment.text for segment in sorted(segments_of(runs), key=lambda one: (-round(one.base), one.left)))


def table_lengths(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """The places in `lines` where tables without rules begin and end."""
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _goes_on(lines, start, end):
            end += 1
        while end > start and len(lines[end - 1].segments) == 1:
            end -= 1
        parted = [line for line in lines[start:end] if len(line.segments) > 1]
        if len(parted) >= 2 and not _is_list(parted):
            yield start, end
            start = end
        else:
            start = max(end, start + 1)


def _goes_on(lines: Sequence[Line], start: int, end: int) -> bool:
    line = lines[end]
    if any(segment.rows is not None for segment in line.segments):
        return False
    if end == start:
        return len(line.segments) > 1
    before = lines[end - 1]
    is_near = line.column == before.column and 0 <= before.base - line.base < 3.2 * line.size
    # A row may hold one cell alone, or the second line of one; running text ends the table.
    return is_near and (len(line.segments) > 1 or line.right - line.left < 0.4 * (line.right_edge - line.left_edge))


def _is_list(lines: Sequence[Line]) -> bool:
    """Whether the first segments are the numbers or signs of a list, and running text stands beside them."""
    return all(
        is_marker(first := line.segments[0].text)
        or (first.isdigit() and len(first) < 4 and len(line.segments) == 2 and len(line.segments[1].runs) > 2)
        for line in lines
    )


def rows_of(lines: Sequence[Line]) -> list[list[Cell]]:
    """The rows of a table without rules, each segment in its column."""
    columns = _column_spans([segment for line in lines for segment in line.segments if len(line.segments) > 1])
    rows: list[list[str]] = []
    previous: Line | None = None
    for line in lines:
        row = [""] * len(columns)
        for segment in line.segments:
            column = min(range(len(columns)), key=lambda place: _distance(segment, columns[place]))
            row[column] = f"{row[column]} {segment.text}".strip()
        if previous is not None and rows and _is_second_line(row, rows[-1], previous, line):
            rows[-1] = [f"{above} {text}".strip() for above, text in zip(rows[-1], row, strict=True)]
        else:
            rows.append(row)
        previous = line
    return [[(text, 1) for text in row] for row in rows]


def _is_second_line(row: list[str], above: list[str], previous: Line, line: Line) -> bool:
    """Whether a row only goes on with cells of the row above it."""
    is_close = previous.base - line.base < 1.35 * line.size
    goes_on = all(not text or above[place] for place, text in enumerate(row))
    filled = sum(bool(text) for text in row)
    return (
        is_close
        and goes_on
        and filled < max(2, sum(bool(text) for text in above))
        and not any(text.replace(" ", "").replace(",", "").replace(".", "").isdigit() for text in row)
    )


def _column_spans(segments: list[Segment]) -> list[tuple[float, float]]:
    spans: list[list[float]] = []
    for segment in sorted(segments, key=lambda one: one.left):
        if spans and segment.left < spans[-1][1] - 1:
            spans[-1][1] = max(spans[-1][1], segment.right)
        else:
            spans.append([segment.left, segment.right])
    return [(left, right) for left, right in spans]


def _distance(segment: Segment, span: tuple[float, float]) -> float:
    return max(span[0] - segment.right, segment.left - span[1], 0) * 1000 + abs(segment.left - span[0])


def told_rows(rows: Sequence[Sequence[Cell]], *, has_head: bool) -> Iterator[str]:
    """Rows as text; without a head, what stands in a row is told together: "Country: Nepal"."""
    while len(rows) > 2 and sum(bool(text) for text, _ in rows[0]) == 1 and rows[0][0][1] > 1:
        yield rows[0][0][0] or ""  # a title over the whole table
        rows = rows[1:]
    if has_head:
        yield from rows_as_text(_with_one_head(rows))
        return
    for row in rows:
        cells = [text for text, _ in row if text]
        if len(cells) == 2:
            first, second = cells[0].rstrip(" :"), cells[1].lstrip(" :")
            yield f"{first}: {second}"
        elif cells:
            yield "; ".join(cells)


def _with_one_head(rows: Sequence[Sequence[Cell]]) -> list[Sequence[Cell]]:
    """Heads of two rows, of which the upper one stands over several columns, as one row."""
    told = list(rows)
    is_grouped = len(told) > 2 and any(span > 1 and text for text, span in told[0])
    if not is_grouped or any(_is_amount(text or "") for text, _ in told[1]):
        return told
    upper = [text or "" for text, span in told[0] for _ in range(span)]
    lower = [text for text, span in told[1] for _ in range(span)]
    if len(upper) != len(lower):
        return told
    head: list[Cell] = []
    for above, below in zip(upper, lower, strict=True):
        head.append((above if not below or below == above else f"{above} {below}".strip(), 1))
    return [head, *told[2:]]


def _is_amount(text: str) -> bool:
    """Whether a cell holds a figure that is no year: years are heads as often as not."""
    return _is_figure(text) and not (len(text) == 4 and text[:2] in ("19", "20"))


def has_head(rows: Sequence[Sequence[Cell]], lines: Sequence[Line]) -> bool:
    """Whether the first row names the columns; in a table of two, only heavier letters or figures below say so."""
    if len(rows) < 2 or sum(bool(text) for text, _ in rows[0]) < 2:
        return False
    if any((text or "").rstrip().endswith(":") or (text or "").startswith(":") for text, _ in rows[0]):
        return False
    if len(rows[0]) > 2 or (lines and lines[0].is_bold and not lines[-1].is_bold):
        return True
    return any(any(letter.isdigit() for letter in row[-1][0] or "") for row in rows[1:]) and not any(
        letter.isdigit() for letter in rows[0][-1][0] or ""
    )
