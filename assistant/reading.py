"""The evidence reader: how well each sentence answers the question, and whether any does.

Every sentence of the retrieved passages is scored from a few readable features (what the trained cross-encoder makes of
it, late interaction over MiniLM's token vectors, which of the question's words stand in the sentence and around it,
whether it holds the kind of thing asked for); a logistic regression fitted on public question-answering sets
(`training/fit_reader.py`) turns them into a probability. The reader does not compose and does not decide to refuse.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from assistant.commitments import StatusReport, report
from assistant.cross_encoder import UNREAD, CrossEncoder
from assistant.dates import dates_conflict
from assistant.kinds import shows
from assistant.question import Question
from assistant.retrieval import Hit
from assistant.vocabulary import Vocabulary
from corpus.document import Document, Span
from corpus.encoder import Encoder, Vectors
from corpus.sentences import blocks, sentences, without_marker

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
# Fitted by training/fit_reader.py; one weight per feature, then the intercept.
WEIGHTS = (1.27, 2.22, -0.48, 0.70, 0.0, 0.19, 3.0, 0.31, 0.23, 0.18, 3.81)
INTERCEPT = -7.09
_FEWEST_WORDS = 4
# How many sentences are read closely; the cheap look at their words decides which.
SENTENCES_READ = 64
_CACHED_SENTENCES = 4096


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a document with its score: the reader's probability that it answers the question.

    `terms` are the sentence's index terms, `context` those of its passage and its document's title. `standing` is how
    its document ranks among those found (see `ranking`).
    """

    document: Document
    span: Span
    text: str
    score: float
    report: StatusReport
    terms: frozenset[str]
    context: frozenset[str]
    standing: float = 0.0

    @property
    def page(self) -> int | None:
        """The one-based page, where the document has pages."""
        return self.document.page_of(self.span.start)


class EvidenceReader:
    """Scores sentences with an encoder's token vectors; keeps the vectors of sentences it has seen lately."""

    def __init__(self, encoder: Encoder, cross_encoder: CrossEncoder) -> None:
        self._encoder = encoder
        self._cross_encoder = cross_encoder
        self._cache: OrderedDict[str, npt.NDArray[np.float16]] = OrderedDict()
        self._lock = threading.Lock()

    def read(
        self, question: Question, hits: Sequence[Hit], vocabulary: Vocabulary, asked: Question | None = None
    ) -> list[Evidence]:
        """All sentences of the hits' passages, best first; equal scores in order of document and place.

        `asked` is a follow-up's own question, without the subject that it takes from the conversation: "What were the
        reservations?" is answered by a sentence on reservations that need not repeat what they were about. Both
        readings count the same.
        """
        candidates = _likeliest(question, sentence_candidates(hits), vocabulary)
        if not candidates:
            return []
        readings = [self.features(read, candidates, vocabulary) for read in (question, asked) if read is not None]
        log_odds = np.mean([matrix @ np.asarray(WEIGHTS) + INTERCEPT for matrix in readings], axis=0)
        scores = 1.0 / (1.0 + np.exp(-log_odds))
        evidence = [
            Evidence(
                document=hit.document,
                span=span,
                text=text,
                score=round(float(score), 4),
                report=report(text),
                terms=frozenset(vocabulary.terms(text)),
                context=context_terms(hit, vocabulary),
            )
            for (hit, span, text), score in zip(candidates, scores, strict=True)
        ]
        return sorted(evidence, key=lambda item: (-item.score, item.document.path, item.span))

    def features(
        self, question: Question, candidates: Sequence[tuple[Hit, Span, str]], vocabulary: Vocabulary
    ) -> npt.NDArray[np.float64]:
        """The feature matrix, shape (sentences, len(FEATURES)), each value between 0 and 1 or a cosine."""
        asked = question.terms
        weights = {term: vocabulary.weight(term) for term in asked}
        rarest = max(weights, key=lambda term: weights[term], default=None)
        pairs = set(pairwise(asked))
        question_vectors, *_ = self._encoder.token_vectors([question.read])
        vectors = self._token_vectors([text for _, _, text in candidates])
        question_mean = _mean(question_vectors)
        log_odds = self._log_odds(question.read, candidates)
        rows = []
        for (hit, _, text), tokens, odds in zip(candidates, vectors, log_odds, strict=True):
            ordered = vocabulary.terms(text)
            present = set(ordered)
            around = context_terms(hit, vocabulary)
            rows.append(
                (
                    late_interaction(question_vectors, tokens),
                    float(question_mean @ _mean(tokens)),
                    _share(present, weights),
                    _share(around, weights),
                    len(pairs & set(pairwise(ordered))) / len(pairs) if pairs else 0.0,
                    sum(shows(kind, text) for kind in question.kinds) / len(question.kinds) if question.kinds else 0.5,
                    hit.score,
                    float(all(term in present for term in question.counted)),
                    float(rarest is not None and rarest in around),
                    float(not dates_conflict(question.months, text)),
                    odds / -UNREAD,
                )
            )
        return np.asarray(rows, dtype=np.float64)

    def _log_odds(self, question: str, candidates: Sequence[tuple[Hit, Span, str]]) -> list[float]:
        """What the cross-encoder makes of each sentence, read in its passage, cut to ±`UNREAD`."""
        places: dict[str, list[int]] = {}
        for number, (hit, _, _) in enumerate(candidates):
            places.setdefault(hit.passage.id, []).append(number)
        hits = [candidates[numbers[0]][0] for numbers in places.values()]
        spans = [
            [_within(candidates[number][1], hit.passage.span) for number in numbers]
            for hit, numbers in zip(hits, places.values(), strict=True)
        ]
        scores = self._cross_encoder.scores(
            question, [hit.document.title for hit in hits], [hit.passage.text for hit in hits], spans
        )
        found = [UNREAD] * len(candidates)
        for numbers, of_passage in zip(places.values(), scores, strict=True):
            for number, score in zip(numbers, of_passage, strict=True):
                found[number] = min(max(score, UNREAD), -UNREAD)
        return found

    def _token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        with self._lock:
            known = {text: self._cache[text] for text in texts if text in self._cache}
        unknown = [text for text in dict.fromkeys(texts) if text not in known]
        fresh = dict(zip(unknown, self._encoder.token_vectors(unknown), strict=True))
        with self._lock:
            for text, vectors in fresh.items():
                self._cache[text] = vectors.astype(np.float16)
            while len(self._cache) > _CACHED_SENTENCES:
                self._cache.popitem(last=False)
        return [(known[text] if text in known else fresh[text]).astype(np.float32) for text in texts]


