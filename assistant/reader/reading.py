"""The evidence reader: how probably each sentence of the passages found belongs to the answer, and whether any does.

One network reads the question with each passage (`network`), and what it makes of it is calibrated (`calibration`).
The reader does not compose and does not decide to refuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.language.commitments import StatusReport, report
from assistant.language.dates import dates_conflict
from assistant.language.organisations import names_organisation
from assistant.language.parties import countries
from assistant.question.question import Question
from assistant.reader.calibration import FEATURES, probabilities
from assistant.reader.network import Passage, Reading
from assistant.search.retrieval import Hit
from corpus.document import Document, Span
from corpus.text.references import is_list_of_links, is_reference
from corpus.text.sections import context_of
from corpus.text.sentences import blocks, sentences, without_marker

_FEWEST_WORDS = 4
_NO_PARTIES = 0.5
_LONGEST_NOTE = 3
# Passages read beyond these cost more time than they bring (docs/evaluation.md).
PASSAGES_READ = 12

Candidate = tuple[Hit, Span, str]


class Network(Protocol):
    """What reads a question with passages."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Log-odds of each passage and its sentences."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a document with its score: the calibrated probability that it belongs to the answer.

    `standing` is how its document ranks among those found (see `ranking`).
    """

    document: Document
    span: Span
    text: str
    score: float
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
    """Scores the sentences of passages."""

    def __init__(self, network: Network, *, passages_read: int = PASSAGES_READ) -> None:
        self._network = network
        self._passages_read = passages_read

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Evidence]:
        """All sentences of the first hits' passages, best first; equal scores in order of document and place."""
        candidates, features = self.features(question, hits)
        scores = probabilities(features)
        evidence = [
            Evidence(hit.document, span, text, round(float(score), 4))
            for (hit, span, text), score in zip(candidates, scores, strict=True)
        ]
        return sorted(evidence, key=lambda item: (-item.score, item.document.path, item.span))

    def scores(self, question: Question, candidates: Sequence[Candidate]) -> list[float]:
        """The probability of each sentence, read alone with its document's title and date."""
        passages = [
            Passage(context_of(hit.document, hit.passage.span), text, (Span(0, len(text)),))
            for hit, _, text in candidates
        ]
        readings = self._network.read(question.read, passages)
        rows = [
            (reading.sentences[0], reading.passage, hit.score, *told_of(question, hit.document, text))
            for (hit, _, text), reading in zip(candidates, readings, strict=True)
        ]
        return [float(score) for score in probabilities(np.asarray(rows, dtype=np.float64).reshape(-1, len(FEATURES)))]

    def features(self, question: Question, hits: Sequence[Hit]) -> tuple[list[Candidate], npt.NDArray[np.float64]]:
        """The sentences, and what is known of each, shape (sentences, len(FEATURES))."""
        by_passage = candidates_by_passage(hits[: self._passages_read])
        passages = [_passage(hit, found) for hit, found in by_passage]
        readings = self._network.read(question.read, passages)
        candidates, rows = [], []
        for (hit, found), reading in zip(by_passage, readings, strict=True):
            for (_, _, text), score in zip(found, reading.sentences, strict=True):
                rows.append((score, reading.passage, hit.score, *told_of(question, hit.document, text)))
            candidates += found
        return candidates, np.asarray(rows, dtype=np.float64).reshape(-1, len(FEATURES))


def told_of(question: Question, document: Document, text: str) -> tuple[float, float]:
    """Whether a sentence's dates conflict with those asked about, and the share of the parties asked about it names.

    Its document's title counts as its own; where no party is asked about the share is a half.
    """
    conflicts = float(dates_conflict(question.dates, text))
    if not question.parties:
        return conflicts, _NO_PARTIES
    told = f"{document.title}. {text}"
    named = set(countries(told, document.language or "en"))
    named |= {party for party in question.organisations if names_organisation(told, party)}
    return conflicts, sum(party in named for party in question.parties) / len(question.parties)


def sentence_candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """The sentences of the hits' passages with their spans in the document; headings and fragments are left out."""
    return [candidate for _, found in candidates_by_passage(hits) for candidate in found]


def candidates_by_passage(hits: Sequence[Hit]) -> list[tuple[Hit, list[Candidate]]]:
    """Each hit with its sentences, each sentence once; references are left out, and hits without any."""
    seen: set[tuple[str, int]] = set()
    found = []
    for hit in hits:
        own: list[Candidate] = []
        text = hit.document.text
        told_in = (block for block in blocks(text, hit.passage.span) if not is_list_of_links(block.of(text)))
        for block in told_in:
            for sentence in sentences(text, block):
                span = without_marker(text, sentence)
                told = span.of(text)
                is_heading = text[sentence.start : sentence.start + 1] == "#" or _is_title(told, hit.document.title)
                tells = not is_heading and not is_reference(told)
                if tells and len(told.split()) >= _FEWEST_WORDS and (hit.document.id, span.start) not in seen:
                    seen.add((hit.document.id, span.start))
                    own.append((hit, span, told))
        if own:
            found.append((hit, own))
    return found


def _is_title(told: str, title: str) -> bool:
    """Whether a line is its document's title, perhaps with the number of a note behind it."""
    line, name = (" ".join(text.split()).casefold() for text in (told, title))
    return line.startswith(name) and len(line) <= len(name) + _LONGEST_NOTE


def _passage(hit: Hit, candidates: Sequence[Candidate]) -> Passage:
    spans = tuple(_within(span, hit.passage.span) for _, span, _ in candidates)
    return Passage(context_of(hit.document, hit.passage.span), hit.passage.text, spans)


def _within(span: Span, passage: Span) -> Span:
    """The part of a document's span that lies in a passage, from the passage's start."""
    start = max(span.start - passage.start, 0)
    return Span(start, max(start, min(span.end, passage.end) - passage.start))
