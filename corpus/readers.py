"""A file becomes an `Extraction`: one small reader per format, and one way to say why a file cannot be read.

Text and Markdown are kept character for character; for HTML, PDF, Word and e-mail the extracted text is the text that
offsets refer to. Readers do not chunk, do not index and never write; `isolation` runs them where a hostile file can do
no harm. Adding a format: a function from bytes to `Extraction`, and a line in `_READERS`.
"""

import email
import email.policy
import io
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from corpus.document import Extraction, Span
from corpus.errors import UnreadableFile
from corpus.files import content_of
from corpus.front_matter import split_front_matter
from corpus.furniture import furniture, stated_date, stated_publisher
from corpus.language import detect_language
from corpus.sentences import blocks, sentences, without_marker

LARGEST_UNPACKED_BYTES = 256 * 2**20
# Characters; a book of 1,500 pages has fewer.
LONGEST_TEXT = 5_000_000
LONGEST_TITLE = 100
# Latin encodings that differ in a few letters only, with the languages each was made for; the others use cp1252.
_MADE_FOR = {
    "cp1257": ("lv", "lt", "et"),
    "cp1254": ("tr", "az"),
    "cp1250": ("pl", "cs", "sk", "hu", "sl", "hr", "ro"),
}
_ISO_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


class NotForIndexing(Exception):
    """The file's own front matter says `index: false`: it is no document, and no failure either."""


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
    extraction = reader(content, path)
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
        published=extraction.published or _iso_date(stated_date(text)),
        url=extraction.url,
        language=extraction.language or detect_language(text),
        parties=extraction.parties,
        topics=extraction.topics,
        pages=extraction.pages,
        furniture=spans,
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


