"""An electronic book (EPUB): its chapters in reading order, and what the book says of itself.

The container is small and laid down (a package file that lists the chapters); EbookLib, which knows it too, may not be
used with this project's licence. Chapters are read by `markup`.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.readers.markup import blocks_of
from corpus.readers.metadata import iso_date, one_line, printable
from corpus.readers.office.packages import attribute, local, opened, parsed, reading

_MOST_CHAPTERS = 2_000
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def read_book(content: bytes) -> Extraction:
    """The text of all chapters that can be read."""
    with reading("book"), opened(content) as package:
        _require_open(package)
        place = _package_file(package)
        described = parsed(package.read(place))
        blocks: list[str] = []
        missing = 0
        for chapter in _chapters(described, posixpath.dirname(place)):
            try:
                blocks += [block.text for block in blocks_of(package.read(chapter))]
            except (KeyError, zipfile.BadZipFile, zlib.error, ValueError):
                missing += 1
        says = _metadata(described)
    chapters = "One chapter" if missing == 1 else f"{missing} chapters"
    return Extraction(
        text=printable("\n\n".join(blocks)),
        title=one_line(says.get("title")),
        publisher=one_line(says.get("publisher")) or None,
        published=iso_date(says.get("date")),
        language=one_line(says.get("language")).lower()[:2] or None,
        remarks=(f"{chapters} could not be read.",) if missing else (),
    )


def _require_open(package: zipfile.ZipFile) -> None:
    """Fonts may be scrambled; chapters that are make a book that its seller alone opens."""
    if "META-INF/encryption.xml" in package.namelist():
        ways = [attribute(item, "Algorithm") for item in parsed(package.read("META-INF/encryption.xml")).iter()
                if local(item) == "EncryptionMethod"]  # fmt: skip
        if any(way not in _FONTS for way in ways):
            raise UnreadableFile("it is encrypted; its seller's program alone opens it")


def _package_file(package: zipfile.ZipFile) -> str:
    if "META-INF/container.xml" in package.namelist():
        for item in parsed(package.read("META-INF/container.xml")).iter():
            if local(item) == "rootfile" and attribute(item, "full-path"):
                return posixpath.normpath(attribute(item, "full-path"))
    return next(name for name in (*package.namelist(), "content.opf") if name.endswith(".opf"))


def _chapters(described: Any, folder: str) -> Iterator[str]:
    """The places of the chapters in reading order, without the list of them."""
    items = {attribute(item, "id"): item for item in described.iter() if local(item) == "item"}
    spine = [item for item in described.iter() if local(item) == "itemref"][:_MOST_CHAPTERS]
    for reference in spine:
        item = items.get(attribute(reference, "idref"))
        if item is not None and "html" in attribute(item, "media-type") and "nav" not in attribute(item, "properties"):
            yield posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href"))))


def _metadata(described: Any) -> dict[str, str]:
    """The first of each kind; a date of creation or change is none of publication."""
    says: dict[str, str] = {}
    for item in described.iter():
        if "dc/elements" in str(item.tag) and attribute(item, "event") in ("", "publication"):
            says.setdefault(local(item), item.text or "")
    return says
