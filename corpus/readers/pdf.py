"""A PDF's text, page by page; a scan without text is for others to refuse."""

import io
import logging
import re
from collections.abc import Mapping
from typing import Any

from corpus.document import Extraction, Span
from corpus.errors import UnreadableFile
from corpus.readers.metadata import iso_date, one_line, printable


def read_pdf(content: bytes) -> Extraction:
    """The text of all pages, and where each of them lies in it."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings name no file; ours do
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile("it is encrypted; save a copy without a password")
        texts = [page.extract_text() for page in reader.pages]
        metadata: Mapping[str, Any] = reader.metadata or {}
        title, created = one_line(metadata.get("/Title")), _pdf_date(metadata.get("/CreationDate"))
    except UnreadableFile:
        raise
    except ImportError as error:
        raise UnreadableFile("it is encrypted with a cipher that cannot be opened here") from error
    # pypdf meets arbitrary bytes: these are what it is documented or was seen to raise on damaged files.
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError) as error:
        raise UnreadableFile(f"the PDF is damaged ({one_line(error) or type(error).__name__})") from error
    except (RecursionError, NotImplementedError, OverflowError, ZeroDivisionError, OSError, EOFError) as error:
        raise UnreadableFile(f"the PDF cannot be read ({one_line(error) or type(error).__name__})") from error
    text, pages = _joined_pages([printable(text) for text in texts])
    return Extraction(text=text, title=title, published=created, pages=pages)


def _joined_pages(texts: list[str]) -> tuple[str, tuple[Span, ...]]:
    separator = "\n\n"
    pages, position = [], 0
    for text in texts:
        pages.append(Span(position, position + len(text)))
        position += len(text) + len(separator)
    return separator.join(texts), tuple(pages)


def _pdf_date(value: object) -> str | None:
    match = re.match(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?", str(value or ""))
    return iso_date("-".join(part for part in match.groups() if part)) if match else None
