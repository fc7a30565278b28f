"""A PDF as its reader sees it: columns in order, whole sentences and words, tables, notes, forms; nothing hidden.

The characters and their places come from PDFium (`pypdfium2`), which also opens encrypted and damaged files, forms and
embedded ones; `pdf_glyphs` to `pdf_paragraphs` make text of them. Tried on 92 pages of real reports and resolutions:
pypdf (0.11 s a page; joins columns, cannot tell what is hidden), pdfplumber over pdfminer.six (0.32 s a page; the same
layout would be ours to write) and PDFium (0.01 s a page, 0.10 s with our layout and a drawing of it, in 60 MB).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.document import Extraction, Span
from corpus.errors import UnreadableFile
from corpus.readers.metadata import one_line
from corpus.readers.pdf.glyphs import Glyphs, Run, rules
from corpus.readers.pdf.hidden import Shown
from corpus.readers.pdf.hyphens import Hyphens
from corpus.readers.pdf.layout import Line, Segment, lines
from corpus.readers.pdf.margins import Margins, margins
from corpus.readers.pdf.paragraphs import Block, blocks_of, body_size, runs_over
from corpus.readers.pdf.parts import added_to, embedded_files, page_labels
from corpus.readers.pdf.ruled_tables import ruled_tables
from corpus.readers.pdf.titles import title_of

_TITLE_PAGES = 2
_MOST_NAMES = 5
_MOST_PAGES = 10_000
_COMMENT = "Comment: "


@dataclass(slots=True)
class _Page:
    lines: list[Line]
    bottom: float
    top: float
    is_empty: bool
    comments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Read:
    """What was found in a file."""

    pages: list[_Page] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    title: str = ""
    has_unknown_letters: bool = False
    unchecked: int = 0
    hidden: int = 0


def read_pdf(content: bytes) -> Extraction:
    """The text of all pages, and where each of them lies in it."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise _unreadable(error) from error
    try:
        found = _read(document)
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile(f"the PDF is damaged ({one_line(error)})") from error
    finally:
        document.close()
    return _told(found)


def _unreadable(error: Exception) -> UnreadableFile:
    told = str(error).lower()
    if "password" in told:
        return UnreadableFile("it is encrypted; save a copy without a password")
    if "security" in told:
        return UnreadableFile("it is encrypted with a cipher that cannot be opened here")
    return UnreadableFile(f"the PDF is damaged ({one_line(error)})")


def _read(document: Any) -> _Read:
    count = len(document)
    if not count:
        raise UnreadableFile("the PDF is damaged (it has no pages)")
    if count > _MOST_PAGES:
        raise UnreadableFile(f"its {count} pages are over the limit of {_MOST_PAGES}; split it")
    document.init_forms()
    found = _Read(title=one_line(document.get_metadata_value("Title")), files=list(embedded_files(document)))
    found.labels = page_labels(document, count)
    shown = Shown()
    for number in range(count):
        page = document[number]
        found.pages.append(_page(page, document.formenv, shown, found))
        page.close()
    found.unchecked = shown.unchecked
    return found


def _page(page: Any, form: Any, shown: Shown, found: _Read) -> _Page:
    glyphs = Glyphs(page)
    drawn = glyphs.runs()
    runs = shown.runs(page, drawn)
    found.hidden += len(drawn) - len(runs)
    found.has_unknown_letters |= glyphs.has_unknown_letters
    added = added_to(page, form)
    found.files += added.files
    left, bottom, right, top = page.get_bbox()
    angle = Counter(run.angle for run in runs for _ in run.text).most_common(1)[0][0] if runs else 0
    level = [run for run in runs if run.angle == angle] + added.values
    beside = [run for run in runs if run.angle != angle]
    tables: list[Segment] = []
    if angle == 0:
        level, tables = ruled_tables(level, rules(page))
    else:
        bottom, top = {90: (left, right), 180: (-top, -bottom), 270: (-right, -left)}.get(angle, (bottom, top))
    read = lines(level, tables) + _beside(beside, len(level))
    return _Page(read, bottom, top, not read, added.comments)


def _beside(runs: Sequence[Run], column: int) -> list[Line]:
    """What is turned against the page, after its text."""
    found: list[Line] = []
    for angle in sorted({run.angle for run in runs}):
        turned = lines([run for run in runs if run.angle == angle])
        for line in turned:
            line.column += column + 1000 * (angle + 1)
        found += turned
    return found


