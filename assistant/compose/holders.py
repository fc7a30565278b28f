"""Who is named as the holder of an office, and the answer to "who is Latvia's health minister?".

The holder of ten years ago is not the one of today: the newest document comes first, and where documents of different
times name different people the answer says so. A refusal says which office no document names a holder of.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.answer import Outcome
from assistant.compose import remarks
from assistant.compose.draft import Draft
from assistant.language.dates import EventDate, Period, months
from assistant.language.offices import Office, holder_patterns, speaks_of
from assistant.language.orders import gives_orders
from assistant.language.vocabulary import Vocabulary
from assistant.reader.features import context_terms
from assistant.reader.reading import Evidence
from assistant.search.retrieval import Hit
from corpus.document import Document, Span
from corpus.text.sentences import blocks, sentences, without_marker

# How many different holders an answer names at most, newest first.
MOST_HOLDERS = 3


@dataclass(frozen=True, slots=True)
class Holder:
    """A sentence that names the holder of an office; `year` is when, as far as it or its document tells."""

    name: str
    hit: Hit
    span: Span
    text: str
    year: str


def compose_office(
    office: Office, asked: Period, hits: Sequence[Hit], vocabulary: Vocabulary, closest: Sequence[Evidence]
) -> Draft | None:
    """Who holds `office` by the passages of `hits`, which were found by its words, or that nobody is named.

    None where the passages speak of the office in words that are not understood here.
    """
    named = holders(office, hits, asked)
    if named:
        evidence = tuple(_as_evidence(holder, vocabulary) for holder in named)
        return Draft(Outcome.ANSWERED, evidence, remarks.SEVERAL_HOLDERS if len(named) > 1 else "")
    if any(speaks_of(office, hit.passage.text) for hit in hits):
        return None
    return Draft(Outcome.NOT_FOUND, remark=remarks.no_holder(office), closest=tuple(closest))


def holders(office: Office, hits: Iterable[Hit], asked: Period) -> list[Holder]:
    """Who is named as the holder in the period asked about, each once, newest first."""
    found = [holder for hit in hits for holder in _in_passage(office, hit) if asked.holds(EventDate(holder.year))]
    found.sort(key=lambda holder: (holder.hit.document.path, holder.span))
    found.sort(key=lambda holder: (holder.year, holder.hit.document.published or ""), reverse=True)
    newest: dict[str, Holder] = {}
    for holder in found:
        newest.setdefault(_folded(holder.name.split()[-1].rstrip(".'’-")), holder)
    return list(newest.values())[:MOST_HOLDERS]


def _in_passage(office: Office, hit: Hit) -> Iterator[Holder]:
    patterns = holder_patterns(office)
    if not any(pattern.search(hit.passage.text) for pattern in patterns):
        return
    document = hit.document
    for block in blocks(document.text, hit.passage.span):
        for sentence in sentences(document.text, block):
            span = without_marker(document.text, sentence)
            text = span.of(document.text)
            if gives_orders(text):
                continue
            for match in (match for pattern in patterns if (match := pattern.search(text))):
                yield Holder(match["name"], hit, span, text, _year(text, document))
                break


def _as_evidence(holder: Holder, vocabulary: Vocabulary) -> Evidence:
    return Evidence(
        document=holder.hit.document,
        span=holder.span,
        text=holder.text,
        score=1.0,
        terms=frozenset(vocabulary.terms(holder.text)),
        context=context_terms(holder.hit, vocabulary),
    )


def _year(text: str, document: Document) -> str:
    """When a sentence names the holder: the newest year it tells of, or else the year of its document."""
    published = (document.published or "")[:4]
    told = max((year for _, year in months(text)), default="")
    return min(told, published) if told and published else told or published


def _folded(name: str) -> str:
    """A name without its accents, in lower case, to compare spellings by."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
