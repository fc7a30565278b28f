"""The page of all documents: a form to search and sort, a table, what was not read and why, and what each source has.

Searching, sorting, adding and removing work without a script; `adding.js` adds dropping files and their progress, and
`LIST_POLICY` allows just that script and the one style sheet.
"""

import base64
import hashlib
import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from assistant.holdings import Order, Overview, Wanted, listed
from corpus.catalog import Failure, Summary
from corpus.document import Document
from corpus.files import LARGEST_FILE_BYTES
from corpus.readers import supported_suffixes
from corpus.uploads import Addition
from ui.documents.page import STYLE as DOCUMENT_STYLE
from ui.rendering import one_line, readable_date

_HERE = Path(__file__).parent
SCRIPT = (_HERE / "adding.js").read_text(encoding="utf-8")
STYLE = DOCUMENT_STYLE + (_HERE / "listing.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
LIST_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; script-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_SCRIPT_ELEMENT = '<script src="/documents/adding.js" defer></script>'
PAGE_SIZE = 50
_MOST_FAILURES = 200

_TITLE = "Documents"
_ADD = "Add documents"
_ADD_HINT = "Drop files here, or choose them. A file whose name is here already becomes its new version."
_ADD_BUTTON = "Add"
_ADD_ON_THE_COMMAND_LINE = "Documents are added here on the command line: assistant ingest FOLDER"
_SEARCH = "Show"
_NOTHING = "No document is like that; search for less."
_EMPTY = "There are no documents yet."
_NOT_READ = "Files that could not be read"
_SOURCES = "Where documents come from"
_REMOVE = "Remove"
_REMOVING = "Remove this document?"
_REMOVED_MEANS = (
    "Its file is deleted, and it is found and cited no more. Answers that cite it already still open its text."
)
_KEEP = "Keep it"
_ORDERS = {
    Order.NEWEST: "newest first",
    Order.OLDEST: "oldest first",
    Order.TITLE: "by title",
    Order.PUBLISHER: "by publisher",
}
_COLUMNS = ("Title", "Publisher", "Published", "Language", "Concerns", "Passages")
_OUTCOMES = {"indexed": "added", "unchanged": "here already, unchanged", "failed": "not added"}


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows; `removable` is the source whose documents may be removed from it."""

    overview: Overview
    removable: str | None = None
    may_add: bool = False
    wanted: Wanted = field(default_factory=Wanted)
    number: int = 1
    added: Sequence[Addition] = ()
    notice: str = ""


def documents_page(view: View) -> str:
    """The page."""
    found = listed(view.overview.documents, view.wanted)
    parts = [
        f"<h1>{_TITLE}</h1>",
        f'<p class="notice" role="alert">{_line(view.notice)}</p>' if view.notice else "",
        _results(view.added),
        _adding() if view.may_add else "",
        _search(view),
        f'<section id="list">{_list(view, found)}</section>',
        _failures(view.overview.failures),
        _sources(view.overview),
        "" if view.may_add else f'<p class="hint">{_ADD_ON_THE_COMMAND_LINE}</p>',
    ]
    return _page(_TITLE, "".join(parts), script=view.may_add)


def removal_page(document: Document) -> str:
    """The question whether a document shall be removed."""
    body = (
        f'<h1>{_REMOVING}</h1><p dir="auto"><strong>{_line(document.title)}</strong></p>'
        f'<p class="path">{_line(f"{document.source}/{document.path}")}</p><p>{_REMOVED_MEANS}</p>'
        f'<form class="removal" action="/documents/{_piece(document.id)}/remove" method="post">'
        f'<button type="submit">{_REMOVE}</button><a href="/documents">{_KEEP}</a></form>'
    )
    return _page(_REMOVING, body)


def _page(title: str, body: str, *, script: bool = False) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{_line(title)}</title><style>{STYLE}</style>"
        f'{_SCRIPT_ELEMENT if script else ""}</head><body class="listing"><main>'
        f'<p class="home"><a href="/">Health Cooperation Assistant</a></p>{body}</main></body></html>'
    )


def _adding() -> str:
    kinds = ",".join(supported_suffixes())
    limit = f"{' '.join(supported_suffixes())}; up to {LARGEST_FILE_BYTES // 2**20} MB each."
    return (
        f'<section aria-labelledby="add-title"><h2 id="add-title">{_ADD}</h2>'
        f'<form id="add" action="/documents" method="post" enctype="multipart/form-data" '
        f'data-largest="{LARGEST_FILE_BYTES}"><p>{_ADD_HINT}</p><p class="hint">{limit}</p>'
        f'<div class="choice"><input type="file" name="files" multiple required accept="{kinds}" aria-label="Files">'
        f'<button type="submit">{_ADD_BUTTON}</button></div></form>'
        '<ul id="progress" class="results" aria-live="polite"></ul></section>'
    )


def _results(added: Sequence[Addition]) -> str:
    if not added:
        return ""
    return f'<ul class="results" role="status">{"".join(_result(addition) for addition in added)}</ul>'


def _result(addition: Addition) -> str:
    told = _OUTCOMES[addition.outcome] + (f": {addition.reason}" if addition.reason else "")
    if addition.outcome == "indexed":
        told += f", {addition.passages} {'passage' if addition.passages == 1 else 'passages'}"
        told += ", in place of an earlier version" if addition.replaced else ""
    name = f'<span dir="auto">{_line(addition.name)}</span>'
    if addition.document_id:
        name = f'<a href="/documents/{_piece(addition.document_id)}">{name}</a>'
    return f'<li class="{addition.outcome}">{name} <span class="told">{_line(told)}</span></li>'


def _search(view: View) -> str:
    wanted, overview = view.wanted, view.overview
    publishers = _options(["", *overview.publishers], wanted.publisher, "any publisher")
    languages = _options(["", *overview.languages], wanted.language, "any language")
    sources = _options(["", *(held.source for held in overview.sources)], wanted.source, "any source")
    orders = "".join(
        f'<option value="{order}"{" selected" if order == wanted.order else ""}>{words}</option>'
        for order, words in _ORDERS.items()
    )
    return (
        '<form class="search" action="/documents" method="get" role="search">'
        f'<input type="search" name="q" value="{_line(wanted.words)}" maxlength="500" aria-label="Words" '
        'placeholder="Title, publisher or country">'
        f'<select name="publisher" aria-label="Publisher">{publishers}</select>'
        f'<select name="language" aria-label="Language">{languages}</select>'
        f'<select name="source" aria-label="Source">{sources}</select>'
        f'<select name="sort" aria-label="Order">{orders}</select>'
        f'<button type="submit">{_SEARCH}</button></form>'
    )


def _options(values: Sequence[str], chosen: str, none: str) -> str:
    return "".join(
        f'<option value="{html.escape(value)}"{" selected" if value == chosen else ""}>{_line(value) or none}</option>'
        for value in values
    )


def _list(view: View, found: Sequence[Summary]) -> str:
    if not found:
        return f'<p class="notice">{_NOTHING if view.overview.documents else _EMPTY}</p>'
    pages = -(-len(found) // PAGE_SIZE)
    number = min(view.number, pages)
    first = (number - 1) * PAGE_SIZE
    shown = found[first : first + PAGE_SIZE]
    caption = f"{first + 1}–{first + len(shown)} of {len(found)} documents"
    columns = "".join(f'<th scope="col">{column}</th>' for column in _COLUMNS)
    removing = f'<th scope="col"><span class="unseen">{_REMOVE}</span></th>' if view.removable else ""
    rows = "".join(_row(document, view.removable) for document in shown)
    return (
        f'<div class="scrolls" tabindex="0" role="region" aria-label="{_TITLE}"><table><caption>{caption}</caption>'
        f"<thead><tr>{columns}{removing}</tr></thead><tbody>{rows}</tbody></table></div>"
        f"{_turning(view.wanted, number, pages)}"
    )


def _row(document: Summary, removable: str | None) -> str:
    place = f"/documents/{_piece(document.id)}"
    title = (
        f'<a dir="auto" href="{place}">{_line(document.title)}</a>'
        f'<span class="path">{_line(f"{document.source}/{document.path}")}</span>'
    )
    cells = (
        _line(document.publisher or ""),
        _line(readable_date(document.published)) if document.published else '<span class="hint">undated</span>',
        _line(document.language or ""),
        _line(", ".join(document.parties)),
        str(document.passages),
    )
    removal = ""
    if removable is not None:
        link = f'<a href="{place}/remove" aria-label="{_REMOVE} {_line(document.title)}">{_REMOVE}</a>'
        removal = f"<td>{link if document.source == removable else ''}</td>"
    return f'<tr><th scope="row">{title}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}{removal}</tr>'


def _turning(wanted: Wanted, number: int, pages: int) -> str:
    if pages == 1:
        return ""

    def link(to: int, words: str) -> str:
        if not 1 <= to <= pages:
            return ""
        values = {"q": wanted.words, "publisher": wanted.publisher, "language": wanted.language}
        values |= {"source": wanted.source, "sort": wanted.order}
        query = _query({name: value for name, value in values.items() if value} | {"page_number": str(to)})
        return f'<a href="/documents?{html.escape(query)}">{words}</a>'

    links = f"{link(number - 1, 'Previous')} <span>Page {number} of {pages}</span> {link(number + 1, 'Next')}"
    return f'<nav class="turning" aria-label="Pages">{links}</nav>'


def _failures(failures: Sequence[Failure]) -> str:
    if not failures:
        return ""
    items = "".join(
        f'<li><span dir="auto">{_line(f"{failure.source}/{failure.path}")}</span> '
        f'<span class="told">{_line(failure.reason)}</span></li>'
        for failure in failures[:_MOST_FAILURES]
    )
    more = len(failures) - _MOST_FAILURES
    rest = f'<p class="hint">and {more} more; run: assistant documents</p>' if more > 0 else ""
    return f'<section><h2>{_NOT_READ}</h2><ul class="results">{items}</ul>{rest}</section>'


def _sources(overview: Overview) -> str:
    def told() -> Iterator[str]:
        for held in overview.sources:
            failed = f", {held.failed} not read" if held.failed else ""
            yield (
                f'<li><a href="/documents?{html.escape(_query({"source": held.source}))}">{_line(held.source)}</a> '
                f'<span class="told">{held.documents} documents, {held.passages} passages{failed}</span></li>'
            )

    return f'<section><h2>{_SOURCES}</h2><ul class="results">{"".join(told())}</ul></section>'


def _piece(text: str) -> str:
    """`text` as one piece of an address's path; halves of surrogate pairs, which no address holds, as "?"."""
    return quote(text, safe="", errors="replace")


def _query(values: Mapping[str, str]) -> str:
    return urlencode(values, errors="replace")


def _line(text: str) -> str:
    return html.escape(one_line(text))