def _told(found: _Read) -> Extraction:
    outer = margins([page.lines for page in found.pages], [(page.bottom, page.top) for page in found.pages])
    inner = [list(_without(page.lines, outer)) for page in found.pages]
    body = body_size(inner)
    hyphens = Hyphens(text for read in inner for line in read for text in [line.text])
    blocks = _in_order(found.pages, inner, body)
    front = [text for text, _ in outer.told]
    text, pages, furniture = _assembled(blocks, len(found.pages), hyphens, front)
    opening = [block for block in blocks if block.page < _TITLE_PAGES]
    title = title_of(found.title, opening, body)
    return Extraction(
        text=text,
        title=title,
        origins=(("title", "stated"),) if title else (),
        pages=pages,
        furniture=furniture,
        remarks=tuple(_remarks(found, outer)),
    )


def _without(read: Sequence[Line], outer: Margins) -> Iterator[Line]:
    for line in read:
        kept = [one for one in line.segments if id(one) not in outer.segments]
        if len(kept) == len(line.segments):
            yield line
        elif kept:
            yield Line(kept, line.left_edge, line.right_edge, line.column)


def _in_order(pages: Sequence[_Page], inner: Sequence[list[Line]], body: float) -> list[Block]:
    """The blocks of all pages; one that goes on over a page's end is followed there, after the page's notes."""
    found: list[Block] = []
    opened: Block | None = None
    for number, (page, read) in enumerate(zip(pages, inner, strict=True)):
        blocks, notes = blocks_of(read, number, body, (page.bottom + page.top) / 2)
        notes += [Block([f"{_COMMENT}{comment}"], number, "note") for comment in page.comments]
        first = blocks[0] if blocks else None
        if opened is not None and first is not None and _goes_on(opened, first):
            opened.continues.append(first)
            blocks = blocks[1:]
            if not blocks:
                found += notes
                continue
        found += blocks
        opened = blocks[-1] if blocks and blocks[-1].kind == "text" else None
        place = len(found) - 1 if opened is not None else len(found)
        found[place:place] = notes
    return found


def _goes_on(opened: Block, first: Block) -> bool:
    return first.first is not None and runs_over(opened, first.first, first.lines[0])


def _written(block: Block, hyphens: Hyphens) -> str:
    text = hyphens.joined(block.lines)
    return f"Note: {text}" if block.kind == "note" and not text.startswith(_COMMENT) else text


def _assembled(
    blocks: Sequence[Block], count: int, hyphens: Hyphens, front: Sequence[str]
) -> tuple[str, tuple[Span, ...], tuple[Span, ...]]:
    """The text, the spans of its pages, and what of it stands in the margins of every page."""
    parts: list[str] = []
    length = 0
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}

    def add(text: str, page: int | None = None) -> None:
        nonlocal length
        parts.append(text)
        if page is not None:
            starts.setdefault(page, length)
            ends[page] = length + len(text)
        length += len(text)

    if front:
        add("\n\n".join(front), 0)
    furniture = (Span(0, length),) if front else ()
    latest = 0
    for block in blocks:
        if length:
            add("\n\n")
        page, text = block.page, _written(block, hyphens)
        for following in block.continues:
            told = hyphens.joined(following.lines)
            latest = max(latest, page)
            add(text[:-1] if hyphens.cuts(text, told) else text + hyphens.between(text, told), latest)
            page, text = following.page, told
        latest = max(latest, page)
        add(text, latest)
    return "".join(parts), tuple(_page_spans(count, starts, ends)), furniture


def _page_spans(count: int, starts: dict[int, int], ends: dict[int, int]) -> Iterator[Span]:
    position = 0
    for number in range(count):
        start = starts.get(number, position)
        position = ends.get(number, start)
        yield Span(start, position)


def _remarks(found: _Read, outer: Margins) -> Iterator[str]:
    count = len(found.pages)
    empty = sum(page.is_empty for page in found.pages)
    if empty:
        yield f"{empty} of {count} pages have no text; they may be scans." if count > 1 else "Its page has no text."
    if found.files:
        names = ", ".join(found.files[:_MOST_NAMES]) + (" and others" if len(found.files) > _MOST_NAMES else "")
        yield f"Files embedded in it were not read: {names}."
    for text, pages in outer.told:
        yield f"On every page: {text}" if pages == count else f"On {pages} of {count} pages: {text}"
    yield from _remarks_on_numbers(found.labels)
    if any(page.comments for page in found.pages):
        yield "It has comments in its margin; they are read as comments."
    if found.hidden:
        yield "Words that its pages do not show were left out."
    if found.has_unknown_letters:
        yield "Some letters of its fonts cannot be told; they are shown as \ufffd."
    if found.unchecked:
        yield f"{found.unchecked} of {count} pages were not checked for hidden text."


def _remarks_on_numbers(labels: Sequence[str]) -> Iterator[str]:
    """Where the pages' own numbers are others than their places in the file."""
    for place, label in enumerate(labels, start=1):
        if label.isdigit() and int(label) != place:
            yield f"Page {place} of the file is numbered {label}."
            return
