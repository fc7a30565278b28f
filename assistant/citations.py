"""The only way into an `Answer`: evidence becomes citations here, and each is checked against its document's text.

A citation whose quote is not, character for character, what stands at its place is dropped; a sentence left with no
citation is dropped too. Numbers are given in order of first use, so `[1]` is always the first one read.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from assistant.answer import Citation, DocumentReference, Statement
from assistant.compose.draft import Draft, readable
from assistant.language.commitments import StatusReport, report
from assistant.language.dates import dates_named
from assistant.reader.reading import Evidence
from corpus.document import Document

FindDocument = Callable[[str], Document | None]


def statements_from(
    evidence: Sequence[Evidence], find_document: FindDocument
) -> tuple[list[Statement], list[Citation]]:
    """One statement per piece of evidence, in order, each with its verified citation."""
    statements: list[Statement] = []
    citations: list[Citation] = []
    for item in evidence:
        citation = verified(cite(item, len(citations) + 1), find_document)
        if citation is not None:
            citations.append(citation)
            statements.append(Statement(readable(citation.quote), (citation.number,)))
    return statements, citations


def statements_of(draft: Draft, find_document: FindDocument) -> tuple[list[Statement], list[Citation]]:
    """One statement per sentence of a draft: its prose, or its evidence word for word where it has none.

    A sentence of the prose keeps those of its citations that are verified, and goes with the last of them.
    """
    if not draft.prose:
        return statements_from(draft.evidence, find_document)
    numbered: dict[tuple[str, int, int], Citation] = {}
    statements: list[Statement] = []
    for sentence in draft.prose:
        numbers = []
        for item in sentence.evidence:
            key = (item.document.id, item.span.start, item.span.end)
            citation = numbered.get(key) or verified(cite(item, len(numbered) + 1), find_document)
            if citation is not None:
                numbered[key] = citation
                numbers.append(citation.number)
        if numbers:
            statements.append(Statement(sentence.text, tuple(dict.fromkeys(numbers)), sentence.layout))
    return statements, list(numbered.values())


def documents_of(draft: Draft) -> set[str]:
    """The ids of the documents that a draft's citations will be compared with, so that all are fetched at once."""
    told = (*draft.evidence, *(item for sentence in draft.prose for item in sentence.evidence), *draft.closest)
    return {item.document.id for item in told}


def closest_from(evidence: Iterable[Evidence], find_document: FindDocument) -> tuple[Citation, ...]:
    """Verified citations of what comes closest, numbered on their own; never sources of an answer."""
    found: list[Citation] = []
    for item in evidence:
        citation = verified(cite(item, len(found) + 1), find_document)
        if citation is not None:
            found.append(citation)
    return tuple(found)


def cite(evidence: Evidence, number: int) -> Citation:
    """The citation of a sentence, not yet verified."""
    return Citation(
        number=number,
        quote=evidence.text,
        start=evidence.span.start,
        end=evidence.span.end,
        page=evidence.page,
        document=DocumentReference.to(evidence.document),
        status=_status(evidence.report),
    )


def recalled(number: int, document: Document, start: int, end: int) -> Citation | None:
    """The citation of a place that was cited before, made anew from the stored document; None where it has no text."""
    if not 0 <= start < end <= len(document.text) or not document.text[start:end].strip():
        return None
    quote = document.text[start:end]
    reference = DocumentReference.to(document)
    return Citation(number, quote, start, end, document.page_of(start), reference, _status(report(quote)))


def verified(citation: Citation, find_document: FindDocument) -> Citation | None:
    """The citation, if its quote stands word for word at its place in the stored document; otherwise None."""
    document = find_document(citation.document.id)
    if document is None or document.sha256 != citation.document.sha256 or not citation.quote.strip():
        return None
    if not 0 <= citation.start < citation.end <= len(document.text):
        return None
    return citation if document.text[citation.start : citation.end] == citation.quote else None


def newest_date(cited: Iterable[Citation]) -> str | None:
    """The newest date among the documents cited: what an answer is "as of".

    None where none is dated, and where an undated one speaks of a later month: then no date here would be the newest.
    """
    cited = list(cited)
    newest = max((item.document.published for item in cited if item.document.published), default=None)
    undated = [item.quote for item in cited if not item.document.published]
    if newest is None or any(month > newest[:7] for quote in undated for month in _months(quote)):
        return None
    return newest


def _months(text: str) -> Iterator[str]:
    """The months that a text names together with their year, as in 2026-05."""
    yield from (date[: len("2026-05")] for date in dates_named(text) if len(date) > len("2026"))


def _status(told: StatusReport) -> str | None:
    return None if told.status is None else told.status.words
