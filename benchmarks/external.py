"""Retrieval and reading on public question-answering sets, against the usual ways, in one run.

    python benchmarks/external.py [--sets squad2 clapnq ...] [--questions 200] [--cache FOLDER]

The same encoder, passages and keyword index serve every way: vectors only, BM25 only, reciprocal rank fusion (what
most tutorials combine with), the assistant's fusion by score, and its reader on top. Documents are ranked by their best
passage, by their best sentence (late interaction), or as the assistant ranks them (the reader). A sentence hits where
it overlaps the set's answer. AUC tells answerable questions from unanswerable ones by each way's best score. Of the
sets that the reader was trained on, only the documents that it was neither trained nor fitted on are asked about.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.language.vocabulary import Vocabulary
from assistant.question.features import features_by
from assistant.question.question import understand
from assistant.question.shapes import Probes
from assistant.reader.network import ReaderNetwork
from assistant.reader.ranking import ranked
from assistant.reader.reading import EvidenceReader, sentence_candidates
from assistant.search.retrieval import CANDIDATES, Hit, HybridRetriever, fuse
from benchmarks.sets import SetQuestion, fold, open_set
from benchmarks.table import print_table
from corpus.encoder.opening import open_encoder
from corpus.encoder.protocol import Encoder, Vectors
from corpus.store.store import Store

SETS = ("squad2", "clapnq", "qed", "covid_qa", "multihoprag_facts", "bioasq")
TRAINED_ON = frozenset(("squad2", "clapnq", "qed", "covid_qa", "bioasq"))
PASSAGES_READ = 12
SEED = 20261122
# The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009).
RANK_CONSTANT = 60


@dataclass(slots=True)
class Tally:
    """What one way reached on one set."""

    ranks: list[int | None] = field(default_factory=list)
    sentence_hits: list[bool] = field(default_factory=list)
    best_scores: list[float] = field(default_factory=list)

    def row(self, answerable: Sequence[bool]) -> tuple[object, ...]:
        """hit@1, hit@5, hit@10, sentence hit@1 and AUC; a dash where the set cannot tell."""
        hits = [np.mean([rank is not None and rank < depth for rank in self.ranks]) for depth in (1, 5, 10)]
        sentence = float(np.mean(self.sentence_hits)) if self.sentence_hits else None
        auc = roc_auc_score(answerable, self.best_scores) if len(set(answerable)) > 1 else None
        return tuple("-" if value is None else f"{value:.3f}" for value in (*hits, sentence, auc))


def main() -> None:
    """Measure every set and print a table each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    parser.add_argument("--questions", type=int, default=200, help="questions per set")
    parser.add_argument("--cache", type=Path, default=None, help="folder that keeps the encoded sets")
    arguments = parser.parse_args()
    encoder = open_encoder()
    folder = arguments.cache or Path(tempfile.mkdtemp())
    for name in arguments.sets:
        store, questions = open_set(name, folder, encoder)
        asked = _sample(name, questions, arguments.questions)
        tallies = _measure(store, encoder, asked)
        answerable = [question.answerable for question in asked]
        print_table(
            f"{name}: {store.catalog.passage_count()} passages, {sum(answerable)} answerable and "
            f"{len(asked) - sum(answerable)} unanswerable questions{' on held-back documents' * (name in TRAINED_ON)}",
            ("way", "doc hit@1", "@5", "@10", "sentence hit@1", "AUC"),
            [(way, *tally.row(answerable)) for way, tally in tallies.items()],
        )
        store.close()


def _sample(name: str, questions: list[SetQuestion], count: int) -> list[SetQuestion]:
    if name in TRAINED_ON:
        questions = [question for question in questions if fold(question.context) == "measured"]
    return random.Random(SEED).sample(questions, min(count, len(questions)))


def _measure(store: Store, encoder: Encoder, asked: list[SetQuestion]) -> dict[str, Tally]:
    retriever, reader = HybridRetriever(store=store), EvidenceReader(ReaderNetwork())
    keywords = store.index.keywords
    vocabulary = Vocabulary(keywords.analyze, keywords.document_frequency, keywords.count())
    probes = Probes(features_by(encoder.question_as_it_is))
    ways = ("vectors", "BM25", "rank fusion", "fusion by score", "fusion + late interaction", "fusion + reader")
    tallies = {way: Tally() for way in ways}
    for question in asked:
        by_vector = store.index.vectors.search(encoder.encode_query(question.text), CANDIDATES)
        by_keyword = keywords.search(question.text, CANDIDATES)
        fused = retriever.hits(fuse(by_vector, by_keyword, unrelated=encoder.unrelated))
        rankings = (by_vector, by_keyword, rank_fusion(by_vector, by_keyword))
        for way, ranking in zip(ways, rankings, strict=False):
            hits = retriever.hits(ranking)
            _add(tallies[way], question, [hit.document.path for hit in hits], ranking[0][1] if ranking else 0.0)
        _add(
            tallies["fusion by score"], question, [hit.document.path for hit in fused], fused[0].score if fused else 0.0
        )
        read = fused[:PASSAGES_READ]
        understood = understand(question.text, (), probes, vocabulary.is_indexed)
        evidence = reader.read(understood, read)
        sentences = [(item.document.path, item.span, item.score) for item in evidence]
        in_order = [document.path for document in ranked(fused, evidence)]
        _add_sentences(tallies["fusion + reader"], question, sentences, in_order)
        late = _by_late_interaction(encoder, question, read)
        in_order = [path for path, *_ in late] + [hit.document.path for hit in fused]
        _add_sentences(tallies["fusion + late interaction"], question, late, in_order)
    return tallies


def rank_fusion(*lists: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Reciprocal rank fusion of ranked lists of (id, score)."""
    fused: dict[str, float] = {}
    for ranking in lists:
        for rank, (identity, _) in enumerate(ranking, start=1):
            fused[identity] = fused.get(identity, 0.0) + 1 / (RANK_CONSTANT + rank)
    return sorted(fused.items(), key=lambda item: (-item[1], item[0]))


def _by_late_interaction(encoder: Encoder, question: SetQuestion, hits: list[Hit]) -> list[tuple]:
    candidates = sentence_candidates(hits)
    asked, *vectors = encoder.token_vectors([question.text, *(text for *_, text in candidates)])
    scored = [
        (hit.document.path, span, late_interaction(asked, tokens))
        for (hit, span, _), tokens in zip(candidates, vectors, strict=True)
    ]
    return sorted(scored, key=lambda item: -item[2])


def late_interaction(asked: Vectors, tokens: Vectors) -> float:
    """The mean over the question's tokens of the best cosine with any of the sentence's (Khattab and Zaharia, 2020)."""
    return float((asked @ tokens.T).max(axis=1).mean()) if len(tokens) and len(asked) else 0.0


def _add(tally: Tally, question: SetQuestion, documents: list[str], best_score: float) -> None:
    tally.best_scores.append(best_score)
    if question.answerable:
        ordered = list(dict.fromkeys(documents))
        tally.ranks.append(next((rank for rank, path in enumerate(ordered) if path in question.gold), None))


def _add_sentences(tally: Tally, question: SetQuestion, sentences: list[tuple], documents: list[str]) -> None:
    _add(tally, question, documents, sentences[0][2] if sentences else 0.0)
    if question.answerable and any(question.gold.values()):
        path, span = sentences[0][:2] if sentences else ("", None)
        tally.sentence_hits.append(any(gold.overlaps(span) for gold in question.gold.get(path, ())))


if __name__ == "__main__":
    main()
