"""The record: what every document tells of commitments, not only the passages that a question happens to find.

A commitment is one sentence of one document that reports a status: between whom, how far, and when it happened. The
record of the parties asked about answers what a list of best passages cannot: "with which countries did Azerbaijan
sign agreements in 2025?", the timeline of two countries, and whether a later document changed what an earlier one told.
Nothing is stored: documents naming the parties are found by the keyword index and read once, then remembered.
"""

import copy
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from assistant.language.commitments import Status, StatusReport, event_text, place_of, report
from assistant.language.dates import EventDate, days_named, event_date
from assistant.language.orders import gives_orders
from assistant.language.organisations import aliases_of, is_named, text_names
from assistant.language.parties import Party, aliases, countries, document_countries
from assistant.reader.reading import Evidence, sentence_candidates
from assistant.search.retrieval import Hit
from corpus.document import Document, Span
from corpus.index.allowed import Allowed
from corpus.store.store import Store

_TWO = 2
_DOCUMENTS_REMEMBERED = 4096
# Talks are a step where they were held, not where a report, a hope or a meeting's guests are told of.
_HELD = re.compile(
    r"\b(?:met|held|took place|talked|discuss(?:ed|es|ions?)|exchanged views|reviewed|spoke|dealt with|covered)\b"
)
_NOT_HELD = re.compile(r"\b(?:no|not|nothing|none|never|hoped?|hopes|wish(?:ed)?|also reported)\b", re.IGNORECASE)
# Passages looked through for the names of a party; far above what a ministry's folder holds on one country.
_MOST_PASSAGES = 20_000
# Where nobody is named, so many documents are read for what they report; the first time that takes milliseconds each.
_MOST_DOCUMENTS = 500


