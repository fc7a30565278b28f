"""What a rich text's commands fill and change: texts that run by themselves, and what a group inherits."""

from dataclasses import dataclass, field

from corpus.readers.tables import Cell, rows_as_text


@dataclass(slots=True)
class State:
    """What a group inherits from the one around it."""

    target: str = "text"
    dropped: bool = False
    hidden: bool = False
    deleted: bool = False
    font: int = -1
    skip: int = 1


@dataclass(slots=True)
class Flow:
    """Text that runs by itself: the document, a note, a page header."""

    blocks: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)

    def paragraph(self, *, in_table: bool) -> None:
        """End a paragraph, or in a cell a line of it."""
        text = " ".join("".join(self.words).split())
        if in_table:
            self.words.append(" ")
            return
        self.table()
        self.words.clear()
        if text:
            self.blocks.append(text)

    def cell(self) -> None:
        """End a cell."""
        self.cells.append((" ".join("".join(self.words).split()), 1))
        self.words.clear()

    def row(self) -> None:
        """End a row."""
        if self.cells:
            self.rows.append(self.cells)
        self.cells = []

    def table(self) -> None:
        """End a table, where there is one."""
        self.row()
        self.blocks += rows_as_text(self.rows)
        self.rows = []

    def finished(self) -> list[str]:
        """All blocks, at the end."""
        self.paragraph(in_table=False)
        return self.blocks
