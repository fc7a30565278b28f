"""What requests to a language model took, each by itself and summed up by purpose: for whoever watches its cost."""

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

Prices = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Usage:
    """What one request took: tokens (None where the provider does not tell), seconds, cost in the unit of the price."""

    purpose: str
    tokens_in: int | None
    tokens_out: int | None
    seconds: float
    cost: float | None

    def __str__(self) -> str:
        told = [str(count) if count is not None else "?" for count in (self.tokens_in, self.tokens_out)]
        cost = f", cost {self.cost:.6f}" if self.cost is not None else ""
        return f"{self.purpose}: {told[0]} tokens in, {told[1]} out, {self.seconds:.2f} s{cost}"


@dataclass(frozen=True, slots=True)
class Total:
    """Sums over requests of one purpose: tokens as far as the provider tells, seconds, cost in the unit of the price.

    `failures` are requests that gave nothing usable; `requests` counts them too.
    """

    requests: int = 0
    failures: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    cost: float = 0.0


class UsageTotals:
    """Totals by purpose. Safe to use from many threads."""

    def __init__(self) -> None:
        self._totals: dict[str, Total] = defaultdict(Total)
        self._lock = threading.Lock()

    def answered(self, purpose: str, tokens: tuple[int | None, int | None], seconds: float, cost: float | None) -> None:
        """Count a request that was answered; `tokens` are those read and those written."""
        with self._lock:
            so_far = self._totals[purpose]
            self._totals[purpose] = replace(
                so_far,
                requests=so_far.requests + 1,
                tokens_in=so_far.tokens_in + (tokens[0] or 0),
                tokens_out=so_far.tokens_out + (tokens[1] or 0),
                seconds=so_far.seconds + seconds,
                cost=so_far.cost + (cost or 0.0),
            )

    def failed(self, purpose: str, seconds: float) -> None:
        """Count a request that gave nothing usable."""
        with self._lock:
            so_far = self._totals[purpose]
            self._totals[purpose] = replace(
                so_far,
                requests=so_far.requests + 1,
                failures=so_far.failures + 1,
                seconds=so_far.seconds + seconds,
            )

    def totals(self) -> Mapping[str, Total]:
        """The sums so far, by purpose."""
        with self._lock:
            return dict(self._totals)
