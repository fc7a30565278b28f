"""Questions understood without a model: what the probes would tell is said by the test."""

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.question.question import Question, understand
from assistant.question.shapes import Asked, Shape
from assistant.reader.network import Passage, Reading


class FakeProbes:
    """Probes that tell of every question what a test says: its shape, and whether it leans on the conversation."""

    def __init__(
        self,
        shapes: Mapping[str, Shape] | None = None,
        *,
        leaning: Sequence[str] = (),
        language: str = "en",
        otherwise: Shape = Shape.EXPLANATION,
    ) -> None:
        self._shapes = shapes or {}
        self._leaning = leaning
        self._language = language
        self._otherwise = otherwise

    def asked(self, question: str) -> Asked:
        shape = self._shapes.get(question, self._otherwise)
        return Asked(shape, 1.0, "what", float(question in self._leaning), self._language, 1.0)


class FakeNetwork:
    """A network for which a sentence answers that holds one of these words, and the passage that it stands in."""

    def __init__(self, *answering: str, odds: float = 8.0) -> None:
        self.answering = answering
        self.odds = odds
        self.read_questions: list[str] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.read_questions.append(question)
        found = []
        for passage in passages:
            told = [span.of(passage.text) for span in passage.sentences]
            odds = [self.odds if any(word in text for word in self.answering) else -self.odds for text in told]
            found.append(Reading(tuple(odds), max(odds, default=-self.odds)))
        return found


def ask(text: str, *earlier: str, shape: Shape = Shape.EXPLANATION, language: str = "en", **told: Any) -> Question:
    """The question, understood where every word is one of documents."""
    return understand(text, earlier, FakeProbes(otherwise=shape, language=language, **told), lambda _: True)
