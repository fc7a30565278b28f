"""Evidence made of single sentences, each its own document, and what is composed of it."""

from collections.abc import Sequence

from asking import ask

from assistant.compose.draft import Draft
from assistant.compose.extractive import compose
from assistant.question.shapes import Shape
from assistant.reader.reading import Evidence
from corpus.document import Document, Span


def found(text: str, score: float, **metadata: object) -> Evidence:
    """One sentence that is its own document, with the title and parties given."""
    values = {"title": "Talks", "published": "2025-01-01", "parties": ("Latvia", "Azerbaijan"), **metadata}
    document = Document(text=text, id=str(abs(hash((text, str(values))))), path=text, **values)  # type: ignore[arg-type]
    return Evidence(document=document, span=Span(0, len(text)), text=text, score=score)


def texts(draft: Draft) -> list[str]:
    """The sentences of a draft."""
    return [item.text for item in draft.evidence]


def compose_sorted(question: str, evidence: Sequence[Evidence], shape: Shape = Shape.EXPLANATION) -> Draft:
    """What is composed of the evidence, the best first."""
    return compose(ask(question, shape=shape), sorted(evidence, key=lambda item: -item.score))
