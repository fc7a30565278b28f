"""The best passages, of more than one document: a file that says one thing thousands of times must not blind the rest.

Before lists are fused, each document has so many places in a list; the places set free go to the best passages of other
documents, looked for further down and at last without the documents that fill everything. In the fused list, what a
document has beyond its places stands behind all others. A document that is alone loses nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from corpus.catalog.catalog import Catalog
from corpus.document import document_of
from corpus.index.allowed import Allowed

# Questions are answered from twelve passages: the best eight of one document, so that there is room for others.
MOST_OF_A_DOCUMENT = 8
# How many are fetched, as multiples of what is asked, while more than half of the places are one document's.
_FURTHER = (1, 5)

Scored = Sequence[tuple[str, float]]
Search = Callable[[int, Allowed | None], Scored]


def spread(search: Search, count: int, allowed: Allowed | None, catalog: Catalog) -> list[tuple[str, float]]:
    """The `count` best of what `search` (how many, among which) finds, at most so many of each document first."""
    found: Scored = []
    kept: list[tuple[str, float]] = []
    for further in _FURTHER:
        found = search(further * count, allowed)
        kept = _first_of_each(found)
        if len(kept) > count // 2 or len(found) < further * count:
            break
    else:
        kept += _of_others(search, found, count - len(kept), allowed, catalog)
    is_alone = len({document_of(passage_id) for passage_id, _ in kept}) <= 1
    return list(found[:count]) if is_alone else kept[:count]


def others_first(fused: Scored) -> list[tuple[str, float]]:
    """A fused list in which what a document has beyond its places comes last."""
    kept = _first_of_each(fused)
    held = {passage_id for passage_id, _ in kept}
    return [*kept, *(hit for hit in fused if hit[0] not in held)]


def _of_others(search: Search, found: Scored, count: int, allowed: Allowed | None, catalog: Catalog) -> Scored:
    """The best of the documents that have fewer places than they may."""
    held = Counter(document_of(passage_id) for passage_id, _ in found)
    filling = {document_id for document_id, places in held.items() if places > MOST_OF_A_DOCUMENT}
    among = (catalog.facets.select({}) if allowed is None else allowed.documents) - filling
    seen = {passage_id for passage_id, _ in found}
    others = search(count, Allowed(catalog, among))
    return [hit for hit in others if hit[0] not in seen]


def _first_of_each(found: Scored) -> list[tuple[str, float]]:
    places: Counter[str] = Counter()
    kept = []
    for hit in found:
        document_id = document_of(hit[0])
        places[document_id] += 1
        if places[document_id] <= MOST_OF_A_DOCUMENT:
            kept.append(hit)
    return kept
