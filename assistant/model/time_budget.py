"""The time that a language model has for one answer, and what it wrote in it."""

import time
from dataclasses import dataclass, field

from assistant.model.usage import Usage


@dataclass(slots=True)
class TimeBudget:
    """The time that one answer has of a language model, and what its requests took.

    `deadline` is in `time.monotonic` seconds; `asker` is whose budget of the day it is taken from.
    """

    deadline: float
    taken: list[Usage] = field(default_factory=list)
    asker: str = ""

    def part(self, share: float) -> "TimeBudget":
        """A share of the time that is left, on the same account."""
        now = time.monotonic()
        return TimeBudget(now + share * (self.deadline - now), self.taken, self.asker)

    def __str__(self) -> str:
        return "; ".join(map(str, self.taken))


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a model wrote, and what that took."""

    text: str
    usage: Usage
