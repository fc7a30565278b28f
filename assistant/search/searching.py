"""Which passages are read for a question: what the whole of it finds, and what each name in it finds alone.

A refusal that says "no document names Estonia" must be right about it, whatever else the question speaks of.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.language.offices import Office, search_words
from assistant.language.organisations import aliases_of, names_party
from assistant.language.parties import Party, aliases
from assistant.question.question import Question
from assistant.search.retrieval import Hit, HybridRetriever
from corpus.index.allowed import Allowed

# Passages looked up by the name of each party alone, beside those that the whole question finds.
_PASSAGES_BY_NAME = 4
# Passages looked through for the holder of an office: the newest one counts, not the best match.
_PASSAGES_FOR_OFFICES = 400
# "With whom did Latvia sign agreements?" is answered from many documents.
_PASSAGES_FOR_LISTS = 40


@dataclass(frozen=True, slots=True)
class FoundPassages:
    """What the whole question found, all that is to be read, and the parties that nothing of it names."""

    by_question: list[Hit]
    hits: list[Hit]
    absent: tuple[Party, ...]


def find_passages(question: Question, retriever: HybridRetriever, allowed: Allowed | None) -> FoundPassages:
    """Everything that is to be read for a question, the best of the whole question first."""
    lists_agreements = question.status is not None and len(question.countries) == 1
    by_question = retriever.search(question.read, _PASSAGES_FOR_LISTS if lists_agreements else None, allowed)
    hits = list(by_question)
    known = {hit.passage.id for hit in hits}
    absent = []
    for party in question.parties:
        by_name = list(_by_name(party, retriever, allowed))
        hits += [hit for hit in by_name if hit.passage.id not in known]
        known |= {hit.passage.id for hit in by_name}
        if not any(names_party(hit.document, party) for hit in (*hits, *by_name)):
            absent.append(party)
    hits += [hit for hit in _by_names(question, retriever, allowed) if hit.passage.id not in known]
    return FoundPassages(by_question, hits, tuple(absent))


def passages_of_office(office: Office, retriever: HybridRetriever, allowed: Allowed | None) -> list[Hit]:
    """Every passage that may name the holder of an office."""
    return retriever.search_names(search_words(office), _PASSAGES_FOR_OFFICES, allowed)


def _by_name(party: Party, retriever: HybridRetriever, allowed: Allowed | None) -> Iterator[Hit]:
    """The passages that name a party the most: any of a country's forms, each of an organisation's names."""
    names = [" ".join(aliases(party))] if party.is_country else list(aliases_of(party))
    each = _PASSAGES_BY_NAME // len(names) or 1
    for name in names:
        yield from retriever.search_names(name, each, allowed)


def _by_names(question: Question, retriever: HybridRetriever, allowed: Allowed | None) -> list[Hit]:
    """The passages that hold most of the names in a question about a person."""
    if not any(name.is_person for name in question.names):
        return []
    names = " ".join(name.text for name in question.names)
    return retriever.search_names(names, _PASSAGES_BY_NAME, allowed)
