"""What a composer hands on: sentences in reading order and the assistant's own remark, before anything is verified."""

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.answer import Outcome
from assistant.reading import Evidence

# Two sentences that share more of their words than this say the same thing.
SAME_WORDING = 0.75


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answer will say: evidence in reading order, and the assistant's own remark about the record."""

    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()
    remark: str = ""
    closest: tuple[Evidence, ...] = ()


def repeats(text: str, others: Iterable[str]) -> bool:
    """Whether a sentence says in nearly the same words what one of the others says."""
    words = set(text.lower().split())
    return any(
        len(words & (other_words := set(other.lower().split()))) > SAME_WORDING * min(len(words), len(other_words))
        for other in others
    )