def _decoded(content: bytes) -> str:
    """The text of a file of unknown encoding: a byte order mark, then UTF-8, then the likeliest legacy one."""
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("it is a binary file, not text, whatever its name says")
    for encoding in ("utf-8-sig", "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = _decoded_legacy(content)
    control = sum(1 for character in text[:20_000] if ord(character) < 32 and character not in "\t\n\r\f\v\x1b")
    if control > len(text[:20_000]) // 50:
        raise UnreadableFile("it is a binary file, not text, whatever its name says")
    return text


def _decoded_legacy(content: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = content[:200_000]
    best = from_bytes(sample, cp_isolation=["cp1252", "cp1251", "koi8_r", *_MADE_FOR]).best()
    if best is None:
        raise UnreadableFile("its text encoding cannot be recognised; save it as UTF-8")
    encoding = best.encoding
    if encoding not in ("cp1251", "koi8_r"):
        # Statistics of letters cannot tell these apart, but only the right one gives words of its own language.
        read_as = {name: detect_language(sample.decode(name, errors="replace")) for name in _MADE_FOR}
        encoding = next((name for name, language in read_as.items() if language in _MADE_FOR[name]), "cp1252")
    return content.decode(encoding, errors="replace")


def _read_text(content: bytes, path: Path) -> Extraction:
    return Extraction(text=_decoded(content), title="")


def _read_markdown(content: bytes, path: Path) -> Extraction:
    text = _decoded(content)
    metadata, start = split_front_matter(text)
    if metadata.get("index") is False:
        raise NotForIndexing(path.name)
    return Extraction(
        text=text,
        title=_one_line(metadata.get("title")) or _first_heading(text[start:]),
        publisher=_one_line(metadata.get("publisher")) or None,
        published=_iso_date(metadata.get("published", metadata.get("date"))),
        url=_one_line(metadata.get("url")) or None,
        language=_one_line(metadata.get("language")) or None,
        parties=_strings(metadata.get("parties")),
        topics=_strings(metadata.get("topics")),
        furniture=(Span(0, start),) if start else (),
    )


def _first_heading(text: str) -> str:
    match = re.search(r"^#{1,2}[ \t]+(?=\S)(?P<words>.*[^\s#])", text, re.MULTILINE)
    return _one_line(match.group("words")) if match else ""


def _read_html(content: bytes, path: Path) -> Extraction:
    import trafilatura

    page = trafilatura.bare_extraction(content, include_comments=False, with_metadata=True, favor_recall=True)
    if page is None or not getattr(page, "text", None):
        raise UnreadableFile("no article text was found in the page")
    return Extraction(
        text=page.text,
        title=_one_line(page.title),
        publisher=_one_line(page.sitename) or None,
        published=_iso_date(page.date),
        url=_one_line(page.url) or None,
        language=_one_line(page.language) or None,
    )


def _read_pdf(content: bytes, path: Path) -> Extraction:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings name no file; ours do
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile("it is encrypted; save a copy without a password")
        texts = [page.extract_text() for page in reader.pages]
        metadata: Mapping[str, Any] = reader.metadata or {}
        title, created = _one_line(metadata.get("/Title")), _pdf_date(metadata.get("/CreationDate"))
    except UnreadableFile:
        raise
    except ImportError as error:
        raise UnreadableFile("it is encrypted with a cipher that cannot be opened here") from error
    # pypdf meets arbitrary bytes: these are what it is documented or was seen to raise on damaged files.
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError) as error:
        raise UnreadableFile(f"the PDF is damaged ({_one_line(error) or type(error).__name__})") from error
    except (RecursionError, NotImplementedError, OverflowError, ZeroDivisionError, OSError, EOFError) as error:
        raise UnreadableFile(f"the PDF cannot be read ({_one_line(error) or type(error).__name__})") from error
    text, pages = _joined_pages([_printable(text) for text in texts])
    return Extraction(text=text, title=title, published=created, pages=pages)


def _joined_pages(texts: list[str]) -> tuple[str, tuple[Span, ...]]:
    separator = "\n\n"
    pages, position = [], 0
    for text in texts:
        pages.append(Span(position, position + len(text)))
        position += len(text) + len(separator)
    return separator.join(texts), tuple(pages)


def _printable(text: str) -> str:
    """PDF fonts may yield lone surrogates and control characters that no store accepts; each becomes a space."""
    return re.sub(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]", " ", text)


def _pdf_date(value: object) -> str | None:
    match = re.match(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?", str(value or ""))
    return _iso_date("-".join(part for part in match.groups() if part)) if match else None


def _read_docx(content: bytes, path: Path) -> Extraction:
    import zipfile
    import zlib

    import docx
    from docx.opc.exceptions import OpcError
    from docx.table import Table
    from lxml.etree import LxmlError

    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(content)).infolist())
        if unpacked > LARGEST_UNPACKED_BYTES:
            raise UnreadableFile(f"it unpacks to {unpacked / 2**20:.0f} MB, far more than a document holds")
        document = docx.Document(io.BytesIO(content))
        parts: list[str] = []
        for item in document.iter_inner_content():
            parts.extend(_table_rows(item) if isinstance(item, Table) else [item.text])
        properties = document.core_properties
        title, created = _one_line(properties.title), _iso_date(properties.modified or properties.created)
    # python-docx checks nothing: these are what damaged archives and parts were seen to raise.
    except (OpcError, LxmlError, zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        raise UnreadableFile(f"the Word file is damaged or encrypted ({_one_line(error)})") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableFile(f"the Word file is damaged ({_one_line(error)})") from error
    return Extraction(text="\n\n".join(part for part in parts if part.strip()), title=title, published=created)


def _table_rows(table: Any) -> list[str]:
    rows = []
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:
            text = _one_line(cell.text)
            if text and (not cells or cells[-1] != text):  # a merged cell is listed once per column
                cells.append(text)
        rows.append("; ".join(cells))
    return rows


def _read_email(content: bytes, path: Path) -> Extraction:
    message = email.message_from_bytes(content, policy=email.policy.default)
    try:
        body = message.get_body(preferencelist=("plain", "html"))
        if body is None:
            raise UnreadableFile("the message has no text part")
        text = body.get_content()
        sent = message["date"].datetime if message["date"] else None
        subject, sender = _one_line(message["subject"]), _one_line(message["from"])
    # The standard library parses headers lazily, and these are what malformed ones were seen to raise.
    except (LookupError, ValueError, AttributeError, TypeError) as error:
        raise UnreadableFile(f"the message cannot be decoded ({_one_line(error)})") from error
    if body.get_content_type() == "text/html":
        text = _read_html(text.encode(), path).text
    return Extraction(text=_printable(text), title=subject, publisher=sender or None, published=_iso_date(sent))


def _one_line(value: object) -> str:
    """A name or a number as text that every store accepts; nothing where the value is neither.

    A file may hold anything in its metadata: nested YAML aliases that fill the memory once written out, lone
    surrogates, an integer of more digits than Python prints.
    """
    if value is None or isinstance(value, (list, tuple, dict, set)):
        return ""
    try:
        return re.sub(r"[\s\x00-\x1f\x7f\ud800-\udfff]+", " ", str(value)).strip()[:300]
    except ValueError:
        return ""


def _strings(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value] if value else []
    return tuple(text for item in items if (text := _one_line(item)))


def _iso_date(value: object) -> str | None:
    """An ISO date, possibly cut to month or year; None for anything that is not one."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    match = _ISO_DATE.match(str(value).strip()) if value is not None else None
    if match is None:
        return None
    padded = (match.group() + "-01-01")[:10]
    try:
        date.fromisoformat(padded)
    except ValueError:
        return None
    return match.group()


_READERS: dict[str, Callable[[bytes, Path], Extraction]] = {
    ".txt": _read_text,
    ".text": _read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": _read_pdf,
    ".docx": _read_docx,
    ".eml": _read_email,
}
