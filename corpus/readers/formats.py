"""Which formats are read, and what all of them share: limits, a title, furniture, publisher, date and language."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from corpus.document import Extraction, Span
from corpus.errors import UnreadableFile
from corpus.files import content_of
from corpus.readers.markdown import read_markdown
from corpus.readers.message import read_message
from corpus.readers.metadata import iso_date, web_address
from corpus.readers.pdf import read_pdf
from corpus.readers.plain import read_text
from corpus.readers.web_page import read_web_page
from corpus.readers.word import read_word
from corpus.text.furniture import furniture, stated_date, stated_publisher
from corpus.text.language import detect_language
from corpus.text.sentences import blocks, sentences, without_marker

# Characters; a book of 1,500 pages has fewer.
LONGEST_TEXT = 5_000_000
LONGEST_TITLE = 100
_READERS: dict[str, Callable[[bytes], Extraction]] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_web_page,
    ".htm": read_web_page,
    ".pdf": read_pdf,
    ".docx": read_word,
    ".eml": read_message,
}


def supported_suffixes() -> tuple[str, ...]:
    """The file name endings that `read` understands, sorted."""
    return tuple(sorted(_READERS))


def read(path: Path) -> Extraction:
    """Read one file in this process; see `read_content`."""
    if path.suffix.lower() not in _READERS:  # not worth opening
        raise _unsupported(path.suffix)
    return read_content(content_of(path), path.name)


def read_content(content: bytes, name: str) -> Extraction:
    """Read the content of a file of this name.

    Raises `UnreadableFile` with the reason in a sentence (unsupported, empty, encrypted, damaged, no text, ...),
    and `NotForIndexing` where the file's front matter asks to be left out.
    """
    path = Path(name)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise _unsupported(path.suffix)
    if not content.strip():
        raise UnreadableFile("the file is empty")
    extraction = reader(content)
    if len(extraction.text) > LONGEST_TEXT:
        told = f"{len(extraction.text) / 1e6:.0f} million characters are over the limit of {LONGEST_TEXT // 10**6}"
        raise UnreadableFile(f"its text of {told} million; split it")
    return _completed(extraction, path)


def _unsupported(suffix: str) -> UnreadableFile:
    known = " ".join(supported_suffixes())
    return UnreadableFile(f"the format {suffix or 'without a suffix'} is not supported; use one of {known}")


def _completed(extraction: Extraction, path: Path) -> Extraction:
    """Fill in what every format shares: furniture, a title where there is none, publisher, date and language."""
    text = extraction.text
    if not any(character.isalnum() for character in text):
        raise UnreadableFile("no text was found in it; a scanned document needs text recognition (OCR) first")
    spans = tuple(sorted({*extraction.furniture, *furniture(text)}))
    return Extraction(
        text=text,
        title=extraction.title or _title_from(text, spans) or path.stem,
        publisher=extraction.publisher or stated_publisher(text),
        published=extraction.published or iso_date(stated_date(text)),
        url=web_address(extraction.url),
        language=extraction.language or detect_language(text),
        parties=extraction.parties,
        topics=extraction.topics,
        pages=extraction.pages,
        furniture=spans,
        remarks=extraction.remarks,
    )


def _title_from(text: str, furniture_spans: Iterable[Span]) -> str:
    """The first heading or sentence of the text, cut at a word to a readable length."""
    skip = list(furniture_spans)
    position = 0
    for block in blocks(text):
        while position < len(skip) and skip[position].end <= block.start:
            position += 1
        if position < len(skip) and block.overlaps(skip[position]):
            continue
        first = without_marker(text, sentences(text, block)[0]).of(text)
        first = re.sub(r"\s+", " ", re.sub(r"[*_`#]+", "", first)).strip()
        if len(first) <= LONGEST_TITLE:
            return first.rstrip(".")
        return first[:LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
    return ""
