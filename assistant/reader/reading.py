"""The evidence reader: how well each sentence answers the question, and whether any does.

Every sentence of the retrieved passages is scored from a few readable features (`features`): which of the question's
words stand in it and around it, whether it holds the kind of thing asked for, what the trained cross-encoder makes of
it, late interaction over the encoder's token vectors. The two models are run for the most promising alone, in two steps
(a cascade: Wang, Lin and Metzler, 2011), which costs less than half and answers as well (`docs/evaluation.md`). The
reader does not compose and does not decide to refuse.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from assistant.language.commitments import StatusReport, report
from assistant.language.vocabulary import Vocabulary
from assistant.question.kinds import Kind
from assistant.question.question import Question
from assistant.reader.cross_encoder import UNREAD, CrossEncoder
from assistant.reader.features import (
    COMPARED,
    INTERCEPT,
    NETWORK,
    PROMISE,
    WEIGHTS,
    Candidate,
    Matrix,
    compared,
    context_terms,
    features_of_words,
    share,
)
from assistant.search.retrieval import Hit
from corpus.document import Document, Span
from corpus.encoder.protocol import Encoder, Vectors
from corpus.text.sentences import blocks, sentences, without_marker

_FEWEST_WORDS = 4
# How many sentences are looked at beyond their words.
SENTENCES_READ = 64
# Of passages of how many characters together the network reads the sentences, and how many sentences are then compared
# token by token. With fewer, sentences of an answer are lost now and then; with more, none is gained
# (docs/evaluation.md).
CHARACTERS_READ, SENTENCES_COMPARED = 3_000, 9
# Where no sentence of these has such log-odds by the network, it reads half as much once more.
SURE = -1.0
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
    terms: frozenset[str]
    context: frozenset[str]
    standing: float = 0.0

    @property
    def report(self) -> StatusReport:
        """What the sentence reports of a commitment; of most sentences nobody asks."""
        return report(self.text)

    @property
    def page(self) -> int | None:
        """The one-based page, where the document has pages."""
        return self.document.page_of(self.span.start)


class EvidenceReader:
    """Scores sentences; keeps the token vectors of the texts it has seen lately.

    `characters_read` and `sentences_compared` bound what the models are run for.
    """

    def __init__(
        self,
        encoder: Encoder,
        cross_encoder: CrossEncoder,
        *,
        characters_read: int = CHARACTERS_READ,
        sentences_compared: int = SENTENCES_COMPARED,
    ) -> None:
        self._encoder = encoder
        self._cross_encoder = cross_encoder
        self._characters_read = characters_read
        self._sentences_compared = sentences_compared
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
        readings = self.features([read for read in (question, asked) if read is not None], candidates, vocabulary)
        scores = 1.0 / (1.0 + np.exp(-(_weighed(readings) + INTERCEPT)))
        evidence = [
            Evidence(
                document=hit.document,
                span=span,
                text=text,
                score=round(float(score), 4),
                terms=frozenset(vocabulary.terms(text)),
                context=context_terms(hit, vocabulary),
            )
            for (hit, span, text), score in zip(candidates, scores, strict=True)
        ]
        return sorted(evidence, key=lambda item: (-item.score, item.document.path, item.span))

    def features(
        self, questions: Sequence[Question], candidates: Sequence[Candidate], vocabulary: Vocabulary
    ) -> list[Matrix]:
        """For each reading of the question the features of all sentences, shape (sentences, len(FEATURES)).

        What no model was run for counts as not answering, and as no nearer than the farthest that was compared.
        """
        readings = [features_of_words(question, candidates, vocabulary) for question in questions]
        for matrix in readings:
            matrix[:, NETWORK] = UNREAD / -UNREAD
        for places in self._turns(questions, _by_passage(candidates, _weighed(readings, PROMISE)), candidates):
            for question, matrix in zip(questions, readings, strict=True):
                found = self._log_odds(question.read, candidates, places) / -UNREAD
                matrix[:, NETWORK] = np.maximum(matrix[:, NETWORK], found)
            if max(matrix[:, NETWORK].max() for matrix in readings) >= SURE / -UNREAD:
                break
        best = np.argsort(-_weighed(readings), kind="stable")[: self._sentences_compared]
        texts = [*(question.read for question in questions), *(candidates[number][2] for number in best)]
        vectors = self._token_vectors(texts)
        asked, sentences_compared = vectors[: len(questions)], vectors[len(questions) :]
        for question_vectors, matrix in zip(asked, readings, strict=True):
            found = compared(question_vectors, sentences_compared, self._encoder.unrelated)
            matrix[:, COMPARED] = found.min(axis=0)
            matrix[best[:, np.newaxis], COMPARED] = found
        return readings

    def _turns(
        self, questions: Sequence[Question], places: list[list[int]], candidates: Sequence[Candidate]
    ) -> list[list[list[int]]]:
        """What the network reads, in two turns, of which the second is for when the first found nothing sure."""
        if any(_told_in_other_words(question) for question in questions):
            return [places]
        first = _first(places, candidates, self._characters_read)
        rest = places[len(first) :]
        return [first, _first(rest, candidates, self._characters_read // 2)] if rest else [first]

    def _log_odds(
        self, question: str, candidates: Sequence[Candidate], places: Sequence[Sequence[int]]
    ) -> npt.NDArray[np.float64]:
        """What the network makes of the sentences at `places`, read in their passages, cut to ±`UNREAD`."""
        hits = [candidates[numbers[0]][0] for numbers in places]
        spans = [
            [_within(candidates[number][1], hit.passage.span) for number in numbers]
            for hit, numbers in zip(hits, places, strict=True)
        ]
        scores = self._cross_encoder.scores(
            question, [hit.document.title for hit in hits], [hit.passage.text for hit in hits], spans
        )
        found: npt.NDArray[np.float64] = np.full(len(candidates), UNREAD)
        for numbers, of_passage in zip(places, scores, strict=True):
            found[numbers] = of_passage
        return np.clip(found, UNREAD, -UNREAD)

    def _token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        with self._lock:
            known = {text: self._cache[text] for text in texts if text in self._cache}
        unknown = [text for text in dict.fromkeys(texts) if text not in known]
        fresh = self._encoder.token_vectors(unknown)
        # What is used is what is kept, so that a text weighs the same the second time.
        known |= {text: vectors.astype(np.float16) for text, vectors in zip(unknown, fresh, strict=True)}
        with self._lock:
            self._cache |= {text: known[text] for text in unknown}
            while len(self._cache) > _CACHED_SENTENCES:
                self._cache.popitem(last=False)
        return [known[text].astype(np.float32) for text in texts]


def _weighed(readings: Sequence[Matrix], weights: npt.NDArray[np.float64] = WEIGHTS) -> npt.NDArray[np.float64]:
    """The log-odds of each sentence without the intercept, or another weighing, the mean of all readings."""
    log_odds: npt.NDArray[np.float64] = np.mean([matrix @ weights for matrix in readings], axis=0)
    return log_odds


def _told_in_other_words(question: Question) -> bool:
    """Whether what answers may share so few words with the question that every passage has to be read.

    So it is with who came, with whether something was signed, and with the second of two things compared.
    """
    return question.status is not None or question.compares or Kind.PERSON in question.kinds


def _by_passage(candidates: Sequence[Candidate], promise: npt.NDArray[np.float64]) -> list[list[int]]:
    """The places of the candidates of each passage; that of the most promising sentence first."""
    places: dict[str, list[int]] = {}
    for number in np.argsort(-promise, kind="stable"):
        places.setdefault(candidates[number][0].passage.id, []).append(int(number))
    return list(places.values())


def _first(places: list[list[int]], candidates: Sequence[Candidate], characters: int) -> list[list[int]]:
    """As many of the first passages as have so many characters together, and the very first in any case."""
    together = accumulate(len(candidates[numbers[0]][0].passage.text) for numbers in places)
    return places[: max(1, sum(length <= characters for length in together))]


def _within(span: Span, passage: Span) -> Span:
    """The part of a document's span that lies in a passage, from the passage's start."""
    start = max(span.start - passage.start, 0)
    return Span(start, max(start, min(span.end, passage.end) - passage.start))


def sentence_candidates(hits: Sequence[Hit]) -> list[Candidate]:
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


def _likeliest(question: Question, candidates: list[Candidate], vocabulary: Vocabulary) -> list[Candidate]:
    """The sentences worth a close reading: those whose words, title and passage hold most of the question."""
    if len(candidates) <= SENTENCES_READ:
        return candidates
    weights = {term: vocabulary.weight(term) for term in question.terms}

    def promise(candidate: Candidate) -> float:
        hit, _, text = candidate
        words = frozenset(vocabulary.terms(text))
        return share(words, weights) + 0.5 * share(context_terms(hit, vocabulary), weights) + hit.score

    return sorted(candidates, key=promise, reverse=True)[:SENTENCES_READ]
