"""Sheets of cells as blocks of text: each run of rows without an empty one between is a table of its own."""

from collections.abc import Iterable, Iterator, Sequence

from corpus.readers.tables import rows_as_text

MOST_ROWS = 10_000
MOST_CHARACTERS = 1_500_000


def blocks_of_grid(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A line for each row, its cells under their heads; lines of one cell above a table are its title."""
    table: list[Sequence[str]] = []
    for row in rows:
        if any(cell.strip() for cell in row):
            table.append(row)
            continue
        yield from _of_table(table)
        table = []
    yield from _of_table(table)


def _of_table(table: list[Sequence[str]]) -> Iterator[str]:
    start = 0
    while start < len(table) and sum(bool(cell) for cell in table[start]) == 1:
        yield next(cell for cell in table[start] if cell)
        start += 1
    yield from rows_as_text([[(" ".join(cell.split()), 1) for cell in row] for row in table[start:]])


def bounded(blocks: Iterable[str], what: str) -> tuple[list[str], tuple[str, ...]]:
    """The blocks up to the limits, and a remark where there are more."""
    kept: list[str] = []
    length = 0
    for block in blocks:
        length += len(block)
        if len(kept) >= MOST_ROWS or length > MOST_CHARACTERS:
            return kept, (f"{what} is very long; its first {len(kept):,} rows were read.",)
        kept.append(block)
    return kept, ()
