"""What speaks for a sentence as an answer: readable features, and the weights that turn them into log-odds.

The features of words cost next to nothing and are known of every sentence; late interaction, cosine and what the
trained network makes of a sentence cost a run of a model each, and `reading` decides which sentences get them. The
weights are those of a logistic regression fitted on public question-answering sets (`training/fit_reader.py`).
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from assistant.language.dates import dates_conflict
from assistant.language.vocabulary import Vocabulary
from assistant.question.kinds import shows
from assistant.question.question import Question
from assistant.search.retrieval import Hit
from corpus.document import Span
from corpus.encoder.protocol import Vectors, nearness

FEATURES = (
    "late_interaction",
    "cosine",
    "words_in_sentence",
    "words_in_context",
    "word_pairs",
    "kind_present",
    "retrieval",
    "counted_present",
    "rarest_word",
    "date_agrees",
    "cross_encoder",
)
# Fitted by training/fit_reader.py, but for late interaction (1.12 there), which was chosen on the shipped questions
# (docs/evaluation.md); one weight per feature, then the intercept.
WEIGHTS = np.asarray((3.0, 0.91, 0.91, 0.36, 0.07, 0.33, 3.0, 0.0, 0.24, 0.06, 3.3))
INTERCEPT = -7.0
# By which passages are chosen for reading, before a model was run; of a few mixtures the best on the shipped questions
# (docs/evaluation.md). The fitted weights are no use for that: they tell what words add to what the models say.
PROMISE = np.asarray((0.0, 0.0, 0.7, 0.7, 0.0, 0.2, 2.0, 0.3, 0.2, 0.2, 0.0))
COMPARED = [FEATURES.index("late_interaction"), FEATURES.index("cosine")]
NETWORK = FEATURES.index("cross_encoder")

# A sentence of a hit's passage: the hit, the sentence's span in the document, and its text.
Candidate = tuple[Hit, Span, str]
Matrix = npt.NDArray[np.float64]


def features_of_words(question: Question, candidates: Sequence[Candidate], vocabulary: Vocabulary) -> Matrix:
    """The matrix of shape (sentences, len(FEATURES)), each value between 0 and 1; zeros where a model has to be run."""
    asked = question.terms
    weights = {term: vocabulary.weight(term) for term in asked}
    rarest = max(weights, key=lambda term: weights[term], default=None)
    pairs = set(pairwise(asked))
    surroundings = {hit.passage.id: context_terms(hit, vocabulary) for hit, _, _ in candidates}
    matrix = np.zeros((len(candidates), len(FEATURES)))
    for row, (hit, _, text) in zip(matrix, candidates, strict=True):
        ordered, around = vocabulary.terms(text), surroundings[hit.passage.id]
        present = set(ordered)
        row[2:10] = (
            share(present, weights),
            share(around, weights),
            len(pairs & set(pairwise(ordered))) / len(pairs) if pairs else 0.0,
            sum(shows(kind, text) for kind in question.kinds) / len(question.kinds) if question.kinds else 0.5,
            hit.score,
            float(all(term in present for term in question.counted)),
            float(rarest is not None and rarest in around),
            float(not dates_conflict(question.months, text)),
        )
    return matrix


def compared(question: Vectors, sentences: Sequence[Vectors], unrelated: float = 0.0) -> Matrix:
    """Late interaction and cosine of each sentence's token vectors with the question's, shape (sentences, 2).

    Both as shares of what lies above `unrelated`, the encoder's cosine of texts that have nothing in common.
    """
    middle = _mean(question)
    cosines = [(late_interaction(question, tokens), float(middle @ _mean(tokens))) for tokens in sentences]
    return np.asarray([[nearness(cosine, unrelated) for cosine in pair] for pair in cosines])


def late_interaction(question: Vectors, sentence: Vectors) -> float:
    """MaxSim of ColBERT (Khattab and Zaharia, 2020): each question token's best match, averaged."""
    if not len(question) or not len(sentence):
        return 0.0
    return float((question @ sentence.T).max(axis=1).mean())


def context_terms(hit: Hit, vocabulary: Vocabulary) -> frozenset[str]:
    """The index terms of a passage and of its document's title."""
    return vocabulary.distinct_terms(hit.passage.text, hit.document.title)


def share(present: AbstractSet[str], weights: Mapping[str, float]) -> float:
    """How much of the weight of all terms those present have; 0 where there is none."""
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in present) / total if total else 0.0


def _mean(vectors: Vectors) -> Vectors:
    """The unit vector in the middle of token vectors; zeros where there is no token."""
    total: Vectors = vectors.sum(axis=0)
    return total / max(float(np.linalg.norm(total)), 1e-9)