def _within(span: Span, passage: Span) -> Span:
    """The part of a document's span that lies in a passage, from the passage's start."""
    start = max(span.start - passage.start, 0)
    return Span(start, max(start, min(span.end, passage.end) - passage.start))


def sentence_candidates(hits: Sequence[Hit]) -> list[tuple[Hit, Span, str]]:
    """The sentences of the hits' passages with their spans in the document; headings and fragments are left out."""
    found = []
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        for block in blocks(hit.document.text, hit.passage.span):
            for sentence in sentences(hit.document.text, block):
                span = without_marker(hit.document.text, sentence)
                text = span.of(hit.document.text)
                is_heading = hit.document.text[sentence.start : sentence.start + 1] == "#"
                if not is_heading and len(text.split()) >= _FEWEST_WORDS and (hit.document.id, span.start) not in seen:
                    seen.add((hit.document.id, span.start))
                    found.append((hit, span, text))
    return found


def _likeliest(
    question: Question, candidates: list[tuple[Hit, Span, str]], vocabulary: Vocabulary
) -> list[tuple[Hit, Span, str]]:
    """The sentences worth a close reading: those whose words, title and passage hold most of the question."""
    if len(candidates) <= SENTENCES_READ:
        return candidates
    weights = {term: vocabulary.weight(term) for term in question.terms}

    def promise(candidate: tuple[Hit, Span, str]) -> float:
        hit, _, text = candidate
        words = frozenset(vocabulary.terms(text))
        return _share(words, weights) + 0.5 * _share(context_terms(hit, vocabulary), weights) + hit.score

    return sorted(candidates, key=promise, reverse=True)[:SENTENCES_READ]


def late_interaction(question: Vectors, sentence: Vectors) -> float:
    """MaxSim of ColBERT (Khattab and Zaharia, 2020): each question token's best match, averaged."""
    if not len(question) or not len(sentence):
        return 0.0
    return float((question @ sentence.T).max(axis=1).mean())


def context_terms(hit: Hit, vocabulary: Vocabulary) -> frozenset[str]:
    """The index terms of a passage and of its document's title."""
    return frozenset((*vocabulary.terms(hit.passage.text), *vocabulary.terms(hit.document.title)))


def _share(present: frozenset[str] | set[str], weights: dict[str, float]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in present) / total if total else 0.0


def _mean(vectors: Vectors) -> Vectors:
    """The unit vector in the middle of token vectors; zeros where there is no token."""
    total: Vectors = vectors.sum(axis=0)
    return total / max(float(np.linalg.norm(total)), 1e-9)