@dataclass(frozen=True, slots=True)
class Commitment:
    """A sentence that reports a status. `parties` are the countries it is between, `event` when it happened."""

    document: Document
    span: Span
    text: str
    report: StatusReport
    status: Status
    parties: tuple[Party, ...]
    event: EventDate | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, for the command line and the API."""
        return {
            "date": self.event.iso if self.event else None,
            "date_is_of_the_report": bool(self.event and self.event.is_told),
            "status": self.status.words,
            "parties": [party.name for party in self.parties],
            "quote": self.text,
            "start": self.span.start,
            "end": self.span.end,
            "document": {
                "id": self.document.id,
                "path": f"{self.document.source}/{self.document.path}",
                "title": self.document.title,
                "publisher": self.document.publisher,
                "published": self.document.published,
            },
        }


class Record:
    """The commitments that the documents of a store report, all of them or those `allowed`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._allowed: Allowed | None = None
        self._read: OrderedDict[str, tuple[Commitment, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def within(self, allowed: Allowed | None) -> "Record":
        """The record of these documents alone; what was read of any document is remembered together."""
        narrowed = copy.copy(self)
        narrowed._allowed = allowed
        return narrowed

    def between(self, parties: Sequence[Party]) -> list[Commitment]:
        """What documents report of commitments in which all of `parties` have a part, newest first."""
        found = [commitment for document in self.documents(parties) for commitment in self.of(document)]
        ours = _without_mentions([commitment for commitment in found if _has_part(commitment, parties)])
        in_order = sorted(ours, key=lambda item: (-item.status, item.document.path, item.span))
        return sorted(in_order, key=_iso, reverse=True)

    def of_everybody(self) -> list[Commitment]:
        """What the newest documents report of commitments, whoever has a part in them, newest first."""
        documents = self._store.catalog.latest(_MOST_DOCUMENTS, self._allowed.hidden if self._allowed else ())
        seen = [each for each in documents if self._allowed is None or each.id in self._allowed]
        found = _without_mentions([commitment for document in seen for commitment in self.of(document)])
        in_order = sorted(found, key=lambda item: (-item.status, item.document.path, item.span))
        return sorted(in_order, key=_iso, reverse=True)

    def later_step(self, evidence: Evidence, told: Iterable[str]) -> Commitment | None:
        """The furthest step that a later document reports of the commitment in `evidence`; None where there is none.

        The same commitment is meant where the later document is about the same countries and names the day of the
        earlier step. `told` are the sentences that the answer holds already.
        """
        status, parties = evidence.report.status, tuple(sorted(document_countries(evidence.document)))
        if status is None or status < Status.AGREED or len(parties) != _TWO:
            return None
        event = event_date(evidence.text, place_of(evidence.text, status), None)
        if event is None or not event.is_a_day:
            return None
        later = [
            item
            for item in self.between(parties)
            if item.event is not None
            and item.event.iso > event.iso
            and (item.status > max(status, Status.SIGNED) or item.status is Status.WITHDRAWN)
            and not item.report.in_passing
            and event.iso in days_named(item.document.text)
        ]
        if not later or any(item.text in told for item in later):
            return None
        return max(
            later, key=lambda item: (item.status is Status.WITHDRAWN, item.status, item.event.iso if item.event else "")
        )

    def documents(self, parties: Sequence[Party]) -> list[Document]:
        """The current documents that are about all of `parties`, by path."""
        if not parties:
            return []
        index = self._store.index.keywords
        per_party = []
        for party in parties:
            names = " ".join(aliases(party) if party.is_country else aliases_of(party))
            found = index.search(names, _MOST_PASSAGES, self._allowed)
            places = self._store.catalog.passages_by_id(identity for identity, _ in found)
            per_party.append({document_id for document_id, *_ in places.values()})
        if self._allowed is not None:
            per_party.append(set(self._allowed.documents))
        documents = self._store.catalog.documents_by_id(set.intersection(*per_party)).values()
        return sorted((d for d in documents if _is_about(d, parties)), key=lambda document: document.path)

    def of(self, document: Document) -> tuple[Commitment, ...]:
        """What one document reports."""
        known = self._read.get(document.id)
        if known is None:
            passages = self._store.catalog.passages(document)
            known = commitments_of(document, [Hit(passage, document, 0.0) for passage in passages])
            with self._lock:
                self._read[document.id] = known
                while len(self._read) > _DOCUMENTS_REMEMBERED:
                    self._read.popitem(last=False)
        return known


def commitments_of(document: Document, hits: Sequence[Hit]) -> tuple[Commitment, ...]:
    """The commitments that a document reports: for each status, parties and date the sentence that tells it best.

    `hits` are the document's passages.
    """
    about = document_countries(document)
    best: dict[tuple[Status, frozenset[Party], str], Commitment] = {}
    for _, span, text in sentence_candidates(hits):
        told = report(text)
        if told.status is None or not _is_a_step(text, told) or gives_orders(text):
            continue
        named = countries(text, document.language or "en")
        parties = named if len(named) > 1 else tuple(dict.fromkeys((*named, *sorted(about))))
        event = event_date(event_text(text, told.status), place_of(text, told.status), document.published)
        if told.status is Status.PROPOSED and event and document.published and event.iso > document.published:
            event = EventDate(document.published, is_told=True)  # the date is that of what is planned
        commitment = Commitment(document, span, text, told, told.status, parties, event)
        key = (told.status, frozenset(parties), event.iso if event else "")
        if key not in best or _tells_better(commitment, best[key]):
            best[key] = commitment
    return tuple(sorted(best.values(), key=lambda item: item.span))


def _is_a_step(text: str, told: StatusReport) -> bool:
    """Whether a sentence tells of a step: of talks only where they were held, and never of what did not happen."""
    if told.status is None or told.status >= Status.AGREED or told.ended:
        return True
    return (
        not told.in_passing
        and told.denied is None
        and not _NOT_HELD.search(text)
        and bool(told.status is Status.PROPOSED or _HELD.search(text))
    )


def _without_mentions(found: Sequence[Commitment]) -> list[Commitment]:
    """What mentions a step in passing, or with less of its date, says nothing new beside a sentence that tells it."""
    told = {(item.status, _iso(item)) for item in found if not item.report.in_passing}
    return [
        item for item in found if not _is_vaguer(item, told) and (not item.report.in_passing or _is_new(item, told))
    ]


def _is_vaguer(item: Commitment, told: Set[tuple[Status, str]]) -> bool:
    return any(status is item.status and iso.startswith(f"{_iso(item)}-") for status, iso in told)


def _is_new(item: Commitment, told: Set[tuple[Status, str]]) -> bool:
    return item.event is not None and not item.event.is_told and (item.status, item.event.iso) not in told


def _iso(item: Commitment) -> str:
    return item.event.iso if item.event else ""


def _tells_better(item: Commitment, other: Commitment) -> bool:
    return other.report.in_passing and not item.report.in_passing


def _has_part(commitment: Commitment, parties: Sequence[Party]) -> bool:
    """Whether all of `parties` have a part in a commitment: its sentence or its document's title names them.

    What a document between two parties tells is theirs in any case.
    """
    document = commitment.document
    declared = ". ".join(document.parties)
    if document.parties and len(document.parties) <= _TWO and _all_named(declared, parties):
        return True
    return _all_named(f"{document.title}. {commitment.text}", parties)


def _all_named(text: str, parties: Sequence[Party]) -> bool:
    return all(text_names(text, party) for party in parties)


def _is_about(document: Document, parties: Sequence[Party]) -> bool:
    countries_wanted = [party for party in parties if party.is_country]
    return document_countries(document).issuperset(countries_wanted) and all(
        is_named(document, party) for party in parties if not party.is_country
    )
