"""Walks the content of an OpenDocument file: paragraphs, lists with their numbers, notes, tables, sheets, slides."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from corpus.readers.grids import blocks_of_grid, bounded
from corpus.readers.metadata import one_line
from corpus.readers.office.packages import attribute, local
from corpus.readers.office.word_numbers import letters, roman
from corpus.readers.tables import Cell, rows_as_text

_DEEPEST = 60
# Elements whose text is none of the document's.
_UNSEEN = frozenset(
    """
    annotation annotation-end tracked-changes note-citation hidden-text hidden-paragraph title desc script
    sequence-decls user-field-decls variable-decls forms notes bookmark ruby-text settings event-listeners
    page-number page-count
    """.split()
)
_MOST_REPEATED = 200
_NUMBERS: dict[str, Callable[[int], str]] = {
    "1": str,
    "a": letters,
    "A": lambda number: letters(number).upper(),
    "i": roman,
    "I": lambda number: roman(number).upper(),
}


class Body:
    """The content under a root, with its styles; counts what it leaves out."""

    def __init__(self, *roots: Any) -> None:
        self.has_tracked_changes = False
        self.is_too_deep = False
        self.hidden_sheets = 0
        self.hidden_cells = 0
        self.remarks: list[str] = []
        self._hidden: set[str] = set()
        self._lists: dict[str, list[Any]] = {}
        for root in roots:
            for item in root.iter() if root is not None else ():
                self._note_style(item)

    def _note_style(self, item: Any) -> None:
        kind = local(item)
        if kind == "style":
            for properties in item:
                if (
                    attribute(properties, "display") in ("none", "false")
                    or attribute(properties, "visibility") == "hidden"
                ):
                    self._hidden.add(attribute(item, "name"))
        elif kind == "list-style":
            self._lists[attribute(item, "name")] = list(item)

    def blocks(self, parent: Any, depth: int = 0) -> Iterator[str]:
        """The blocks of text below an element."""
        self.is_too_deep |= depth >= _DEEPEST
        for item in parent if depth < _DEEPEST else ():
            kind = local(item)
            if kind == "tracked-changes":
                self.has_tracked_changes = True
            elif not kind or kind in _UNSEEN or self._is_hidden(item):
                continue
            elif kind in ("p", "h"):
                yield from self._paragraph(item, depth)
            elif kind == "list":
                yield from self._list(item, (), depth)
            elif kind == "table" and local(parent) == "spreadsheet":
                yield from self._sheet(item)
            elif kind == "table":
                yield from rows_as_text(list(self._rows(item, depth)))
            else:
                yield from self.blocks(item, depth + 1)

    def slides(self, presentation: Any) -> Iterator[list[str] | None]:
        """The blocks of each slide; None for one that is not shown."""
        for page in presentation:
            if local(page) != "page":
                continue
            if attribute(page, "style-name") in self._hidden:
                yield None
                continue
            notes = [told for item in page if local(item) == "notes" for told in self.blocks(item)]
            yield [*self.blocks(page), *([f"Notes: {' '.join(notes)}"] if notes else [])]

    def _is_hidden(self, item: Any) -> bool:
        if local(item) == "section" and attribute(item, "display") in ("none", "condition"):
            return True
        if attribute(item, "class") in ("page-number", "date-time", "footer"):  # on every slide
            return True
        return attribute(item, "style-name") in self._hidden and local(item) not in ("table", "table-cell")

    def _paragraph(self, item: Any, depth: int) -> Iterator[str]:
        notes: list[Any] = []
        inner: list[Any] = []
        text = " ".join("".join(self._words(item, notes, inner, depth)).split())
        if text:
            yield text
        for box in inner:
            yield from self.blocks(box, depth + 1)
        for note in notes:
            if told := " ".join(self.blocks(note, depth + 1)):
                yield f"Note: {told}"

    def _words(self, item: Any, notes: list[Any], inner: list[Any], depth: int) -> Iterator[str]:
        if depth > _DEEPEST:
            return
        yield item.text or ""
        for child in item:
            kind = local(child)
            if kind in ("tab", "line-break", "s"):
                yield " "
            elif kind == "note":
                notes += [part for part in child if local(part) == "note-body"]
            elif kind in ("frame", "custom-shape", "text-box"):
                inner.append(child)
            elif kind and kind not in _UNSEEN and not self._is_hidden(child):
                yield from self._words(child, notes, inner, depth + 1)
            yield child.tail or ""

    def _list(self, item: Any, above: tuple[str, ...], depth: int) -> Iterator[str]:
        """The items of a list, each with its number; `above` are the names of styles outside."""
        self.is_too_deep |= depth > _DEEPEST
        if depth > _DEEPEST:
            return
        names = (*above, attribute(item, "style-name"))
        number = 0
        for entry in item:
            if local(entry) not in ("list-item", "list-header"):
                continue
            start = attribute(entry, "start-value")
            number = int(start) if start.isdigit() and len(start) < 7 else number + 1
            marker = self._marker(names, number) if local(entry) == "list-item" else ""
            for part in entry:
                told = (
                    self._list(part, names, depth + 1) if local(part) == "list" else self._of_entry(part, entry, depth)
                )
                for block in told:
                    yield (marker if local(part) != "list" else "") + block
                    marker = marker if local(part) == "list" else ""

    def _of_entry(self, part: Any, entry: Any, depth: int) -> Iterator[str]:
        return self._paragraph(part, depth + 1) if local(part) in ("p", "h") and not self._is_hidden(part) else iter(())

    def _marker(self, names: Sequence[str], number: int) -> str:
        style = next((self._lists[name] for name in reversed(names) if name in self._lists), [])
        level = next((item for item in style if attribute(item, "level") == str(len(names))), None)
        if level is None or local(level) != "list-level-style-number":
            return "- "
        written = _NUMBERS.get(attribute(level, "num-format"))
        if written is None:
            return ""
        return f"{attribute(level, 'num-prefix')}{written(number)}{attribute(level, 'num-suffix')} "

    # tables

    def _rows(self, table: Any, depth: int) -> Iterator[list[Cell]]:
        """The rows of a table in a text."""
        for row in _rows_of(table):
            cells: list[Cell] = []
            for cell in row:
                if local(cell) == "table-cell":
                    cells.append((" ".join(" ".join(self.blocks(cell, depth + 1)).split()), 1))
                elif local(cell) == "covered-table-cell":
                    cells.append((None if not cells or _is_covered_from_above(row, cell) else cells[-1][0], 1))
            yield cells

    def _sheet(self, table: Any) -> Iterator[str]:
        name = one_line(attribute(table, "name"))
        if attribute(table, "style-name") in self._hidden:
            self.hidden_sheets += 1
            return
        blocks, remarks = bounded(blocks_of_grid(self._grid(table)), f"The sheet “{name}”")
        self.remarks += remarks
        if blocks:
            yield f"Sheet: {name}"
            yield from blocks

    def _grid(self, table: Any) -> Iterator[list[str]]:
        hidden = {number for number, column in enumerate(_columns_of(table)) if column}
        for row in _rows_of(table):
            if attribute(row, "visibility") in ("collapse", "filter"):
                self.hidden_cells += 1
                continue
            cells = list(self._cells(row))
            shown = [text for number, text in enumerate(cells) if number not in hidden]
            self.hidden_cells += len(shown) < len(cells) and any(
                cells[number] for number in hidden if number < len(cells)
            )
            for _ in range(_repeated(row, "number-rows-repeated") if any(shown) else 1):
                yield shown

    def _cells(self, row: Any) -> Iterator[str]:
        for cell in row:
            if local(cell) in ("table-cell", "covered-table-cell"):
                text = " ".join(" ".join(self.blocks(cell)).split()) if local(cell) == "table-cell" else ""
                yield from [text] * _repeated(cell, "number-columns-repeated")


def _rows_of(table: Any, depth: int = 0) -> Iterator[Any]:
    for item in table if depth < _DEEPEST else ():
        kind = local(item)
        if kind == "table-row":
            yield item
        elif kind in ("table-rows", "table-header-rows", "table-row-group"):
            yield from _rows_of(item, depth + 1)


def _columns_of(table: Any) -> Iterator[bool]:
    """For each column, whether it is hidden."""
    for item in table.iter():
        if local(item) == "table-column":
            is_hidden = attribute(item, "visibility") in ("collapse", "filter")
            yield from [is_hidden] * _repeated(item, "number-columns-repeated")


def _repeated(item: Any, name: str) -> int:
    """How often a cell or row stands there; sheets fill up their width and length with empty ones."""
    value = attribute(item, name)
    return min(int(value), _MOST_REPEATED) if value.isdigit() and len(value) < 10 and int(value) else 1


def _is_covered_from_above(row: Any, cell: Any) -> bool:
    """Whether the cell that covers this one starts in a row before."""
    before = cell.getprevious()
    while before is not None and local(before) == "covered-table-cell":
        before = before.getprevious()
    return before is None or attribute(before, "number-columns-spanned") in ("", "1")
