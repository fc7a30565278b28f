"""Which sentence of the right paragraph answers, and whether any does: the reader beside what it is made of.

    python benchmarks/sentences.py [--sets squad2 qed clapnq] [--questions 400] [--cache FOLDER]

Every way reads the same sentences of the paragraph that a question was asked about. "hit@1" is the share of answerable
questions whose best sentence holds the set's answer; AUC tells answerable questions from those that the set's authors
wrote to be unanswerable from that very paragraph. Only documents that nothing was trained or fitted on are read, unless
`--also-fitted` adds those that the reader's eleven weights were fitted on (its network was not).
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.language.vocabulary import Vocabulary
from assistant.question.question import understand
from assistant.reader.features import FEATURES, INTERCEPT, WEIGHTS
from assistant.reader.reading import sentence_candidates
from assistant.search.retrieval import Hit
from benchmarks.sets import SetQuestion, fold, open_set
from benchmarks.table import print_table
from corpus.encoder.opening import open_encoder
from corpus.encoder.protocol import Encoder
from corpus.store.store import Store
from training.fit_reader import reads_all

SETS = ("squad2", "qed", "clapnq")
SEED = 20261122
WAYS = ("cosine", "late_interaction", "cross_encoder")


def main() -> None:
    """Measure every set and print a table each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    parser.add_argument("--questions", type=int, default=400, help="questions per set")
    parser.add_argument("--cache", type=Path, default=None, help="folder that keeps the encoded sets")
    parser.add_argument("--also-fitted", action="store_true", help="with the documents that the weights were fitted on")
    arguments = parser.parse_args()
    encoder = open_encoder()
    folder = arguments.cache or Path(tempfile.mkdtemp())
    folds = ("measured", "fitted") if arguments.also_fitted else ("measured",)
    for name in arguments.sets:
        store, questions = open_set(name, folder, encoder)
        asked = [q for q in questions if fold(q.context) in folds and (not q.answerable or q.gold.get(q.context))]
        asked = random.Random(SEED).sample(asked, min(arguments.questions, len(asked)))
        answerable = sum(question.answerable for question in asked)
        print_table(
            f"{name}, the right paragraph given: {answerable} answerable and {len(asked) - answerable} unanswerable "
            f"questions ({' and '.join(folds)})",
            ("way", "sentence hit@1", "AUC"),
            _measure(store, encoder, asked),
        )
        store.close()


def _measure(store: Store, encoder: Encoder, asked: list[SetQuestion]) -> list[tuple[object, ...]]:
    reader, keywords = reads_all(encoder), store.index.keywords
    vocabulary = Vocabulary(keywords.analyze, keywords.document_frequency, keywords.count())
    documents = {document.path: document for document in store.catalog.documents()}
    scores: dict[str, list[np.ndarray]] = {way: [] for way in (*WAYS, "reader")}
    labels: list[np.ndarray] = []
    for question in asked:
        document = documents[question.context]
        candidates = sentence_candidates([Hit(p, document, 1.0) for p in store.catalog.passages(document)])
        understood = understand(question.text, question.text, vocabulary)
        (matrix,) = reader.features([understood], candidates, vocabulary)
        gold = question.gold.get(question.context, ())
        labels.append(np.array([any(span.overlaps(answer) for answer in gold) for _, span, _ in candidates]))
        for way in WAYS:
            scores[way].append(matrix[:, FEATURES.index(way)])
        scores["reader"].append(matrix @ WEIGHTS + INTERCEPT)
    has_answer = [question.answerable for question in asked]
    return [(way.replace("_", " "), *_figures(found, labels, has_answer)) for way, found in scores.items()]


def _figures(scores: list[np.ndarray], labels: list[np.ndarray], has_answer: list[bool]) -> tuple[str, str]:
    hits = [bool(label[score.argmax()]) for score, label, yes in zip(scores, labels, has_answer, strict=True) if yes]
    if len(set(has_answer)) < 2:
        return f"{np.mean(hits):.3f}", "-"
    return f"{np.mean(hits):.3f}", f"{roc_auc_score(has_answer, [score.max() for score in scores]):.3f}"


if __name__ == "__main__":
    main()
