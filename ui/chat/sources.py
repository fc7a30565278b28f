"""The panel beside the conversation: for every answer, the passages it rests on, each in its surroundings.

One section for each answer, of which the script shows the selected one; without script they all stand below each other.
Earlier answers keep no data of their own: the addresses of their markers say what they cite, and the passages are read
from the stored documents again, so that the panel also tells where a source has changed since.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import unquote

from assistant.answer import Answer, Citation
from assistant.citations import recalled
from corpus.document import Document
from ui.languages.marking import marked
from ui.languages.places import ago
from ui.languages.shared import CLOSEST_HEADING, PAGE, SOURCES, UNDATED, status_in_words
from ui.languages.words import Text
from ui.rendering import document_url, escape_markdown, publication_date, safe_url

if TYPE_CHECKING:
    from corpus.store.store import Store

FindDocument = Callable[[str], Document | None]

NO_ANSWER_YET = Text("Every sentence of an answer carries a number. The passage it rests on is shown here.")
NO_SOURCE = Text("This answer rests on no source.")
NOT_SOURCES = Text("These passages are not sources of an answer.")
READ = Text("Read in the document")
ORIGINAL = Text("Original", "address of a source")
BACK = Text("Back to the answer")
CHANGED = Text("This document has changed or gone since; this is the text as it was cited.")
NEW = Text("new", "age of a document")
# Characters of a document shown around a quote, both sides together.
SURROUNDINGS = 320
# The panel holds the sources of so many answers, the newest.
MOST_ANSWERS = 20
_ELLIPSIS = "…"
_MONTHS_IN_A_YEAR = 12
_ANSWER = re.compile(r'<div class="answer [a-z-]+" id="answer-(\d+)">')
# As `rendering` writes them; nothing from outside can, because it is escaped.
_MARKER = re.compile(
    r'<a class="(marker|near)" id="marker-\d+-(\d+)" href="/documents/([^"?]+)[?]start=(\d+)&amp;end=(\d+)#passage">'
)


@dataclass(frozen=True, slots=True)
class Cited:
    """What an answer of the conversation rests on, or for a refusal what comes closest; `question` as it was put."""

    number: int
    citations: Sequence[Citation]
    is_refusal: bool
    question: str = ""


def cited_by(answer: Answer, number: int) -> Cited:
    """What an answer, the conversation's `number`th, cites."""
    return Cited(number, answer.citations or answer.closest, not answer.citations, answer.question)


def number_of(content: str) -> int | None:
    """The number of the answer that a message holds; None where it holds none."""
    found = _ANSWER.match(content)
    return int(found[1]) if found else None


def recall(content: str, question: str, find_document: FindDocument) -> Cited | None:
    """What an earlier answer cites, read off its markers; None where the message is no answer."""
    number, markers = number_of(content), _MARKER.findall(content)
    if number is None:
        return None
    found = (
        _recalled(int(at), unquote(identity), int(start), int(end), find_document)
        for _, at, identity, start, end in markers
    )
    return Cited(number, [item for item in found if item], not any(kind == "marker" for kind, *_ in markers), question)


def _recalled(number: int, identity: str, start: int, end: int, find_document: FindDocument) -> Citation | None:
    document = find_document(identity)
    return None if document is None else recalled(number, document, start, end)


def nothing_yet(say: Callable[[Text], str] = str) -> str:
    """The panel of an empty conversation."""
    return f"## {say(SOURCES)}\n\n{say(NO_ANSWER_YET)}"


def panel(answers: Sequence[Cited], store: "Store", today: date | None = None) -> str:
    """The panel for the answers of a conversation, oldest first."""
    if not answers:
        return nothing_yet()
    shown = answers[-MOST_ANSWERS:]
    ids = {citation.document.id for cited in shown for citation in cited.citations}
    current = store.catalog.documents_by_id(ids)
    return "\n\n".join(
        sources_as_markdown(cited, store.document, changed=ids - current.keys(), today=today) for cited in shown
    )


