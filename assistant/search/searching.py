"""Which passages are read for a question: what it finds as it is asked, with its parties' English names beside it.

A refusal that says "no document names Estonia" must be right about it, whatever else the question speaks of, so that
each party is looked for by its names alone as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from assistant.language.organisations import aliases_of, names_party
from assistant.language.parties import Party, aliases
from assistant.question.question import ENGLISH, Question
from assistant.question.shapes import Shape
from assistant.search.identified import identified
from assistant.search.retrieval import Hit, HybridRetriever
from corpus.index.allowed import Allowed

# Passages looked up by the name of each party alone.
_PASSAGES_BY_NAME = 4
# What is shown as the closest where nothing is near to the question and no word of it is known.
_SHOWN_WHERE_NONE_IS_FOUND = 3
# Where things are compared, so many times the passages are looked through.
_WIDER = 4


@dataclass(frozen=True, slots=True)
class FoundPassages:
    """What is to be read, best first; the parties that no document names, and the year that none is of.

    `are_named` where the documents are those that the question names by their number.
    """

    hits: list[Hit]
    absent: tuple[Party, ...]
    absent_year: str | None
    are_named: bool = False


def find_passages(
    question: Question, retriever: HybridRetriever, allowed: Allowed | None, count: int | None = None
) -> FoundPassages:
    """The passages for a question; where it finds none that names a party, those that name it the most come first."""
    if (named := identified(question, retriever, allowed)) is not None:
        hits = retriever.search(question.read, count, named, words=searched_words(question))
        return FoundPassages(hits, (), None, are_named=True)
    hits = _searched(question, retriever, allowed, count)
    absent, by_names = [], []
    for party in question.parties:
        if any(names_party(hit.document, party) for hit in hits):
            continue
        by_name = [hit for hit in _by_name(party, retriever, allowed) if names_party(hit.document, party)]
        by_names += by_name
        if not by_name:
            absent.append(party)
    known = {hit.passage.id for hit in by_names}
    in_order = [*by_names, *(hit for hit in hits if hit.passage.id not in known)]
    return FoundPassages(in_order, tuple(absent), _absent_year(question, retriever, allowed))


def _searched(question: Question, retriever: HybridRetriever, allowed: Allowed | None, count: int | None) -> list[Hit]:
    """The best passages; of things compared, those of each party in turn, or one would take all the places."""
    words = searched_words(question)
    if len(question.parties) < (2 if question.shape is Shape.COMPARISON else 3):
        found = retriever.search(question.read, count, allowed, words=words)
        return found or retriever.nearest(question.read, _SHOWN_WHERE_NONE_IS_FOUND, allowed)
    most = count or retriever.count
    wide = retriever.search(question.read, most * _WIDER, allowed, words=words)
    of_each = [[hit for hit in wide if names_party(hit.document, party)] for party in question.parties]
    in_turn = [hit for hits in zip_longest(*of_each) for hit in hits if hit is not None]
    chosen = list({hit.passage.id: hit for hit in (*in_turn, *wide)}.values())[:most]
    return sorted(chosen, key=lambda hit: -hit.score)


def searched_words(question: Question) -> str:
    """What the keyword index is asked: the question's own words, and what its parties are called in English."""
    if question.language == ENGLISH:
        return question.read
    return " ".join((question.read, *(party.name for party in question.parties)))


def _absent_year(question: Question, retriever: HybridRetriever, allowed: Allowed | None) -> str | None:
    """The one year that a question is about, where no document names it and none is dated in it."""
    year = (question.period.first or "")[:4]
    if not year or year != (question.period.last or "")[:4] or retriever.search_names(year, 1, allowed):
        return None
    hidden = allowed.hidden if allowed is not None else ()
    dated = retriever.store.catalog.facets.select({}, since=year, until=year, hidden=hidden)
    return None if any(allowed is None or each in allowed for each in dated) else year


def _by_name(party: Party, retriever: HybridRetriever, allowed: Allowed | None) -> Iterator[Hit]:
    """The passages that name a party the most: any of a country's forms, each of an organisation's names."""
    names = [" ".join(aliases(party))] if party.is_country else list(aliases_of(party))
    each = _PASSAGES_BY_NAME // len(names) or 1
    for name in names:
        yield from retriever.search_names(name, each, allowed)
