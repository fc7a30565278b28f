"""A presentation: slides in order, each a page; titles, text, tables, the figures behind charts, and speaker's notes.

Hidden slides are no evidence; a remark tells of them. Read by python-pptx, which knows placeholders, groups, tables and
charts; its text of a whole slide would lose tables.
"""

import io
from collections.abc import Iterator
from typing import Any

from corpus.document import Extraction, Span
from corpus.errors import UnreadableFile
from corpus.readers.metadata import one_line, printable
from corpus.readers.office.packages import opened, reading
from corpus.readers.tables import Cell, rows_as_text

_DEEPEST_GROUP = 20
_GAP = "\n\n"
_MOST_CATEGORIES, _MOST_SERIES = 200, 50


# What python-pptx raises of a chart of a kind that it does not know, or of a damaged one.
_UNKNOWN_CHART = (ValueError, LookupError, NotImplementedError, AttributeError, TypeError)


def read_slides(content: bytes) -> Extraction:
    """The text of all slides that are shown."""
    with reading("presentation"):
        from pptx import Presentation
        from pptx.exc import PythonPptxError

        opened(content).close()
        try:
            shown = Presentation(io.BytesIO(content))
            missing: list[str] = []
            slides = [None if _is_hidden(slide) else list(_of_slide(slide, missing)) for slide in shown.slides]
            title = one_line(shown.core_properties.title)
        except PythonPptxError as error:
            raise UnreadableFile(f"the presentation is damaged ({one_line(error)})") from error
    remarks = (f"{len(missing)} of its charts could not be read.",) if missing else ()
    return extraction_of_slides(slides, title, remarks)


def extraction_of_slides(slides: list[list[str] | None], title: str, remarks: tuple[str, ...] = ()) -> Extraction:
    """Every slide is a page, also one that is not shown: the others keep their numbers."""
    text, pages = "", []
    for blocks in slides:
        told = printable(_GAP.join(blocks or ()))
        gap = _GAP if text and told else ""
        pages.append(Span(len(text) + len(gap), len(text) + len(gap) + len(told)))
        text += gap + told
    hidden = sum(blocks is None for blocks in slides)
    if hidden:
        remarks = (*remarks, f"{hidden} of {len(slides)} slides {'is' if hidden == 1 else 'are'} hidden and not read.")
    if _is_rubbish(title):
        title = ""
    first = next((blocks[0] for blocks in slides if blocks), "")
    origins = () if title or not first else (("title", "stated"),)
    return Extraction(text=text, title=title or first, pages=tuple(pages), remarks=remarks, origins=origins)


def _is_rubbish(title: str) -> bool:
    """What programs write as the title of every presentation."""
    return title.lower() in ("powerpoint presentation", "presentation", "slide 1", "powerpoint-präsentation")


def _is_hidden(slide: Any) -> bool:
    return slide._element.get("show") in ("0", "false")


def _of_slide(slide: Any, missing: list[str]) -> Iterator[str]:
    title = slide.shapes.title
    if title is not None and _is_seen(title):
        yield from _paragraphs(title.text_frame)
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            yield from _of_shape(shape, missing)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = " ".join(_paragraphs(slide.notes_slide.notes_text_frame))
        if notes:
            yield f"Notes: {notes}"


def _of_shape(shape: Any, missing: list[str], depth: int = 0) -> Iterator[str]:
    if not _is_seen(shape) or _is_furniture(shape):
        return
    if hasattr(shape, "shapes"):
        if depth < _DEEPEST_GROUP:
            for part in shape.shapes:
                yield from _of_shape(part, missing, depth + 1)
    elif getattr(shape, "has_table", False):
        yield from rows_as_text([[_cell(cell) for cell in row.cells] for row in shape.table.rows])
    elif getattr(shape, "has_chart", False):
        try:
            yield from list(_of_chart(shape.chart))
        except _UNKNOWN_CHART:
            missing.append(one_line(shape.name))
    elif shape.has_text_frame:
        yield from _paragraphs(shape.text_frame)


def _is_seen(shape: Any) -> bool:
    return not shape._element.xpath("./*/*[local-name()='cNvPr'][@hidden='1' or @hidden='true']")


def _is_furniture(shape: Any) -> bool:
    """Slide numbers, dates and feet, which stand on every slide."""
    if not shape.is_placeholder:
        return False
    kind = shape.placeholder_format.type
    return kind is not None and kind.name in ("SLIDE_NUMBER", "DATE", "FOOTER")


def _paragraphs(frame: Any) -> Iterator[str]:
    for paragraph in frame.paragraphs:
        if words := " ".join(paragraph.text.replace("\v", " ").split()):
            yield f"- {words}" if paragraph.level else words


def _cell(cell: Any) -> Cell:
    if cell.is_spanned:
        return "", 1
    return " ".join(cell.text_frame.text.split()), 1


def _of_chart(chart: Any) -> Iterator[str]:
    """The figures that a chart shows."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield from _paragraphs(chart.chart_title.text_frame)
    for plot in chart.plots:
        yield from _of_plot(plot)


def _of_plot(plot: Any) -> Iterator[str]:
    categories = [str(category) for category in plot.categories][:_MOST_CATEGORIES]
    series = list(plot.series)[:_MOST_SERIES]
    head: list[Cell] = [("", 1), *((one_line(line.name), 1) for line in series)]
    values = [list(line.values) for line in series]
    rows: list[list[Cell]] = [
        [(category, 1), *((_figure(line[number]) if number < len(line) else "", 1) for line in values)]
        for number, category in enumerate(categories)
    ]
    yield from rows_as_text([head, *rows])


def _figure(value: Any) -> str:
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)
