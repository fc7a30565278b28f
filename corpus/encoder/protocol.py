"""Text becomes vectors: what is asked of an embedding model, whichever code runs it (`opening` chooses).

A model reads so many tokens and drops the rest in silence, so callers cut their text with `count_tokens` first.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

# What the default model reads, in tokens: the title in front of the passage, the passage, and what marks them.
LONGEST_INPUT = 512
LONGEST_TITLE_TOKENS = 88


class Encoder(Protocol):
    """What the corpus and the retriever need of an embedding model."""

    @property
    def fingerprint(self) -> str:
        """Names the model and its exact weights: an index fits only the encoder that built it."""

    @property
    def unrelated(self) -> float:
        """About the least cosine that this model gives a question and a passage: what lies above it tells something."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not counted."""

    @property
    def counter(self) -> Callable[[Sequence[str]], list[int]]:
        """The same count as something that can be pickled: the process that reads files counts by itself."""

    def encode_passages(self, titles: Sequence[str], texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages with their titles, shape (n, dimension)."""

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, shape (dimension,)."""

    def token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """For each text the unit vectors of its tokens, shape (tokens, dimension), special tokens left out."""


def with_titles(
    titles: Sequence[str], texts: Sequence[str], count_tokens: Callable[[list[str]], list[int]]
) -> list[str]:
    """What a model is given for each passage: its title, cut to whole words that leave it its room, and its text."""
    shortened = {title: _shortened(title, count_tokens) for title in set(titles)}
    return [f"{shortened[title]}\n{text}" for title, text in zip(titles, texts, strict=True)]


def unit_rows(matrix: npt.NDArray[Any]) -> Vectors:
    """The rows of a matrix, each of length one; a row of zeros stays as it is."""
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(norms, 1e-9), dtype=np.float32)


def nearness(cosine: float, unrelated: float) -> float:
    """A cosine as a share of the way from that of unrelated texts to that of equal ones."""
    return (cosine - unrelated) / (1.0 - unrelated)


def _shortened(title: str, count_tokens: Callable[[list[str]], list[int]]) -> str:
    words = title.split()
    while words and count_tokens([" ".join(words)])[0] > LONGEST_TITLE_TOKENS:
        words.pop()
    return " ".join(words)
