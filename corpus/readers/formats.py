"""Which formats are read, and the limits that all of them share; what a document says of itself is for `stated`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.files import content_of
from corpus.readers.archive import read_archive
from corpus.readers.attaching import bounded
from corpus.readers.mail.message import read_message
from corpus.readers.mail.outlook import read_outlook
from corpus.readers.markdown import read_markdown
from corpus.readers.metadata import web_address
from corpus.readers.office.book import read_book
from corpus.readers.office.open_document import read_open_document
from corpus.readers.office.rich_text import read_rich_text
from corpus.readers.office.sheets import read_sheets
from corpus.readers.office.slides import read_slides
from corpus.readers.office.word import read_word
from corpus.readers.pdf.pdf import read_pdf
from corpus.readers.plain import read_text
from corpus.readers.recognising import OLD_FORMATS, recognised
from corpus.readers.separated import read_separated
from corpus.readers.stated.stated import completed
from corpus.readers.web.web_page import read_web_page

# Characters; a book of 1,500 pages has fewer.
LONGEST_TEXT = 5_000_000
# A first line is no title here.
_NAMED_BY_FILE = (".csv", ".tsv", ".xlsx", ".ods", ".zip")
_SAME = {".htm": ".html", ".text": ".txt"}
_READERS: dict[str, Callable[[bytes], Extraction]] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_web_page,
    ".htm": read_web_page,
    ".pdf": read_pdf,
    ".docx": read_word,
    ".pptx": read_slides,
    ".xlsx": read_sheets,
    ".csv": read_separated,
    ".tsv": read_separated,
    ".odt": read_open_document,
    ".ods": read_open_document,
    ".odp": read_open_document,
    ".rtf": read_rich_text,
    ".epub": read_book,
    ".eml": read_message,
    ".msg": read_outlook,
    ".zip": read_archive,
}


def supported_suffixes() -> tuple[str, ...]:
    """The file name endings that `read` understands, sorted."""
    return tuple(sorted(_READERS))


def is_known(suffix: str) -> bool:
    """Whether a file whose name ends so is looked into at all."""
    return suffix in _READERS or suffix in OLD_FORMATS


def read(path: Path) -> Extraction:
    """Read one file in this process; see `read_content`."""
    if not is_known(path.suffix.lower()):  # not worth opening
        raise _unsupported(path.suffix)
    return read_content(content_of(path), path.name)


def read_content(content: bytes, name: str) -> Extraction:
    """Read the content of a file of this name; one that is not what its name says is read as what it is.

    Raises `UnreadableFile` with the reason in a sentence (unsupported, empty, encrypted, damaged, no text, ...),
    and `NotForIndexing` where the file's front matter asks to be left out.
    """
    path = Path(name)
    suffix = path.suffix.lower()
    if not is_known(suffix):
        raise _unsupported(path.suffix)
    if not content.strip():
        raise UnreadableFile("the file is empty")
    kind = recognised(content, suffix)
    reader = _READERS.get(kind)
    if reader is None:
        raise _unsupported(path.suffix)
    extraction = reader(content)
    if len(extraction.text) > LONGEST_TEXT:
        told = f"{len(extraction.text) / 1e6:.0f} million characters are over the limit of {LONGEST_TEXT // 10**6}"
        raise UnreadableFile(f"its text of {told} million; split it")
    if kind != suffix and _SAME.get(kind, kind) != _SAME.get(suffix, suffix):
        told = f"Its name ends in {suffix}; it is read as what it is ({kind})."
        extraction = replace(extraction, remarks=(told, *extraction.remarks))
    if kind in _NAMED_BY_FILE and not extraction.title:
        extraction = replace(extraction, title=path.stem, origins=(("title", "file name"),))
    if not any(character.isalnum() for character in extraction.text):
        raise UnreadableFile("no text was found in it; a scanned document needs text recognition (OCR) first")
    attachments, untold = bounded(extraction.attachments)
    extraction = replace(
        extraction,
        url=web_address(extraction.url),
        attachments=attachments,
        remarks=(*extraction.remarks, *untold),
    )
    return completed(extraction, path.name)


def _unsupported(suffix: str) -> UnreadableFile:
    known = " ".join(supported_suffixes())
    return UnreadableFile(f"the format {suffix or 'without a suffix'} is not supported; use one of {known}")
