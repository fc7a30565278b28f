"""What a document says of itself, whatever its format: title, day, publisher, numbers, language; and where it says so.

What a reader found stands, less what is plainly none (a program's name as a title). What it did not find is looked for
where people put it: over the text, in a line of place and day, in the file's name, in the address. Nothing is taken out
of the running text, and the day a file was made or saved is not the day it was published.
"""

from dataclasses import replace
from pathlib import PurePath
from urllib.parse import urlsplit

from corpus.document import Extraction, Span
from corpus.readers.metadata import iso_date
from corpus.readers.stated.datelines import dateline, day_in_address, day_in_name
from corpus.readers.stated.identifiers import identifiers
from corpus.readers.stated.titles import heading_in, is_rubbish, tidy, title_in_name
from corpus.text.furniture import furniture, stated_date, stated_publisher
from corpus.text.language import detect_language

# Formats whose title is written for the reader; of all others it is a property that programs fill in.
_TITLED = (".md", ".markdown", ".html", ".htm", ".eml", ".msg", ".epub")
_MARKDOWN = (".md", ".markdown")
# The head of a text, in which a dateline may stand.
_HEAD = 4_000
Found = tuple[str | None, str | None]


def completed(extraction: Extraction, name: str) -> Extraction:
    """The extraction with all that every format shares filled in."""
    text = extraction.text
    spans = tuple(sorted({*extraction.furniture, *furniture(text)}))
    title, titled = _title(extraction, spans, name)
    published, dated = _published(extraction, spans, name)
    publisher, signed = _publisher(extraction)
    found = (("title", titled), ("published", dated), ("publisher", signed))
    return replace(
        extraction,
        title=title or name,
        published=published,
        publisher=publisher,
        language=extraction.language or detect_language(text),
        furniture=spans,
        identifiers=extraction.identifiers or identifiers(text, title or "", name),
        origins=tuple((field, origin) for field, origin in found if origin),
    )


def _title(extraction: Extraction, spans: tuple[Span, ...], name: str) -> Found:
    suffix = PurePath(name).suffix.lower()
    given = tidy(extraction.title)
    origin = extraction.origin_of("title") or ("stated" if suffix in _TITLED else "file properties")
    if given and origin in ("stated", "file name"):
        return given, origin
    if is_rubbish(given, name):
        given = ""
    heading = heading_in(extraction.text, spans, name, is_markdown=suffix in _MARKDOWN)
    if given and (not heading or _is_said(given, extraction.text)):
        return given, origin
    return (heading, "stated") if heading else (title_in_name(name), "file name")


def _is_said(title: str, text: str) -> bool:
    """Whether the head of the text says the title too."""
    return "".join(title.casefold().split()) in "".join(text[:_HEAD].casefold().split())


def _published(extraction: Extraction, spans: tuple[Span, ...], name: str) -> Found:
    if extraction.published:
        return extraction.published, extraction.origin_of("published") or "stated"
    text = extraction.text
    if day := iso_date(stated_date(text)):
        return day, "stated"
    # Front matter and menus are no part of the head; a line of a day alone is furniture, but says it.
    start = max((span.end for span in extraction.furniture if span.start == 0), default=0)
    if day := dateline(text[start : start + _HEAD].splitlines()):
        return day, "dateline"
    # Front matter that names where the text is from and no day leaves it open: the name may tell the day of an event.
    is_left_open = start > 0 and extraction.publisher is not None
    if not is_left_open and (day := day_in_name(PurePath(name).stem)):
        return day, "file name"
    if day := day_in_address(extraction.url or ""):
        return day, "address"
    return None, None


def _publisher(extraction: Extraction) -> Found:
    if extraction.publisher:
        return extraction.publisher, extraction.origin_of("publisher") or "stated"
    if told := stated_publisher(extraction.text):
        return told, "stated"
    try:
        host = urlsplit(extraction.url or "").hostname or ""
    except ValueError:
        host = ""
    host = host.removeprefix("www.")
    return (host, "address") if "." in host else (None, None)
