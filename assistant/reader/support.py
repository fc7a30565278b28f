"""Whether a passage holds a claim: the reader's third head, calibrated, as the checks of a language model want it."""

import math
from collections.abc import Sequence
from typing import Protocol

from assistant.reader.calibration import SUPPORT_INTERCEPT, SUPPORT_WEIGHT


class Claims(Protocol):
    """What judges claims beside passages."""

    def held(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """For each claim and passage the log-odds that the passage holds the claim."""


class TrainedEntailment:
    """The trained network as an `assistant.model.entailment.Entailment`."""

    def __init__(self, network: Claims) -> None:
        self._network = network

    def held(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """For each (claim, passage) the calibrated probability that the passage holds the claim; of nothing, none."""
        odds = iter(self._network.held([pair for pair in claims if pair[1].strip()]))
        return [_probability(next(odds)) if passage.strip() else 0.0 for _, passage in claims]


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-(SUPPORT_WEIGHT * odds + SUPPORT_INTERCEPT)))
