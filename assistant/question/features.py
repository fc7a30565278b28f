"""What the probes look at: the vector that a question is searched by, and which pieces of words stand in it.

The vector tells what a question is about in every language alike; the pieces, alone and in pairs, hold the turns of
phrase by which people ask. They are counted in a fixed number of buckets by their hash (Weinberger et al., 2009), so
that no vocabulary is kept.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from corpus.encoder.protocol import Vectors
from corpus.encoder.tokenization import shared_pieces

BUCKETS = 1 << 14
# How much all pieces together weigh beside the vector, whose length is one; chosen on held-back questions.
PIECES_WEIGH = 0.5
_PRIME = 1_000_003


class QuestionFeatures:
    """Describes a question: `encode` gives its vector, `pieces` the numbers of its pieces of words."""

    def __init__(self, encode: Callable[[str], Vectors], pieces: Callable[[str], Sequence[int]]) -> None:
        self._encode = encode
        self._pieces = pieces

    def __call__(self, question: str) -> Vectors:
        """The features of a question, shape (dimension of the vector + BUCKETS,)."""
        vector = self._encode(question)
        features = np.zeros(len(vector) + BUCKETS, dtype=np.float32)
        features[: len(vector)] = vector
        places = [len(vector) + place for place in buckets(self._pieces(question.lower()))]
        if places:
            features[places] = PIECES_WEIGH / np.sqrt(len(places))
        return features


def features_by(encode: Callable[[str], Vectors]) -> QuestionFeatures:
    """Describes questions by the vectors of `encode` and the pieces of the installed tokenizer."""
    return QuestionFeatures(encode, lambda text: shared_pieces().encode(text).ids)


def buckets(pieces: Sequence[int]) -> list[int]:
    """The buckets of the pieces and of their pairs, in order, each once."""
    pairs = [one * _PRIME + other + 1 for one, other in pairwise(pieces)]
    return sorted({(number * 2_654_435_761 >> 7) % BUCKETS for number in (*pieces, *pairs)})
