"""Lines become blocks: paragraphs, headings, list items, notes, rows of tables; over the ends of columns and pages.

A line goes on with the one before it where nothing on the page says otherwise: more white, an indent, another size or
weight, the number of a list item, a line that ends early. `pdf_hyphens` makes words whole that a line's end cut.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from corpus.readers.pdf.layout import Line, Segment, is_marker, joined
from corpus.readers.pdf.layout import lines as lines_of
from corpus.readers.pdf.ruled_tables import has_head, rows_of, table_lengths, told_rows

_ENDS = ".!?:;…。！？"
_CLOSING = "\"'”’»)]"
_BULLETS = frozenset("•▪■□●○◦‣⁃∙·–—-*➢➤✓✔❖\uf0b7\uf0a7\uf0d8\uf076\uf0fc")
_LONGEST_CELL = 160  # of a cell that is told in one line with its head
Kind = Literal["text", "row", "note"]


@dataclass(slots=True)
class Block:
    """One block of one page: its lines as text, and how it looks."""

    lines: list[str]
    page: int
    kind: Kind = "text"
    size: float = 0.0
    is_bold: bool = False
    last: Line | None = None
    first: Line | None = None
    continues: list["Block"] = field(default_factory=list)  # on the pages after

    @property
    def end(self) -> "Block":
        """The part of the block on the last page that it reaches."""
        return self.continues[-1] if self.continues else self

    @property
    def is_marked(self) -> bool:
        """Whether it begins with the number or sign of a list item."""
        return begins_item(self.lines[0])


def begins_item(text: str) -> bool:
    """Whether a text begins with the number or sign of a list item."""
    first, _, rest = text.partition(" ")
    return bool(rest) and ((first in _BULLETS) or is_marker(first))


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The size in which most of a document's letters are set."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[round(line.size * 2) / 2] += sum(len(run.text) for one in line.segments for run in one.runs)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def blocks_of(lines: Sequence[Line], page: int, body: float, middle: float) -> tuple[list[Block], list[Block]]:
    """The blocks of a page, and its footnotes."""
    below = _notes_begin(lines, body, middle)
    notes = frozenset(lines[place].segments[0].runs[0].text for place in sorted(below) if _is_note(lines[place], body))
    text = [line for place, line in enumerate(lines) if place not in below]
    foot = [line for place, line in enumerate(lines) if place in below]
    return list(_blocks(text, page, notes)), list(_notes(foot, page, body))


def _is_note(line: Line, body: float) -> bool:
    first = line.segments[0].runs[:1]
    if not first or line.segments[0].rows is not None:
        return False
    mark = first[0].text
    is_mark = (mark.isdigit() and len(mark) < 4) or mark in ("*", "**", "†", "‡", "§")
    words = [run.text for one in line.segments for run in one.runs][1:]
    has_words = sum(word[:1].isalpha() for word in words) > 0.5 * len(words)
    return has_words and is_mark and (first[0].raised or first[0].size < 0.75 * line.size or line.size < 0.92 * body)


def _notes_begin(lines: Sequence[Line], body: float, middle: float) -> set[int]:
    """The places of lines that are footnotes: from the first in a column's lower half to that column's end."""
    found: set[int] = set()
    lowest: dict[int, Line] = {}
    for place, line in enumerate(lines):
        before = lowest.get(line.column)
        if before is not None and line.base < before.base and line.size < 1.05 * max(before.size, 0.93 * body):
            found.add(place)
        elif before is None and line.base < middle and _is_note(line, body) and _is_below(line, lines, body):
            lowest[line.column] = line
            found.add(place)
    return found


def _is_below(line: Line, lines: Sequence[Line], body: float) -> bool:
    """Whether no running text stands below a line that is smaller than it."""
    below = [other for other in lines if other.column == line.column and other.base < line.base]
    return line.size > 0.92 * body or all(_is_note(other, body) or other.size < 0.92 * body for other in below)


def _notes(lines: Sequence[Line], page: int, body: float) -> Iterator[Block]:
    current: list[str] = []
    for line in lines:
        runs = [run for one in line.segments for run in one.runs]
        if _is_note(line, body) and current:
            yield Block([" ".join(current)], page, "note")
            current = []
        if _is_note(line, body):
            runs = runs[1:]
            runs[0].glued = False
        if current and current[-1].endswith("-"):
            current.append(joined(runs))
            current[-2:] = [_rejoined(current[-2], current[-1])]
        else:
            current.append(joined(runs))
    if current:
        yield Block([" ".join(current)], page, "note")


def _rejoined(before: str, text: str) -> str:
    return f"{before[:-1]}{text}" if text[:1].islower() else f"{before}{text}"


def _blocks(lines: Sequence[Line], page: int, notes: frozenset[str]) -> Iterator[Block]:
    leading = _leading(lines)
    tables = dict(table_lengths(lines))
    place, current = 0, None
    while place < len(lines):
        line = lines[place]
        ruled = next((one for one in line.segments if one.rows is not None), None)
        if place in tables or ruled is not None:
            if current is not None:
                yield current
            current = None
            end = tables.get(place, place + 1)
            yield from _ruled(ruled, page, notes) if ruled is not None else _unruled(lines[place:end], page)
            place = end
            continue
        text = " ".join(joined(one.runs, notes) for one in line.segments)
        if current is not None and _goes_on(current, line, text, leading):
            current.lines.append(text)
            current.last = line
        else:
            if current is not None:
                yield current
            current = Block([text], page, "text", line.size, line.is_bold, line, line)
        place += 1
    if current is not None:
        yield current


def _unruled(lines: Sequence[Line], page: int) -> Iterator[Block]:
    rows = rows_of(lines)
    if len(rows[0]) == 2 and sum(len((text or "").split()) for row in rows for text, _ in row) > 10 * len(rows):
        for column in (0, 1):  # two texts side by side, too short to be columns of a page
            yield Block([row[column][0] or "" for row in rows if row[column][0]], page, "row")
        return
    yield from (Block([row], page, "row") for row in told_rows(rows, has_head=has_head(rows, lines)))


def _ruled(table: Segment, page: int, notes: frozenset[str]) -> Iterator[Block]:
    """The rows of a ruled table; where cells hold running text, it is told as such below what stands beside it."""
    rows = table.rows or []
    if not any(_is_long(text) for row in rows for text, _ in row):
        yield from (Block([row], page, "row") for row in told_rows(rows, has_head=has_head(rows, ())))
        return
    for row, cells in zip(rows, table.cells, strict=True):
        short = "; ".join(text for text, _ in row if text and not _is_long(text))
        if short:
            yield Block([short], page, "row")
        for (text, _), cell in zip(row, cells, strict=True):
            if _is_long(text):
                yield from _blocks(lines_of(cell), page, notes)


def _is_long(text: str | None) -> bool:
    return text is not None and len(text) > _LONGEST_CELL


def _leading(lines: Sequence[Line]) -> dict[int, float]:
    """How far apart the lines of a paragraph are on this page, in sizes, for each size of letters."""
    steps: dict[int, list[float]] = {}
    for before, line in pairwise(lines):
        step = (before.base - line.base) / line.size
        if before.column == line.column and abs(before.size - line.size) < 0.5 and 0.8 < step < 3:
            steps.setdefault(round(line.size), []).append(step)
    return {size: sorted(found)[len(found) // 3] for size, found in steps.items()}


def _goes_on(block: Block, line: Line, text: str, leading: dict[int, float]) -> bool:
    before = block.last
    assert before is not None
    if abs(before.size - line.size) > 0.13 * max(before.size, line.size):
        return False
    is_lower = text[:1].islower() and not ends(block.lines[-1])
    if not is_lower and (before.is_bold != line.is_bold or _is_capitals(block.lines[-1]) != _is_capitals(text)):
        return False
    if _starts_item(block, before, line, text):
        return False
    if before.column != line.column:
        return runs_over(block, line, text)
    step = (before.base - line.base) / line.size
    is_loose = is_lower or (before.is_bold and line.is_bold)
    if not 0 < step < max(1.3 * leading.get(round(line.size), 1.3) + 0.05, 1.6 if is_loose else 0.0):
        return False
    if _is_set_off(block, before, line):
        return False
    if is_lower:
        return True
    return is_full(before, line) or _is_centred(before, line)


def _is_capitals(text: str) -> bool:
    """Whether a line is set in capital letters, as headings are."""
    return text.isupper() and sum(letter.isalpha() for letter in text) > 3


def _starts_item(block: Block, before: Line, line: Line, text: str) -> bool:
    """Whether a line begins a list item; "12." that only a line's end brought to the front does not."""
    if not begins_item(text):
        return False
    first = text.split(" ", 1)[0]
    is_by_chance = first.rstrip(".").isdigit() and not ends(block.lines[-1]) and is_full(before, line)
    return not (
        is_by_chance and abs(before.left - line.left) < 2 and not block.is_marked and before.column == line.column
    )


