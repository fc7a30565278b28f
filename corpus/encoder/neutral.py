"""Takes out of vectors what tells only the language, so that a question finds what answers it in any.

This model's vectors lie apart by language: a question in Latvian is nearer to any Latvian passage than to the English
one that answers it. The means of passages in eleven languages span ten directions; what lies along them is taken out of
passages and questions alike, after each kind's own mean (Yang et al., 2021, "A Simple and Effective Method To Eliminate
the Self Language Bias in Multilingual Representations"). Fitted by `training/neutral.py`; no language has to be told.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from corpus.encoder.protocol import Vectors, unit_rows

FITTED = Path(__file__).parent / "neutral.npz"


@dataclass(frozen=True)
class LanguageNeutral:
    """The means, shape (dimension,), and the directions of language, orthonormal, shape (directions, dimension)."""

    passage_mean: Vectors
    question_mean: Vectors
    directions: Vectors

    def passages(self, vectors: Vectors) -> Vectors:
        """Unit vectors of passages without their language; `vectors` has shape (n, dimension)."""
        return self._without(vectors - self.passage_mean)

    def questions(self, vectors: Vectors) -> Vectors:
        """The same of questions."""
        return self._without(vectors - self.question_mean)

    def _without(self, centred: Vectors) -> Vectors:
        # Row by row: a product of matrices rounds each row a little otherwise beside others.
        return unit_rows(np.stack([row - (self.directions @ row) @ self.directions for row in centred]))


@cache
def fitted() -> LanguageNeutral:
    """What was fitted for the default model."""
    with np.load(FITTED) as kept:
        return LanguageNeutral(*(kept[name] for name in ("passage_mean", "question_mean", "directions")))


@cache
def digest() -> str:
    """The beginning of the SHA-256 of what was fitted: vectors made with another do not fit an index."""
    return sha256(FITTED.read_bytes()).hexdigest()[:8]
