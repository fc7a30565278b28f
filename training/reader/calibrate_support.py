"""Calibrates the support head on claims that the network was never trained on, and says what it keeps and shows.

    python -m training.reader.calibrate_support

Of the held-back clusters' claims half fit the logistic regression; the other half, and BEGIN's held-back replies, give
the figures at the threshold that keeps 95 % of what is held: how much of each kind of falsehood is shown.
"""

import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.reader.network import ReaderNetwork
from training.reader.examples import HELD, Pair, attributed, domain, held_back_clusters

_SEED = 20261201
_OF_BEGIN = 300


def main() -> None:
    """Print the regression and the figures."""
    generator = random.Random(_SEED)
    claims = [pair for pair in domain(held_back_clusters(), generator) if pair.verdict is not None]
    begin = generator.sample(attributed(held_back=True), _OF_BEGIN)
    generator.shuffle(claims)
    network = ReaderNetwork()
    odds = np.asarray(network.held([(pair.asked, _passage(pair)) for pair in claims]))
    held = np.asarray([pair.verdict == HELD for pair in claims])
    half = len(claims) // 2
    model = LogisticRegression(C=100.0).fit(odds[:half, np.newaxis], held[:half])
    print(f"weight and intercept: {model.coef_[0][0]:.3f}, {model.intercept_[0]:.3f}")
    threshold = float(np.quantile(odds[:half][held[:half]], 0.05))
    probability = model.predict_proba([[threshold]])[0, 1]
    print(f"keeps 95 % of the first half from {probability:.3f} on; on the second half:")
    _print(claims[half:], odds[half:], threshold)
    replies = np.asarray(network.held([(pair.asked, _passage(pair)) for pair in begin]))
    _print(begin, replies, threshold)


def _passage(pair: Pair) -> str:
    return f"{pair.lead}\n{pair.text}" if pair.lead else pair.text


def _print(pairs: Sequence[Pair], odds: np.ndarray, threshold: float) -> None:
    rows = defaultdict(list)
    for pair, value in zip(pairs, odds, strict=True):
        for name in (pair.kind, f"{pair.kind.split(' ')[0]} all", f"{pair.kind.split(' ')[0]} in {pair.language}"):
            rows[name].append((pair.verdict == HELD, float(value)))
    for name, found in sorted(rows.items()):
        own = [value >= threshold for is_held, value in found if is_held]
        others = [value >= threshold for is_held, value in found if not is_held]
        told = [f"{name}: {len(found)}"]
        told += [f"kept {np.mean(own):.3f} of {len(own)}"] if own else []
        told += [f"shown {np.mean(others):.3f} of {len(others)}"] if others else []
        if own and others:
            told.append(f"AUC {roc_auc_score([held for held, _ in found], [value for _, value in found]):.3f}")
        print(", ".join(told))


if __name__ == "__main__":
    main()
