"""How well the support checker tells supported claims from others, against word overlap and plain similarity.

    python benchmarks/support.py [--claims 600]

WiCE (Kamoi et al., 2023): a sentence of Wikipedia and the article it cites; only what is supported as a whole counts as
supported. BEGIN (Dziri et al., 2022): a chat model's reply and the passage it was given. The cited sentences of WiCE
are the first set that people marked, or the three with the most common words where nothing supports the claim. Every
way has one threshold, fitted on one half of the claims of both sets for the best F0.5 (a false "supported" costs more
than a lost sentence) and reported on the other half.
"""

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.model.entailment import SUPPORTED_FROM, WordingEntailment, word_overlap
from assistant.model.support import broken_rules
from benchmarks.table import print_table
from corpus.encoder.opening import open_encoder
from corpus.encoder.protocol import Encoder

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SEED = 20261122
BEST_BY_WORDS = 3
WAYS = ("word overlap", "cosine", "late interaction", "score alone", "rules alone", "the checker")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, the sentences it cites, and whether they support all of it."""

    source: str
    id: str
    text: str
    cited: tuple[str, ...]
    supported: bool

    @property
    def held_back(self) -> bool:
        """Whether the claim is of the half that nothing is fitted on."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 1


def main() -> None:
    """Fit every way's threshold on one half and print how it does on the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=600, help="at most so many of each set, both halves together")
    arguments = parser.parse_args()
    claims = [claim for load in (wice, begin) for claim in sampled(list(load()), arguments.claims)]
    scores = scored(claims, open_encoder())
    supported = np.array([claim.supported for claim in claims])
    held_back = np.array([claim.held_back for claim in claims])
    rows = []
    for source in ("wice", "begin", "both"):
        of_source = held_back & np.array([source in (claim.source, "both") for claim in claims])
        for way in WAYS:
            threshold = fitted(scores[way][~held_back], supported[~held_back])
            figures = measured(scores[way][of_source], supported[of_source], threshold)
            told = "-" if way == "rules alone" else f"{threshold:.2f}"
            rows.append((source, int(of_source.sum()), f"{supported[of_source].mean():.2f}", way, told, *figures))
    header = ("set", "claims", "supported", "way", "from", "precision", "recall", "F0.5", "AUC")
    print_table("Supported or not, held-back half", header, rows)
    figures = measured(scores["the checker"][held_back], supported[held_back], SUPPORTED_FROM)
    print(f"\nAs shipped, from {SUPPORTED_FROM:.2f}, both sets: precision {figures[0]}, recall {figures[1]}")


def wice() -> Iterator[Claim]:
    """The claims of WiCE's development set."""
    for row in _rows("wice_dev/claims.jsonl"):
        sentences, marked = row["evidence_sentences"], row["supporting_sentences"][0]
        common = sorted(sentences, key=lambda text: -word_overlap(row["claim"], [text]))[:BEST_BY_WORDS]
        cited = [sentences[number] for number in marked] or common
        yield Claim("wice", row["id"], row["claim"], tuple(cited), row["label"] == "supported")


def begin() -> Iterator[Claim]:
    """The replies of BEGIN, less those that claim nothing."""
    for row in _rows("begin/pairs.jsonl"):
        if row["label"] != "generic":
            yield Claim("begin", row["id"], row["claim"], (row["evidence"],), row["label"] == "supported")


def sampled(claims: list[Claim], count: int) -> list[Claim]:
    """So many claims at random, the same ones every time."""
    random.Random(SEED).shuffle(claims)
    return claims[:count]


def scored(claims: Sequence[Claim], encoder: Encoder) -> Mapping[str, np.ndarray]:
    """For every way the claims' scores, between 0 and 1; what breaks a literal rule has 0 from the last two."""
    checker = WordingEntailment(encoder)
    score = np.array([checker.score(claim.text, claim.cited) for claim in claims])
    literal = np.array([not any(broken_rules(claim.text, claim.cited)) for claim in claims], dtype=float)
    return {
        "word overlap": np.array([word_overlap(claim.text, claim.cited) for claim in claims]),
        "cosine": np.array(
            [float(encoder.encode_query(claim.text) @ encoder.encode_query(" ".join(claim.cited))) for claim in claims]
        ),
        "late interaction": np.array([late_interaction(claim, encoder) for claim in claims]),
        "score alone": score,
        "rules alone": literal,
        "the checker": literal * score,
    }


def late_interaction(claim: Claim, encoder: Encoder) -> float:
    """Each token's nearest one in the cited sentences, averaged over the claim."""
    vectors, *sources = encoder.token_vectors([claim.text, *claim.cited])
    return float((vectors @ np.concatenate(sources).T).max(axis=1).mean())


def fitted(scores: np.ndarray, supported: np.ndarray) -> float:
    """The threshold with the best F0.5, in steps of 0.01."""
    candidates = np.arange(0.01, 1.0, 0.01)
    return float(max(candidates, key=lambda threshold: _f_half(*_precision_recall(scores >= threshold, supported))))


def measured(scores: np.ndarray, supported: np.ndarray, threshold: float) -> tuple[str, ...]:
    """Precision, recall and F0.5 of "supported" at a threshold, and the area under the ROC curve."""
    precision, recall = _precision_recall(scores >= threshold, supported)
    return tuple(f"{value:.2f}" for value in (precision, recall, _f_half(precision, recall), _area(scores, supported)))


def _precision_recall(told: np.ndarray, supported: np.ndarray) -> tuple[float, float]:
    right = float((told & supported).sum())
    return right / max(float(told.sum()), 1.0), right / max(float(supported.sum()), 1.0)


def _f_half(precision: float, recall: float) -> float:
    return 1.25 * precision * recall / (0.25 * precision + recall) if precision and recall else 0.0


def _area(scores: np.ndarray, supported: np.ndarray) -> float:
    above = scores[supported][:, None] - scores[~supported][None, :]
    return float((above > 0).mean() + 0.5 * (above == 0).mean())


def _rows(path: str) -> Iterator[dict]:
    with (DATA / path).open(encoding="utf-8") as file:
        yield from map(json.loads, file)


if __name__ == "__main__":
    main()
