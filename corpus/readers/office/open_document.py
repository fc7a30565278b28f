"""OpenDocument (ODT, ODS, ODP): texts, sheets and slides, as their reader sees them.

The parts come from a zip and are read by lxml: odfpy, which was tried, had its last release in 2020, gives elements
and attributes no more than lxml does, and builds them in Python. What is deleted in tracked changes is gone, what is
hidden is no evidence, and remarks tell of both. How a part is walked through is `open_document_body`.
"""

import zipfile
from collections.abc import Iterator
from typing import Any

from corpus.document import Extraction, Span
from corpus.errors import UnreadableFile
from corpus.readers.metadata import one_line, printable
from corpus.readers.office.open_document_body import Body
from corpus.readers.office.packages import local, opened, parsed, reading
from corpus.readers.office.slides import extraction_of_slides

_TRACKED = "The file has tracked changes; they are read as if all were accepted."


def read_open_document(content: bytes) -> Extraction:
    """The text of the document, of whichever of the three kinds."""
    with reading("document"), opened(content) as package:
        names = package.namelist()
        if "META-INF/manifest.xml" in names and b"encryption-data" in package.read("META-INF/manifest.xml"):
            raise UnreadableFile("it is encrypted; save a copy without a password")
        root = parsed(package.read("content.xml"))
        styles = parsed(package.read("styles.xml")) if "styles.xml" in names else None
        body = Body(root, styles)
        content_of = next(child for part in root if local(part) == "body" for child in part)
        title = _title(package)
        if local(content_of) == "presentation":
            return extraction_of_slides(list(body.slides(content_of)), title)
        margins = list(dict.fromkeys(_margins(body, styles))) if local(content_of) == "text" else []
        blocks = [printable(block) for block in body.blocks(content_of)]
    front = "\n\n".join(margins)
    return Extraction(
        text="\n\n".join([*margins, *blocks]),
        title=title,
        furniture=(Span(0, len(front)),) if front else (),
        remarks=tuple(_remarks(body, margins)),
    )


def _title(package: zipfile.ZipFile) -> str:
    """The title that its writer gave it."""
    if "meta.xml" not in package.namelist():
        return ""
    for item in parsed(package.read("meta.xml")).iter():
        if local(item) == "title":
            return one_line(item.text)
    return ""


def _margins(body: Body, styles: Any) -> Iterator[str]:
    """What page headers and feet say, without bare page numbers."""
    for item in styles.iter() if styles is not None else ():
        if (
            local(item) in ("header", "footer")
            and item.getparent() is not None
            and local(item.getparent()) == "master-page"
        ):
            told = printable("\n".join(body.blocks(item)))
            if any(character.isalpha() for character in told):
                yield told


def _remarks(body: Body, margins: list[str]) -> Iterator[str]:
    if body.has_tracked_changes:
        yield _TRACKED
    for told in margins:
        yield f"On every page: {one_line(told)}"
    if body.hidden_sheets:
        sheets = "One sheet is" if body.hidden_sheets == 1 else f"{body.hidden_sheets} sheets are"
        yield f"{sheets} hidden and not read."
    if body.hidden_cells:
        yield "Hidden rows or columns were not read."
    if body.is_too_deep:
        yield "Parts of it are nested too deeply and were not read."
    yield from body.remarks
