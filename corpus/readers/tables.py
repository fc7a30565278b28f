"""Tables as text in which every cell stands under its own head: "Country: Nepal; 2024: 41; 2025: 52".

Whatever the format, a table comes here as rows of cells, each with its text (None where the cell above goes on) and the
number of columns it spans. Equal neighbours and empty cells keep their columns.
"""

from collections.abc import Iterator, Sequence

Cell = tuple[str | None, int]


def rows_as_text(rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """One line for each row below the head; a table of one row or one column has no head."""
    grid = _grid(rows)
    if not grid:
        return
    width = max(len(row) for row in grid)
    if len(grid) == 1 or width == 1 or not _is_head(grid[0]):
        yield from (line for row in grid if (line := "; ".join(dict.fromkeys(cell for cell in row if cell))))
        return
    head = grid[0]
    for row in grid[1:]:
        parts: list[str] = []
        for column, text in enumerate(row):
            named = head[column] if column < len(head) else ""
            if text and (part := f"{named}: {text}" if named and named != text else text) not in parts[-1:]:
                parts.append(part)
        if parts:
            yield "; ".join(parts)


def _is_head(row: Sequence[str]) -> bool:
    """Whether a first row names its columns: more than one of them, and no figures."""
    named = [cell for cell in row if cell]
    return len(set(named)) > 1 and not any(_is_figure(cell) for cell in named[1:])


def _is_figure(text: str) -> bool:
    """Whether a cell holds an amount; a year is a head as often as not."""
    digits = text.replace(" ", "").replace(",", "").replace(".", "").replace("%", "")
    return digits.isdigit() and not (len(digits) == 4 and digits[:2] in ("19", "20"))


def _grid(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Every column of every row with its text, spans and merged cells written out."""
    grid: list[list[str]] = []
    for row in rows:
        line: list[str] = []
        for text, span in row:
            above = grid[-1][len(line)] if grid and len(line) < len(grid[-1]) else ""
            line += [above if text is None else text] * span
        if any(line):
            grid.append(line)
    return grid
