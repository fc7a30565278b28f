"""A document as an HTML page of its own: its text word for word, with the cited passage marked.

The text content of the page's `<article>` is the document's text, character for character, so what a reader sees is
what a citation's offsets count. Labels within it (page numbers, the folded file header) come from attributes. The page
has no script and loads nothing; its one style sheet is inline (`ui.style`).
"""

import html
import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote

from corpus.document import Document, Span
from ui.languages.marking import lang, masthead
from ui.languages.shared import CONCERNS, PUBLISHED, PUBLISHER
from ui.languages.speaking import current
from ui.languages.words import Text
from ui.rendering import CHARACTERS, one_line, readable_date, safe_url
from ui.style import STYLE

_NOT_FOUND = Text("Document not found")
_NO_SUCH = Text("There is no such document here; open it again from an answer’s sources.")
_ASK = Text("Ask a question")
_CITED_PAGE = Text("Cited page")
_ORIGINAL = Text("Original", "address of a source")
_REMOVED = Text("This document has since been removed; this is the text as it was cited.")
_CHANGED = Text("This document has since changed; this is the text as it was cited.")
_CURRENT = Text("See its current version")
_HIGHLIGHTED = Text("{characters} highlighted")
_CHECKSUM = Text("SHA-256 of the file")
_FILE_HEADER = Text("Header of the file")
_PAGE = Text("Page {number}")
_GAP = re.compile(r"(?:\r?\n[ \t]*){2,}")
_HEADING = re.compile(r"#{1,6} [^\n]*")
# What HTML has no way to hold: NUL and halves of surrogate pairs.
_UNREPRESENTABLE = re.compile(r"[\x00\ud800-\udfff]")


def document_page(
    document: Document, highlight: Span | None = None, *, current: bool = True, newer: str | None = None
) -> str:
    """The page of a document. `newer` is the id of the version that replaced it, where one did."""
    language = html.escape(document.language or "")
    body = [
        masthead(),
        f'<h1 dir="auto"{lang(document.language)}>{_line(document.title)}</h1>',
        f"<dl>{''.join(_facts(document, highlight))}</dl>",
        *([] if current else [_notice(newer)]),
        f'<article lang="{language}" dir="auto">{"".join(_blocks(document, highlight))}</article>',
        f"<footer>{_footer(document, highlight)}</footer>",
    ]
    return _page(document.title, "".join(body))


def missing_document_page() -> str:
    """The page for an id that the catalog never held."""
    body = f'{masthead()}<h1>{_NOT_FOUND}</h1><p>{_NO_SUCH}</p><p><a href="/">{_ASK}</a></p>'
    return _page(str(_NOT_FOUND), body)


def span_within(document: Document, start: int | None, end: int | None) -> Span | None:
    """The span to highlight, or None where it is not a stretch of the document's text."""
    if start is None or end is None or not 0 <= start < end <= len(document.text):
        return None
    return Span(start, end)


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{current()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{_line(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def _facts(document: Document, highlight: Span | None) -> Iterator[str]:
    page = document.page_of(highlight.start) if highlight else None
    facts = {
        PUBLISHER: _line(document.publisher or ""),
        PUBLISHED: _line(readable_date(document.published or "")),
        CONCERNS: _line(", ".join(document.parties)),
        _CITED_PAGE: str(page) if page else "",
    }
    if url := safe_url(document.url):
        address = html.escape(url)
        facts[_ORIGINAL] = f'<a href="{address}" rel="noopener noreferrer nofollow" target="_blank">{address}</a>'
    for name, value in facts.items():
        if value:
            yield f"<div><dt>{name}</dt><dd>{value}</dd></div>"


def _notice(newer: str | None) -> str:
    if newer is None:
        return f'<p class="notice">{_REMOVED}</p>'
    return f'<p class="notice">{_CHANGED} <a href="/documents/{quote(newer, safe="")}">{_CURRENT}</a></p>'


def _footer(document: Document, highlight: Span | None) -> str:
    place = ""
    if highlight:
        place = f" · {_HIGHLIGHTED(characters=CHARACTERS(start=highlight.start, end=highlight.end))}"
    path = _line(f"{document.source}/{document.path}")
    return f"<p>{path}{place}</p><p>{_CHECKSUM}: {_line(document.sha256)}</p>"


# The text: a sequence of blocks, cut at blank lines, pages and furniture but never inside the highlight


def _blocks(document: Document, highlight: Span | None) -> Iterator[str]:
    header = _file_header(document, highlight)
    if header is not None:
        inner = _text(header.of(document.text))
        yield f'<details><summary aria-label="{_FILE_HEADER}"></summary><p class="furniture">{inner}</p></details>'
    first_page = {page.start: number for number, page in reversed(list(enumerate(document.pages, start=1)))}
    for block in _cut(document, highlight, header.end if header else 0):
        if block.start in first_page:
            yield f'<div class="page" data-page="{_PAGE(number=first_page[block.start])}"></div>'
        words = _without_leading_breaks(document.text, block, highlight)
        yield _text(document.text[block.start : words.start])
        if words:
            yield f"<p{_kind(document, words)}>{_marked(document.text, words, highlight)}</p>"


def _file_header(document: Document, highlight: Span | None) -> Span | None:
    """The front matter, folded away because the page's own header tells the same; None where there is none."""
    header = next((span for span in document.furniture if span.start == 0 and span.end > 0), None)
    return None if header is None or (highlight is not None and header.overlaps(highlight)) else header


def _cut(document: Document, highlight: Span | None, start: int) -> Iterator[Span]:
    gaps = [edge for match in _GAP.finditer(document.text, start) for edge in match.span()]
    furniture = [edge for span in document.furniture for edge in (span.start, span.end)]
    pages = [page.start for page in document.pages]
    length = len(document.text)
    edges = {edge for edge in (*gaps, *furniture, *pages) if start < edge < length}
    if highlight is not None:
        edges = {edge for edge in edges if not highlight.start < edge < highlight.end}
    ordered = [start, *sorted(edges), length]
    yield from (Span(first, last) for first, last in pairwise(ordered) if first < last)


def _without_leading_breaks(text: str, block: Span, highlight: Span | None) -> Span:
    """The block from its first line with words on; white space between paragraphs needs no paragraph of its own."""
    words = block.of(text).lstrip()
    start = block.end if not words else text.rfind("\n", block.start, block.end - len(words)) + 1
    start = max(block.start, start)
    return block if highlight is not None and block.start <= highlight.start < start else Span(start, block.end)


def _kind(document: Document, block: Span) -> str:
    if any(span.start <= block.start and block.end <= span.end for span in document.furniture):
        return ' class="furniture"'
    return ' class="heading"' if _HEADING.fullmatch(block.of(document.text).strip()) else ""


def _marked(text: str, block: Span, highlight: Span | None) -> str:
    if highlight is None or not highlight.overlaps(block):
        return _text(block.of(text))
    first, last = max(block.start, highlight.start), min(block.end, highlight.end)
    marked = f'<mark id="passage">{_text(text[first:last])}</mark>'
    return _text(text[block.start : first]) + marked + _text(text[last : block.end])


def _text(text: str) -> str:
    """`text` for an element's content, carriage returns kept (a parser would turn them into line feeds)."""
    return html.escape(_UNREPRESENTABLE.sub("\ufffd", text)).replace("\r", "&#13;")


def _line(text: str) -> str:
    return html.escape(one_line(text))
