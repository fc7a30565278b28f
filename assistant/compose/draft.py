"""What a composer hands on: sentences in reading order and the assistant's own remark, before anything is verified."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.answer import EXTRACTIVE, Layout, Outcome
from assistant.reader.reading import Evidence

# Two sentences that share more of their words than this say the same thing.
SAME_WORDING = 0.75


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in words of its own, the evidence that it cites, and how it stands beside the one before it."""

    text: str
    evidence: tuple[Evidence, ...]
    layout: Layout = Layout.RUNNING

    @classmethod
    def quoting(cls, item: Evidence, layout: Layout = Layout.RUNNING) -> "Sentence":
        """A sentence of the evidence word for word, in quotation marks among a language model's."""
        return cls(f"“{readable(item.text)}”", (item,), layout)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answer will say: evidence in reading order, and the assistant's own remark about the record.

    `whole` where every piece of the evidence has to be told. `prose` is what a language model, the `composer`, made of
    the evidence, checked; without it the evidence is told word for word.
    """

    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()
    remark: str = ""
    closest: tuple[Evidence, ...] = ()
    whole: bool = False
    prose: tuple[Sentence, ...] = ()
    composer: str = EXTRACTIVE
    warnings: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[Evidence, ...]:
        """The evidence that the answer tells, each piece once."""
        cited = [item for sentence in self.prose for item in sentence.evidence]
        return tuple(item for number, item in enumerate(cited) if item not in cited[:number]) or self.evidence

    def and_also(self, item: Evidence) -> "Draft":
        """The draft with a piece of evidence told word for word at its end."""
        if self.prose:
            return replace(self, prose=(*self.prose, Sentence(readable(item.text), (item,))))
        return replace(self, evidence=(*self.evidence, item))


def readable(quote: str) -> str:
    """A quote as prose: white space and line breaks as single spaces, Markdown emphasis and links as plain text."""
    text = re.sub(r"\[([^\[\]]*+)\]\([^)\[]*+\)", r"\1", quote)
    text = re.sub(r"(\*\*|__)(?=\S)(.{1,1000}?)(?<=\S)\1", r"\2", text)
    return re.sub(r"\s+", " ", text).strip()


def repeats(text: str, others: Iterable[str]) -> bool:
    """Whether a sentence says in nearly the same words what one of the others says, of the same names and numbers."""
    return any(_says_the_same(text, other) for other in others)


def _says_the_same(one: str, other: str) -> bool:
    words, other_words = set(one.lower().split()), set(other.lower().split())
    if len(words & other_words) <= SAME_WORDING * min(len(words), len(other_words)):
        return False
    names, other_names = _names_and_numbers(one), _names_and_numbers(other)
    return names <= other_names or other_names <= names


def _names_and_numbers(text: str) -> set[str]:
    words = [word.strip(".,;:!?()“”\"'") for word in text.split()]
    return {word for place, word in enumerate(words) if word[:1].isdigit() or (place and word[:1].isupper())}