def sources_as_markdown(
    cited: Cited, find_document: FindDocument, *, changed: Iterable[str] = (), today: date | None = None
) -> str:
    """The section of one answer; `changed` are the ids of documents that are not what they were."""
    heading = CLOSEST_HEADING if cited.is_refusal and cited.citations else SOURCES
    parts = [f'<section class="sources" id="sources-{cited.number}">', f"## {heading}"]
    if cited.question:
        parts.append(_note("asked", cited.question))
    if not cited.citations:
        parts.append(_note("not-sources", str(NO_SOURCE)))
    elif cited.is_refusal:
        parts.append(_note("not-sources", str(NOT_SOURCES)))
    outdated = frozenset(changed)
    parts += [
        _source(
            citation, cited, find_document(citation.document.id), notice=citation.document.id in outdated, today=today
        )
        for citation in cited.citations
    ]
    return "\n\n".join((*parts, "</section>"))


def _source(citation: Citation, cited: Cited, document: Document | None, *, notice: bool, today: date | None) -> str:
    place = f"{cited.number}-{citation.number}"
    kind = "near" if cited.is_refusal else "source"
    number = "" if cited.is_refusal else f'<span class="number">{citation.number}</span> '
    before, after = surroundings(citation, document)
    language = citation.document.language
    quote = f"{escape_markdown(before)} <mark>{escape_markdown(citation.quote)}</mark> {escape_markdown(after)}"
    return "\n\n".join(
        (
            f'<div class="{kind}" id="source-{place}">',
            f"### {number}{marked(escape_markdown(citation.document.title), language)}",
            f'<p class="facts">{_status(citation)}{" · ".join(_facts(citation, today))}</p>',
            *([_note("changed", str(CHANGED))] if notice else ()),
            f"> {marked(quote, language)}",
            " · ".join(_links(citation, place)),
            f'<p class="path">{escape_markdown(citation.document.path)}</p>',
            "</div>",
        )
    )


def _facts(citation: Citation, today: date | None) -> Iterator[str]:
    reference = citation.document
    if reference.publisher:
        yield escape_markdown(reference.publisher)
    yield escape_markdown(publication_date(citation) or str(UNDATED))
    if age := age_in_words(reference.published, today or date.today()):
        yield age
    if citation.page:
        yield PAGE(number=citation.page)


def _status(citation: Citation) -> str:
    if not citation.status:
        return ""
    told = escape_markdown(status_in_words(citation.status))
    return f'<span class="status {citation.status.replace(" ", "-")}">{told}</span> '


def _links(citation: Citation, place: str) -> Iterator[str]:
    yield f'<a class="read" href="{html.escape(document_url(citation))}">{READ}</a>'
    if original := safe_url(citation.document.url):
        yield f'<a class="original" href="{html.escape(original)}">{ORIGINAL}</a>'
    yield f'<a class="back" href="#marker-{place}">{BACK}</a>'


def _note(kind: str, text: str) -> str:
    return f'<p class="{kind}">{escape_markdown(text)}</p>'


def age_in_words(published: str | None, today: date) -> str | None:
    """How old a publication is: "9 months ago"; None where its date says too little or lies ahead."""
    try:
        day = date.fromisoformat(published or "")
    except ValueError:  # no date, or only its year or month
        return None
    days = (today - day).days
    months = _MONTHS_IN_A_YEAR * (today.year - day.year) + today.month - day.month - (today.day < day.day)
    if days < 0:
        return None
    if days < 2:
        return str(NEW)
    if not months:
        return ago(days, "day")
    years = months // _MONTHS_IN_A_YEAR
    return ago(years, "year") if years > 1 or months == _MONTHS_IN_A_YEAR else ago(months, "month")


def surroundings(citation: Citation, document: Document | None, width: int = SURROUNDINGS) -> tuple[str, str]:
    """What stands before and after a quote, whole words, at most `width` characters together; no furniture."""
    if document is None or document.text[citation.start : citation.end] != citation.quote:
        return "", ""
    first = max((span.end for span in document.furniture if span.end <= citation.start), default=0)
    last = min((span.start for span in document.furniture if span.start >= citation.end), default=len(document.text))
    before = document.text[first : citation.start]
    after = document.text[citation.end : last]
    half = width // 2
    if len(before) > half:
        before = _ELLIPSIS + before[-half:].partition(" ")[2]
    if len(after) > half:
        after = after[:half].rpartition(" ")[0] + _ELLIPSIS
    return before, after
