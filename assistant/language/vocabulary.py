"""The index's words: how a text becomes terms, and how much each term says.

Terms come from the keyword index's own analysis, so that a question's words compare with those of passages; every name
and adjective of a country becomes one term.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from assistant.language.parties import mark_countries, marked_name


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How texts become index terms, and in how many of how many passages a term occurs.

    `occurs`, where given, is whether any of the passages that may be told of holds a term; how much a term says is
    counted in more than those.
    """

    analyze: Callable[[str], list[str]]
    document_frequency: Callable[[str], int]
    passages: int
    occurs: Callable[[str], bool] | None = None

    def weight(self, term: str) -> float:
        """Inverse document frequency as in BM25: rare words count for more."""
        name = marked_name(term)
        frequency = self.document_frequency(self.analyze(name)[0] if name else term)
        return math.log(1 + (self.passages - min(frequency, self.passages) + 0.5) / (frequency + 0.5))

    def is_indexed(self, word: str) -> bool:
        """Whether any passage holds the word; true of a word that only asks, which is not indexed."""
        terms = self.analyze(word)
        return not terms or any(map(self.holds, terms))

    def holds(self, term: str) -> bool:
        """Whether any passage holds an index term."""
        return self.occurs(term) if self.occurs is not None else self.document_frequency(term) > 0

    def terms(self, text: str) -> tuple[str, ...]:
        """The index terms of a text in order, countries marked."""
        return _cached_terms(text, self.analyze)

    def distinct_terms(self, *texts: str) -> frozenset[str]:
        """The index terms of texts, each once."""
        return _cached_distinct_terms(texts, self.analyze)


@lru_cache(maxsize=16384)
def _cached_terms(text: str, analyze: Callable[[str], list[str]]) -> tuple[str, ...]:
    return tuple(analyze(mark_countries(text)))


@lru_cache(maxsize=2048)
def _cached_distinct_terms(texts: tuple[str, ...], analyze: Callable[[str], list[str]]) -> frozenset[str]:
    return frozenset(term for text in texts for term in _cached_terms(text, analyze))
