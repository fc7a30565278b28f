"""The page of all documents: a form to search and sort, a table, what was not read and why, and what each source has.

Searching, sorting, adding and removing work without a script; `adding.js` adds dropping files and their progress, and
`LIST_POLICY` allows just that script and the one style sheet.
"""

import base64
import hashlib
import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from assistant.scope.holdings import Order, Overview, Wanted, listed
from corpus.catalog.entries import Failure, Summary
from corpus.document import Document
from corpus.files import LARGEST_FILE_BYTES
from corpus.ingest.uploads import Addition
from corpus.readers.formats import supported_suffixes
from ui.languages.marking import lang, masthead, sentence
from ui.languages.places import language_name, number
from ui.languages.scripts import with_words
from ui.languages.shared import CONCERNS, LANGUAGE, PUBLISHED, PUBLISHER, SHOW, SOURCE, UNDATED
from ui.languages.speaking import current
from ui.languages.words import PluralText, Text
from ui.rendering import one_line, readable_date
from ui.style import STYLE as DOCUMENT_STYLE

_HERE = Path(__file__).parent
STYLE = DOCUMENT_STYLE + (_HERE / "listing.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
LIST_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; script-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_SCRIPT_ELEMENT = '<script src="/documents/adding.js" defer></script>'
_PATH = "/documents"
PAGE_SIZE = 50
_MOST_FAILURES = 200

_TITLE = Text("Documents")
_ADD = Text("Add documents")
_ADD_HINT = Text("Drop files here, or choose them. A file whose name is here already becomes its new version.")
_ADD_LIMIT = Text("{kinds}; up to {megabytes} MB each.")
_ADD_BUTTON = Text("Add")
_FILES = Text("Files")
_ADD_ON_THE_COMMAND_LINE = Text("Documents are added here on the command line: {command}")
_WORDS, _PLACEHOLDER = Text("Words"), Text("Title, publisher or country")
_ORDER = Text("Order")
_ANY_PUBLISHER, _ANY_LANGUAGE = Text("any publisher"), Text("any language")
_ANY_SOURCE = Text("any source")
_NOTHING = Text("No document is like that; search for less.")
_EMPTY = Text("There are no documents yet.")
_SHOWN = Text("{first}–{last} of {total}")
_DOCUMENTS = PluralText("{count} document", "{count} documents")
_NOT_READ = Text("Files that could not be read")
_MORE_NOT_READ = PluralText("And {count} more; all of them: {command}", "And {count} more; all of them: {command}")
_PREVIOUS, _NEXT, _PAGES = Text("Previous"), Text("Next"), Text("Pages")
_PAGE_OF = Text("Page {number} of {pages}")
_SOURCES = Text("Where documents come from")
_FAILED = PluralText("{count} file not read", "{count} files not read")
_REMOVE = Text("Remove", "a document")
_REMOVING = Text("Remove this document?")
_REMOVED_MEANS = Text(
    "Its file is deleted, and it is found and cited no more. Answers that cite it already still open its text."
)
_KEEP = Text("Keep it")
_ORDERS = {
    Order.NEWEST: Text("newest first"),
    Order.OLDEST: Text("oldest first"),
    Order.TITLE: Text("by title"),
    Order.PUBLISHER: Text("by publisher"),
}
_PASSAGES = Text("Passages")
_COLUMNS = (Text("Title"), PUBLISHER, PUBLISHED, LANGUAGE, CONCERNS, _PASSAGES)
_ADDED = PluralText("added, {count} passage", "added, {count} passages")
_COUNTED_PASSAGES = PluralText("{count} passage", "{count} passages")
_REPLACED = Text("in place of an earlier version")
_UNCHANGED = Text("here already, unchanged")
_NOT_ADDED = Text("not added: {reason}")
SCRIPT = with_words(
    (_HERE / "adding.js").read_text(encoding="utf-8"),
    {
        "waiting": Text("waiting"),
        "sending": Text("sending"),
        "reading": Text("reading"),
        "added": _ADDED,
        "replaced": _REPLACED,
        "unchanged": _UNCHANGED,
        "failed": _NOT_ADDED,
        "tooLarge": Text("it is over the limit of {megabytes} MB"),
        "broken": Text("the connection was lost, or this is no file; try again"),
    },
)


@dataclass(frozen=True, slots=True)
class ListView:
    """What the page shows; `removable` is the source whose documents may be removed from it."""

    overview: Overview
    removable: str | None = None
    may_add: bool = False
    wanted: Wanted = field(default_factory=Wanted)
    number: int = 1
    added: Sequence[Addition] = ()
    notice: str = ""


def documents_page(view: ListView) -> str:
    """The page."""
    found = listed(view.overview.documents, view.wanted)
    parts = [
        f"<h1>{_TITLE}</h1>",
        f'<p class="notice" role="alert">{_told(view.notice)}</p>' if view.notice else "",
        _results(view.added),
        _adding() if view.may_add else "",
        _search(view),
        f'<section id="list">{_list(view, found)}</section>',
        _failures(view.overview.failures),
        _sources(view.overview),
        "" if view.may_add else f'<p class="hint">{_ADD_ON_THE_COMMAND_LINE(command="assistant ingest FOLDER")}</p>',
    ]
    return _page(str(_TITLE), "".join(parts), script=view.may_add)


def removal_page(document: Document) -> str:
    """The question whether a document shall be removed."""
    body = (
        f'<h1>{_REMOVING}</h1><p dir="auto"{lang(document.language)}><strong>{_line(document.title)}</strong></p>'
        f'<p class="path">{_line(f"{document.source}/{document.path}")}</p><p>{_REMOVED_MEANS}</p>'
        f'<form class="removal" action="/documents/{_piece(document.id)}/remove" method="post">'
        f'<button type="submit">{_REMOVE}</button><a href="/documents">{_KEEP}</a></form>'
    )
    return _page(str(_REMOVING), body)


def _page(title: str, body: str, *, script: bool = False) -> str:
    return (
        f'<!doctype html><html lang="{current()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{_line(title)}</title><style>{STYLE}</style>"
        f'{_SCRIPT_ELEMENT if script else ""}</head><body class="listing"><main>'
        f"{masthead(_PATH)}{body}</main></body></html>"
    )


def _adding() -> str:
    kinds = ",".join(supported_suffixes())
    limit = _ADD_LIMIT(kinds=" ".join(supported_suffixes()), megabytes=number(LARGEST_FILE_BYTES // 2**20))
    return (
        f'<section aria-labelledby="add-title"><h2 id="add-title">{_ADD}</h2>'
        f'<form id="add" action="/documents" method="post" enctype="multipart/form-data" '
        f'data-largest="{LARGEST_FILE_BYTES}"><p>{_ADD_HINT}</p><p class="hint">{limit}</p>'
        f'<div class="choice"><input type="file" name="files" multiple required accept="{kinds}" aria-label="{_FILES}">'
        f'<button type="submit">{_ADD_BUTTON}</button></div></form>'
        '<ul id="progress" class="results" aria-live="polite"></ul></section>'
    )


def _results(added: Sequence[Addition]) -> str:
    if not added:
        return ""
    return f'<ul class="results" role="status">{"".join(_result(addition) for addition in added)}</ul>'


def _result(addition: Addition) -> str:
    if addition.outcome == "indexed":
        told = _ADDED(addition.passages) + (f", {_REPLACED}" if addition.replaced else "")
    elif addition.outcome == "unchanged":
        told = str(_UNCHANGED)
    else:
        told = _NOT_ADDED(reason=_told(addition.reason or ""))
    name = f'<span dir="auto">{_line(addition.name)}</span>'
    if addition.document_id:
        name = f'<a href="/documents/{_piece(addition.document_id)}">{name}</a>'
    return f'<li class="{addition.outcome}">{name} <span class="told">{told}</span></li>'


def _search(view: ListView) -> str:
    wanted, overview = view.wanted, view.overview
    publishers = _options(["", *overview.publishers], wanted.publisher, _ANY_PUBLISHER)
    languages = _options(["", *overview.languages], wanted.language, _ANY_LANGUAGE, language_name)
    sources = _options(["", *(held.source for held in overview.sources)], wanted.source, _ANY_SOURCE)
    orders = "".join(
        f'<option value="{order}"{" selected" if order == wanted.order else ""}>{words}</option>'
        for order, words in _ORDERS.items()
    )
    return (
        '<form class="search" action="/documents" method="get" role="search">'
        f'<input type="search" name="q" value="{_line(wanted.words)}" maxlength="500" aria-label="{_WORDS}" '
        f'placeholder="{_PLACEHOLDER}">'
        f'<select name="publisher" aria-label="{PUBLISHER}">{publishers}</select>'
        f'<select name="language" aria-label="{LANGUAGE}">{languages}</select>'
        f'<select name="source" aria-label="{SOURCE}">{sources}</select>'
        f'<select name="sort" aria-label="{_ORDER}">{orders}</select>'
        f'<button type="submit">{SHOW}</button></form>'
    )


def _options(values: Sequence[str], chosen: str, none: Text, name: Callable[[str], str] = str) -> str:
    return "".join(
        f'<option value="{html.escape(value)}"{" selected" if value == chosen else ""}>'
        f"{_line(name(value)) if value else none}</option>"
        for value in values
    )


def _list(view: ListView, found: Sequence[Summary]) -> str:
    if not found:
        return f'<p class="notice">{_NOTHING if view.overview.documents else _EMPTY}</p>'
    pages = -(-len(found) // PAGE_SIZE)
    place = min(view.number, pages)
    first = (place - 1) * PAGE_SIZE
    shown = found[first : first + PAGE_SIZE]
    total = _DOCUMENTS(len(found))
    caption = _SHOWN(first=number(first + 1), last=number(first + len(shown)), total=total)
    columns = "".join(f'<th scope="col">{column}</th>' for column in _COLUMNS)
    removing = f'<th scope="col"><span class="unseen">{_REMOVE}</span></th>' if view.removable else ""
    rows = "".join(_row(document, view.removable) for document in shown)
    return (
        f'<div class="scrolls" tabindex="0" role="region" aria-label="{_TITLE}"><table><caption>{caption}</caption>'
        f"<thead><tr>{columns}{removing}</tr></thead><tbody>{rows}</tbody></table></div>"
        f"{_turning(view.wanted, place, pages)}"
    )


def _row(document: Summary, removable: str | None) -> str:
    place = f"/documents/{_piece(document.id)}"
    title = (
        f'<a dir="auto"{lang(document.language)} href="{place}">{_line(document.title)}</a>'
        f'<span class="path">{_line(f"{document.source}/{document.path}")}</span>'
    )
    cells = (
        _line(document.publisher or ""),
        _line(readable_date(document.published)) if document.published else f'<span class="hint">{UNDATED}</span>',
        _line(language_name(document.language)) if document.language else "",
        _line(", ".join(document.parties)),
        f"<span>{number(document.passages)}</span>",
    )
    removal = ""
    if removable is not None:
        link = f'<a href="{place}/remove" aria-label="{_REMOVE} {_line(document.title)}">{_REMOVE}</a>'
        removal = f"<td>{link if document.source == removable else ''}</td>"
    # On a phone a row is a card, and its number needs a word.
    attributes = ["", "", "", "", f' data-told="{_COUNTED_PASSAGES(document.passages)}"']
    told = "".join(f"<td{more}>{cell}</td>" for more, cell in zip(attributes, cells, strict=True))
    return f'<tr><th scope="row">{title}</th>{told}{removal}</tr>'


def _turning(wanted: Wanted, place: int, pages: int) -> str:
    if pages == 1:
        return ""

    def link(to: int, words: Text) -> str:
        if not 1 <= to <= pages:
            return ""
        values = {"q": wanted.words, "publisher": wanted.publisher, "language": wanted.language}
        values |= {"source": wanted.source, "sort": wanted.order}
        query = _query({name: value for name, value in values.items() if value} | {"page_number": str(to)})
        return f'<a href="/documents?{html.escape(query)}">{words}</a>'

    here = _PAGE_OF(number=number(place), pages=number(pages))
    links = f"{link(place - 1, _PREVIOUS)} <span>{here}</span> {link(place + 1, _NEXT)}"
    return f'<nav class="turning" aria-label="{_PAGES}">{links}</nav>'


def _failures(failures: Sequence[Failure]) -> str:
    if not failures:
        return ""
    items = "".join(
        f'<li><span dir="auto">{_line(f"{failure.source}/{failure.path}")}</span> '
        f'<span class="told">{_told(failure.reason)}</span></li>'
        for failure in failures[:_MOST_FAILURES]
    )
    more = len(failures) - _MOST_FAILURES
    rest = f'<p class="hint">{_MORE_NOT_READ(more, command="assistant documents")}</p>' if more > 0 else ""
    return f'<section><h2>{_NOT_READ}</h2><ul class="results">{items}</ul>{rest}</section>'


def _sources(overview: Overview) -> str:
    def told() -> Iterator[str]:
        for held in overview.sources:
            counts = [_DOCUMENTS(held.documents), _COUNTED_PASSAGES(held.passages)]
            counts += [_FAILED(held.failed)] if held.failed else []
            yield (
                f'<li><a href="/documents?{html.escape(_query({"source": held.source}))}">{_line(held.source)}</a> '
                f'<span class="told">{", ".join(counts)}</span></li>'
            )

    return f'<section><h2>{_SOURCES}</h2><ul class="results">{"".join(told())}</ul></section>'


def _piece(text: str) -> str:
    """`text` as one piece of an address's path; halves of surrogate pairs, which no address holds, as "?"."""
    return quote(text, safe="", errors="replace")


def _query(values: Mapping[str, str]) -> str:
    return urlencode(values, errors="replace")


def _told(reason: str) -> str:
    """A sentence from below, marked where it stays English."""
    line, attribute = sentence(reason)
    return f"<span{attribute}>{_line(line)}</span>" if attribute else _line(line)


def _line(text: str) -> str:
    return html.escape(one_line(text))
