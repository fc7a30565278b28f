"""Documents in order: what the search makes of them and what reading them showed, added.

A document's standing is the fused score of its best passage plus the probability that its best sentence answers. Where
a sentence surely answers, reading decides; where none does (a question of several facts that no sentence holds at
once), the probabilities are all near zero and the order is the search's. No weight is fitted; see docs/evaluation.md.
The sources of an answer stand in this order, and what retrieval is measured by.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.reader.reading import Evidence
from assistant.search.retrieval import Hit
from corpus.document import Document


def ranked(hits: Sequence[Hit], evidence: Iterable[Evidence]) -> list[Document]:
    """The documents of `hits`, best first: those that `evidence` was read from, then the others in the hits' order."""
    found, standings = _best_scores(hits), _standings(hits, evidence)
    documents = {hit.document.id: hit.document for hit in hits}
    in_order = sorted(found, key=lambda identity: -found[identity])
    return [documents[i] for i in sorted(in_order, key=lambda i: (i not in standings, -standings.get(i, 0.0)))]


def with_standing(hits: Sequence[Hit], evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, each sentence with its document's standing; `hits` are those of the search."""
    standings = _standings(hits, evidence)
    return [replace(item, standing=round(standings[item.document.id], 4)) for item in evidence]


def _standings(hits: Iterable[Hit], evidence: Iterable[Evidence]) -> dict[str, float]:
    found = _best_scores(hits)
    read: dict[str, float] = {}
    for item in evidence:
        read[item.document.id] = max(read.get(item.document.id, 0.0), item.score)
    return {identity: found.get(identity, 0.0) + score for identity, score in read.items()}


def _best_scores(hits: Iterable[Hit]) -> dict[str, float]:
    best: dict[str, float] = {}
    for hit in hits:
        best[hit.document.id] = max(best.get(hit.document.id, 0.0), hit.score)
    return best
