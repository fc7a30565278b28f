"""Walks a Word file's body: paragraphs, tables in tables, content controls, text boxes, notes; in reading order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus.readers.metadata import one_line, printable
from corpus.readers.office.word_numbers import Numbers, local, value
from corpus.readers.tables import rows_as_text

# What is gone once tracked changes are accepted, and what a field is computed from.
_GONE = frozenset({"del", "moveFrom", "instrText", "delText", "delInstrText", "rPr", "pPr", "Fallback"})
_CHANGES = frozenset({"ins", "del", "moveFrom", "moveTo"})
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_NOTES = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
_DEEPEST_TABLE = 8


@dataclass(slots=True)
class _Paragraph:
    """What one paragraph holds: its words, and what hangs on it (text boxes, notes)."""

    text: str = ""
    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


class Body:
    """The body of a main part, with its styles and lists; `notes` are the parts of foot- and endnotes, if any."""

    def __init__(self, main: Any, styles: Any | None, numbering: Any | None) -> None:
        self._main = main
        self._numbers = Numbers(numbering)
        self._lists: dict[str, tuple[str, int]] = {}
        self._hidden: set[str] = set()
        self.notes: dict[str, Any | None] = {}
        self.has_tracked_changes = any(local(item) in _CHANGES for item in main.iter())
        if styles is not None:
            self._read_styles(styles)

    def blocks(self) -> Iterator[str]:
        """The text of each block, in order."""
        body = next((item for item in self._main if local(item) == "body"), self._main)
        yield from self._of(body, 0)

    def of_part(self, part: Any) -> list[str]:
        """The blocks of a page header or foot."""
        return list(self._of(part, 0))

    def _of(self, container: Any, depth: int) -> Iterator[str]:
        carried = ""  # words of a paragraph whose end was deleted, which go on in the next
        for item in container:
            kind = local(item)
            if kind == "p":
                paragraph = self._paragraph(item)
                if _end_is_deleted(item):
                    carried += paragraph.text
                    continue
                paragraph.text, carried = carried + paragraph.text, ""
                yield from self._told(item, paragraph, depth)
            elif kind == "tbl":
                yield from self._table(item, depth)
            elif kind in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "AlternateContent", "Choice"):
                yield from self._of(item, depth)
        if carried.strip():
            yield carried.strip()

    def _told(self, item: Any, paragraph: _Paragraph, depth: int) -> Iterator[str]:
        text = printable(paragraph.text).strip()
        if text:
            number = self._number(item)
            yield f"{number} {text}" if number else text
        for box in paragraph.boxes:
            yield from self._of(box, depth)
        for kind, identity in paragraph.notes:
            yield from self._note(kind, identity)

    def _paragraph(self, item: Any) -> _Paragraph:
        found = _Paragraph()
        if self._style_of(item) not in self._hidden:
            self._gather(item, found)
        return found

    def _gather(self, element: Any, found: _Paragraph) -> None:
        for item in element:
            kind = local(item)
            if kind in _GONE or (kind == "r" and self._is_hidden(item)):
                continue
            if kind == "t":
                found.text += item.text or ""
            elif kind in _SIGNS:
                found.text += "" if value(item, "type") == "page" else _SIGNS[kind]
            elif kind == "txbxContent":
                found.boxes.append(item)
            elif kind in _NOTES:
                found.notes.append((_NOTES[kind], value(item, "id")))
            else:
                self._gather(item, found)

    def _note(self, kind: str, identity: str) -> Iterator[str]:
        part = self.notes.get(kind)
        for note in part if part is not None else ():
            if local(note) == kind and value(note, "id") == identity:
                told = " ".join(self._of(note, 0)).strip()
                if told:
                    yield f"Note: {told}"

    def _table(self, table: Any, depth: int) -> Iterator[str]:
        if depth >= _DEEPEST_TABLE:
            return
        rows, nested = [], []
        for row in self._inside(table, "tr"):
            cells = []
            for cell in self._inside(row, "tc"):
                words = [text for item in self._without_tables(cell) for text in self._of([item], depth)]
                nested += [inner for inner in cell.iter() if local(inner) == "tbl" and _table_around(inner) is table]
                properties = next((item for item in cell if local(item) == "tcPr"), ())
                told = {local(item): item for item in properties}
                if "vMerge" in told and value(told["vMerge"], "val") != "restart":
                    text = None  # goes on from the cell above
                else:
                    text = one_line(" ".join(words))
                span = int(value(told["gridSpan"], "val") or 1) if "gridSpan" in told else 1
                cells.append((text, min(span, 64)))
            rows.append(cells)
        yield from rows_as_text(rows)
        for inner in nested:
            yield from self._table(inner, depth + 1)

    def _without_tables(self, cell: Any) -> Iterator[Any]:
        return (item for item in cell if local(item) != "tbl")

    def _inside(self, element: Any, kind: str) -> Iterator[Any]:
        """The children of a kind, also within content controls and insertions."""
        for item in element:
            if local(item) == kind:
                yield item
            elif local(item) in ("sdt", "sdtContent", "ins", "customXml"):
                yield from self._inside(item, kind)

    def _number(self, item: Any) -> str:
        properties = next((child for child in item if local(child) == "pPr"), ())
        listed = next((child for child in properties if local(child) == "numPr"), None)
        if listed is not None:
            told = {local(child): value(child, "val") for child in listed}
            return self._numbers.next(told.get("numId", ""), int(told.get("ilvl") or 0))
        by_style = self._lists.get(self._style_of(item))
        return self._numbers.next(*by_style) if by_style else ""

    def _style_of(self, item: Any) -> str:
        for properties in item:
            if local(properties) in ("pPr", "rPr"):
                for child in properties:
                    if local(child) in ("pStyle", "rStyle"):
                        return value(child, "val")
        return ""

    def _is_hidden(self, run: Any) -> bool:
        for properties in run:
            if local(properties) == "rPr":
                for child in properties:
                    if local(child) in ("vanish", "webHidden"):
                        return value(child, "val") not in ("0", "false", "off")
        return self._style_of(run) in self._hidden

    def _read_styles(self, styles: Any) -> None:
        for style in styles:
            identity = value(style, "styleId")
            for properties in style:
                for child in properties:
                    if local(child) == "vanish" and value(child, "val") not in ("0", "false", "off"):
                        self._hidden.add(identity)
                    if local(child) == "numPr":
                        told = {local(item): value(item, "val") for item in child}
                        self._lists[identity] = told.get("numId", ""), int(told.get("ilvl") or 0)


def _end_is_deleted(paragraph: Any) -> bool:
    """Whether the paragraph's end was deleted, so that the next one goes on in the same line."""
    for properties in paragraph:
        if local(properties) == "pPr":
            for child in properties:
                if local(child) == "rPr":
                    return any(local(item) in ("del", "moveFrom") for item in child)
    return False


def _table_around(element: Any) -> Any:
    """The nearest table that holds an element."""
    return next((item for item in element.iterancestors() if local(item) == "tbl"), None)
