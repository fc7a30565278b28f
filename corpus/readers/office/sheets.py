"""A workbook: each sheet under its name, each row a line of text with its cells under their heads.

Values are shown as a person sees them (`figures`); hidden sheets, rows and columns are no evidence, and a remark tells
of them. Read by openpyxl, which knows merged and hidden cells and number formats; python-calamine is many times quicker
and knows none of these. A very large workbook is read row by row, in which openpyxl does not know what is hidden.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.readers.grids import MOST_CHARACTERS, blocks_of_grid, bounded
from corpus.readers.metadata import one_line, printable
from corpus.readers.office.figures import shown
from corpus.readers.office.packages import opened, reading

_LARGEST_IN_MEMORY = 24 * 2**20  # bytes of XML
# openpyxl makes an object of each cell that a merged one covers, up to the edge of the sheet.
_MOST_CELLS_IN_MEMORY = 1_000_000
_AREA = re.compile(rb'mergeCell [^<>]{0,200}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_MOST_MERGED_CELLS = 50_000
_MOST_ROWS_LOOKED_AT = 50_000


def read_sheets(content: bytes) -> Extraction:
    """The text of all sheets that are shown."""
    import warnings

    with reading("workbook"), warnings.catch_warnings():
        from openpyxl import load_workbook

        warnings.simplefilter("ignore")
        with opened(content) as package:
            size = sum(part.file_size for part in package.infolist() if part.filename.endswith(".xml"))
            is_large = size > _LARGEST_IN_MEMORY or _merged_cells(package) > _MOST_CELLS_IN_MEMORY
        try:
            book = load_workbook(io.BytesIO(content), data_only=True, read_only=is_large, keep_links=False)
        except Warning as error:  # an error of openpyxl's own is none of its warnings
            raise UnreadableFile(f"the workbook is damaged ({one_line(error)})") from error
        told = _Told(is_large)
        for sheet in book.worksheets:
            told.take(sheet)
        return told.extraction(one_line(book.properties.title))


def _merged_cells(package: zipfile.ZipFile) -> int:
    """How many cells the merged ones of all sheets cover."""
    covered = 0
    for part in package.namelist():
        if part.startswith("xl/worksheets/") and part.endswith(".xml"):
            for left, top, right, bottom in _AREA.findall(package.read(part)):
                covered += (_column(right) - _column(left) + 1) * (int(bottom) - int(top) + 1)
    return covered


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


class _Told:
    """What has been read of a workbook."""

    def __init__(self, is_large: bool) -> None:
        self._is_large = is_large
        self._blocks: list[str] = []
        self._remarks: list[str] = []
        self._hidden_sheets = 0
        self._hidden = 0

    def take(self, sheet: Any) -> None:
        """Read one sheet, where it is shown."""
        if sheet.sheet_state != "visible":
            self._hidden_sheets += 1
            return
        if sum(map(len, self._blocks)) > MOST_CHARACTERS:
            self._remarks.append(f"The sheet “{one_line(sheet.title)}” was not read: those before are very long.")
            return
        rows = _streamed(sheet) if self._is_large else self._rows(sheet)
        blocks, remarks = bounded(blocks_of_grid(rows), f"The sheet “{one_line(sheet.title)}”")
        if blocks:
            self._blocks += [printable(f"Sheet: {one_line(sheet.title)}"), *(printable(block) for block in blocks)]
        self._remarks += remarks

    def extraction(self, title: str) -> Extraction:
        """All of it."""
        remarks = list(self._remarks)
        if self._hidden_sheets:
            sheets = "One sheet is" if self._hidden_sheets == 1 else f"{self._hidden_sheets} sheets are"
            remarks.append(f"{sheets} hidden and not read.")
        if self._hidden:
            remarks.append("Hidden rows or columns were not read.")
        if self._is_large:
            remarks.append("The workbook is very large; rows and columns in it that are hidden were read, too.")
        return Extraction(text="\n\n".join(self._blocks), title=title, remarks=tuple(remarks))

    def _rows(self, sheet: Any) -> Iterator[Sequence[str]]:
        """The rows that hold anything, with an empty one for every gap between."""
        by_row: dict[int, dict[int, str]] = {}
        for (row, column), cell in sorted(sheet._cells.items()):  # also where the sheet says that it has a million rows
            if text := shown(cell.value, cell.number_format):
                by_row.setdefault(row, {})[column] = text
        _merge(sheet, by_row)
        columns = sorted({column for cells in by_row.values() for column in cells})
        hidden = [column for column in columns if _is_hidden_column(sheet, column)]
        last = None
        for row in sorted(by_row)[:_MOST_ROWS_LOOKED_AT]:
            if row in sheet.row_dimensions and sheet.row_dimensions[row].hidden:
                self._hidden += 1
                last = row if last == row - 1 else last
                continue
            if last is not None and row > last + 1:
                yield ()
            last = row
            yield [by_row[row].get(column, "") for column in columns if column not in hidden]
        self._hidden += len(hidden)


def _merge(sheet: Any, by_row: dict[int, dict[int, str]]) -> None:
    """Write a merged cell's text into all that it covers."""
    left = _MOST_MERGED_CELLS
    for area in sheet.merged_cells.ranges:
        text = by_row.get(area.min_row, {}).get(area.min_col)
        left -= (area.max_row - area.min_row + 1) * (area.max_col - area.min_col + 1)
        if text is None or left < 0:
            continue
        # A title over the whole width stands once; a head over two columns is each one's.
        is_title = area.min_row == area.max_row and len(by_row[area.min_row]) == 1
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.min_col + 1 if is_title else area.max_col + 1):
                by_row.setdefault(row, {})[column] = text


def _is_hidden_column(sheet: Any, column: int) -> bool:
    return any(
        dimension.hidden and (dimension.min or 0) <= column <= (dimension.max or 0)
        for dimension in sheet.column_dimensions.values()
    )


def _streamed(sheet: Any) -> Iterator[Sequence[str]]:
    for row in sheet.iter_rows(max_row=_MOST_ROWS_LOOKED_AT, max_col=500):
        yield [shown(cell.value, getattr(cell, "number_format", "General")) for cell in row]
