"""What a language model took since the start, summed up by purpose: for whoever watches its cost and its failures."""

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace


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


class Tally:
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
