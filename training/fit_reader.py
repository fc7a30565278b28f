"""Fits the evidence reader's weights on public sets and prints them, with their figures on questions held back.

    python training/fit_reader.py [--questions 400]

Logistic regression over `assistant.reader.reading.FEATURES`: one row per sentence of the retrieved passages, positive
where it holds the set's answer; every sentence of an unanswerable question is negative. Only documents that the network
was not trained on are used, half of them to fit and half to measure. Fixed seed; the weights it prints go into
`assistant/reader/features.py` by hand.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.language.vocabulary import Vocabulary
from assistant.question.question import understand
from assistant.reader.cross_encoder import CrossEncoder
from assistant.reader.features import FEATURES
from assistant.reader.reading import EvidenceReader, sentence_candidates
from assistant.search.retrieval import HybridRetriever
from benchmarks.sets import SetQuestion, fold, held_back, open_set
from corpus.encoder.opening import open_encoder
from corpus.encoder.protocol import Encoder

SETS = ("squad2", "clapnq", "qed")
PASSAGES = 8
SEED = 20261122
# In these sets a document is one paragraph, so that the first hit is right more often than in a folder of long
# documents; fitted freely, the weight is 8 and the reader hardly reads. 3 was best of 0, 1, 2, 3, 5 and 8 on the
# shipped questions (supporting document of the best sentence).
RETRIEVAL_WEIGHT = 3.0


def rows_of(name: str, folder: Path, encoder: Encoder, limit: int) -> list[dict]:
    """One entry per question: its features, which sentences answer, and the document it is split by."""
    store, questions = open_set(name, folder, encoder)
    questions = [q for q in questions if held_back(q) and (not q.answerable or any(q.gold.values()))]
    random.Random(SEED).shuffle(questions)
    retriever, reader = HybridRetriever(store=store, count=PASSAGES), reads_all(encoder)
    keywords = store.index.keywords
    vocabulary = Vocabulary(keywords.analyze, keywords.document_frequency, keywords.count())
    found = []
    for question in questions[:limit]:
        hits = retriever.search(question.text)
        candidates = sentence_candidates(hits)
        understood = understand(question.text, question.text, vocabulary)
        labels = [_answers(question, hit.document.path, span) for hit, span, _ in candidates]
        if question.answerable and not any(labels):
            continue
        (matrix,) = reader.features([understood], candidates, vocabulary)
        found.append(
            {
                "set": name,
                "x": matrix,
                "y": np.array(labels),
                "answerable": question.answerable,
                "fold": fold(question.context),
                "texts": [text for *_, text in candidates],
            }
        )
    store.close()
    return found


def reads_all(encoder: Encoder) -> EvidenceReader:
    """A reader that runs its models for every sentence, whatever that costs."""
    return EvidenceReader(encoder, CrossEncoder(), characters_read=sys.maxsize, sentences_compared=sys.maxsize)


def _answers(question: SetQuestion, path: str, span) -> bool:
    return any(gold.overlaps(span) for gold in question.gold.get(path, ()))


def fitted(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and intercept of a logistic regression (L2 penalty 1) in which retrieval's weight is held fixed."""
    retrieval = FEATURES.index("retrieval")
    offset = RETRIEVAL_WEIGHT * x[:, retrieval]
    free = x.copy()
    free[:, retrieval] = 0

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logit = free @ parameters[:-1] + parameters[-1] + offset
        error = weight * (1 / (1 + np.exp(-logit)) - y)
        value = (weight * (np.logaddexp(0, logit) - y * logit)).sum() + (parameters[:-1] ** 2).sum() / 2
        return value, np.append(free.T @ error + parameters[:-1], error.sum())

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B").x
    found[retrieval] = RETRIEVAL_WEIGHT
    return found[:-1], float(found[-1])


def figures(questions: list[dict], score) -> tuple[float, float]:
    """(share of answerable questions whose best sentence answers, AUC of answerable against unanswerable)."""
    best = [score(q["x"]) for q in questions]
    hits = [bool(q["y"][s.argmax()]) for q, s in zip(questions, best, strict=True) if q["answerable"]]
    labels = [q["answerable"] for q in questions]
    auc = roc_auc_score(labels, [s.max() for s in best]) if len(set(labels)) > 1 else float("nan")
    return float(np.mean(hits)), float(auc)


def main() -> None:
    """Fit, print the weights and the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=450, help="questions per set")
    parser.add_argument("--cache", type=Path, default=None, help="folder that keeps the encoded sets")
    arguments = parser.parse_args()
    encoder = open_encoder()
    folder = arguments.cache or Path(tempfile.mkdtemp())
    questions = [row for name in SETS for row in rows_of(name, folder, encoder, arguments.questions)]
    train = [q for q in questions if q["fold"] == "fitted"]
    test = [q for q in questions if q["fold"] == "measured"]
    x, y = np.vstack([q["x"] for q in train]), np.concatenate([q["y"] for q in train])
    # Each question counts the same, whatever number of sentences it has.
    weight = np.concatenate([np.full(len(q["y"]), 20 / len(q["y"])) for q in train])
    weights, intercept = fitted(x, y.astype(float), weight)
    for name, value in zip(FEATURES, weights, strict=True):
        print(f"{name:20} {value:8.2f}")
    print(f"{'intercept':20} {intercept:8.2f}")
    print(f"\n{'measured on':12} {'n':>5} {'sentence hit@1':>15} {'AUC':>6}   (late interaction alone)")
    for name in SETS:
        part = [q for q in test if q["set"] == name]
        hit, auc = figures(part, lambda matrix: matrix @ weights + intercept)
        base_hit, base_auc = figures(part, lambda matrix: matrix[:, 0])
        print(f"{name:12} {len(part):5} {hit:15.3f} {auc:6.3f}   ({base_hit:.3f} {base_auc:.3f})")


if __name__ == "__main__":
    main()