def _is_set_off(block: Block, before: Line, line: Line) -> bool:
    """Whether an indent says that another paragraph begins."""
    em = line.size
    assert block.first is not None
    if _is_centred(before, line):
        return False
    if line.left > before.left + 0.8 * em:
        widest = 12 if before.is_bold and line.is_bold else 6
        is_hanging = len(block.lines) == 1 and (block.is_marked or line.left < before.left + widest * em)
        return not (is_hanging and (block.is_marked or not ends(block.lines[-1])))
    if line.left < block.first.left - 0.5 * em:
        return (len(block.lines) > 1 and line.left < before.left - 0.5 * em) or block.is_marked
    return False


def _is_centred(before: Line, line: Line) -> bool:
    middles = [(one.left + one.right) / 2 for one in (before, line)]
    return abs(middles[0] - middles[1]) < 2 and abs(before.left - line.left) > 4


def ends(text: str) -> bool:
    """Whether a text ends as a sentence or clause does."""
    return text.rstrip(_CLOSING)[-1:] in _ENDS or text.rstrip()[-1:] in _ENDS


def is_full(before: Line, line: Line) -> bool:
    """Whether the first word of a line would not have had room in the line before."""
    runs = [run for one in line.segments for run in one.runs]
    word = runs[0].right - runs[0].left if runs else 0.0
    return before.right_edge - before.right < word + 0.6 * line.size


def runs_over(block: Block, line: Line, text: str) -> bool:
    """Whether a block goes on in another column or on another page, whose first line this is."""
    end = block.end
    if end.kind != "text" or end.last is None or ends(end.lines[-1]) or begins_item(text):
        return False
    if abs(end.last.size - line.size) > 0.13 * line.size or end.last.is_bold != line.is_bold:
        return False
    return (
        text[:1].islower()
        or end.lines[-1][-1:] in ",-–"
        or (
            len(end.lines) > 1
            and end.last.right_edge - end.last.right < 0.15 * (end.last.right_edge - end.last.left_edge)
        )
    )
