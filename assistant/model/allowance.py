"""What a language model may take for one answer, and what each request took: time, tokens, cost."""

import time
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Allowance:
    """The time that one answer has of a language model, and what its requests took.

    `deadline` is in `time.monotonic` seconds; `asker` is whose budget of the day it is taken from.
    """

    deadline: float
    taken: list[Usage] = field(default_factory=list)
    asker: str = ""

    def part(self, share: float) -> "Allowance":
        """A share of the time that is left, on the same account."""
        now = time.monotonic()
        return Allowance(now + share * (self.deadline - now), self.taken, self.asker)

    def __str__(self) -> str:
        return "; ".join(map(str, self.taken))


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote, and what that took."""

    text: str
    usage: Usage
