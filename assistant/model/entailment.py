"""Does a passage hold a claim? One probability, by whatever can tell: a trained network, or the nearness of the words.

`WordingEntailment` is the one that needs no training: the mean of how near the claim's strangest words are to a word of
the passage (late interaction over the encoder's token vectors) and of the share of its content words that stand there.
It does not understand who did what to whom; the literal rules stand in `support`.
"""

import math
import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from corpus.encoder.protocol import Encoder

# The score from which a claim counts as supported; fitted by benchmarks/support.py, see docs/evaluation.md.
SUPPORTED_FROM = 0.66
# How fast the probability turns around it: .1 more or less is .77 or .23.
_STEEPNESS = 12.0
# The nearness that a tenth of a claim's tokens does not reach: one strange word counts, however long the rest.
_STRANGEST = 0.1
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_EMPTY_WORDS = frozenset(
    """
    a an and are as at be been but by for from had has have he her his i in is it its of on or she that the their they
    this to was were which who will with you
    """.split()
)


class Entailment(Protocol):
    """What tells whether passages hold claims: `WordingEntailment`, a trained network, or a test's own."""

    def held(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """For each (claim, passage) the calibrated probability that the passage holds the claim."""


class WordingEntailment:
    """Words and their nearness, over an encoder's token vectors."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def held(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """See `Entailment`."""
        scores = [self.score(claim, [passage] if passage.strip() else []) for claim, passage in claims]
        return [1 / (1 + math.exp(_STEEPNESS * (SUPPORTED_FROM - score))) for score in scores]

    def score(self, claim: str, cited: Sequence[str]) -> float:
        """From 0 to 1, 1 for a literal slice: the mean of the strangest tokens' nearness and of the word overlap."""
        vectors, *sources = self._encoder.token_vectors([claim, *cited])
        held = [source for source in sources if len(source)]
        if not len(vectors) or not held:
            return 0.0
        nearest = (vectors @ np.concatenate(held).T).max(axis=1)
        return (float(np.quantile(nearest, _STRANGEST)) + word_overlap(claim, cited)) / 2


def word_overlap(claim: str, cited: Sequence[str]) -> float:
    """The share of a claim's content words that stand in the cited sentences."""
    wanted, found = content_words(claim), words_of(" ".join(cited))
    return len(wanted & found) / len(wanted) if wanted else 0.0


def words_of(text: str) -> set[str]:
    """The words of a text in lower case, without a possessive's ending."""
    return {bare(word) for word in _WORD.findall(text)}


def content_words(text: str) -> set[str]:
    """The words of a text without those that every text has."""
    return words_of(text) - _EMPTY_WORDS


def bare(word: str) -> str:
    """A word in lower case, without a possessive's ending."""
    return re.sub(r"['’]s?$", "", word).casefold()
