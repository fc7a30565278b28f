"""Fits the linear probes on a question's vector: its kind, whether it leans on the conversation, and its language.

    python -m training.probes --out assistant/question/probes.npz

What a question asks for is told from the vector that it is searched by, in every language alike, at no cost (linear
probes: Alain and Bengio, 2016). Learned from the questions of `training/domain/`; a fifth of its clusters is only
measured on. Logistic regression with the strength that served best in five folds over the trained clusters.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import classification_report, roc_auc_score

from corpus.encoder.e5 import E5Encoder
from training.clusters import Question, read_clusters
from training.reader.examples import cluster_is_held_back

_SEED = 20261201
_STRENGTHS = (1.0, 10.0, 100.0)


def main() -> None:
    """Fit, print the figures of the held-back clusters, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("assistant/question/probes.npz"))
    out = parser.parse_args().out
    asked = [(question, cluster_is_held_back(cluster)) for cluster in read_clusters() for question in cluster.questions]
    questions = [question for question, _ in asked]
    held_back = np.asarray([is_held_back for _, is_held_back in asked])
    encoder = E5Encoder()
    vectors = np.stack([encoder.encode_query(question.text) for question in questions])
    kept: dict[str, npt.NDArray[np.generic]] = {}
    for name, labels in _labels(questions).items():
        weights, intercept, classes = _fitted(name, vectors, labels, held_back)
        kept |= {f"{name}.weights": weights.astype(np.float16), f"{name}.intercept": intercept.astype(np.float32)}
        kept[f"{name}.classes"] = classes
    np.savez_compressed(out, **kept)
    print(f"{out}: {out.stat().st_size} bytes")


def _labels(questions: Sequence[Question]) -> dict[str, npt.NDArray[np.str_]]:
    """For each probe what every question is."""
    return {
        "kind": np.asarray([question.kind for question in questions]),
        "leaning": np.asarray(["leans" if question.history else "alone" for question in questions]),
        "language": np.asarray([question.language for question in questions]),
    }


def _fitted(
    name: str, vectors: npt.NDArray[np.float32], labels: npt.NDArray[np.str_], held_back: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.str_]]:
    """Weights of shape (classes, dimension), intercepts, and the classes; a probe of two has two rows as well."""
    model = LogisticRegressionCV(
        Cs=_STRENGTHS, cv=5, max_iter=400, random_state=_SEED, scoring="neg_log_loss", l1_ratios=(0.0,),
        use_legacy_attributes=False,
    )  # fmt: skip
    model.fit(vectors[~held_back], labels[~held_back])
    told = model.predict(vectors[held_back])
    print(f"\n{name}: right for {np.mean(told == labels[held_back]):.3f} of {held_back.sum()}, C {model.C_}")
    print(classification_report(labels[held_back], told, digits=2, zero_division=0))
    weights, intercept, classes = model.coef_, model.intercept_, model.classes_
    if len(classes) == 2:
        print(f"AUC {roc_auc_score(labels[held_back], model.decision_function(vectors[held_back])):.3f}")
        weights, intercept = np.vstack([-weights, weights]) / 2, np.concatenate([-intercept, intercept]) / 2
    return weights, intercept, classes


if __name__ == "__main__":
    main()
