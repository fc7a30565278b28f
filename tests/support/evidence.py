"""Evidence made of single sentences, each its own document, and what is composed of it."""

from collections.abc import Sequence

from assistant.compose.draft import Draft
from assistant.compose.extractive import compose
from assistant.language.vocabulary import Vocabulary
from assistant.question.question import Question, understand
from assistant.reader.reading import Evidence
from corpus.document import Document, Span
from corpus.index.keywords import analyze


def ask(text: str) -> Question:
    """The question, understood where every word is one of documents."""
    return understand(text, text, Vocabulary(analyze, lambda _: 1, 10))


def found(text: str, score: float, **metadata: object) -> Evidence:
    """One sentence that is its own document, with the title and parties given."""
    values = {"title": "Talks", "published": "2025-01-01", "parties": ("Latvia", "Azerbaijan"), **metadata}
    document = Document(text=text, id=str(abs(hash((text, str(values))))), path=text, **values)  # type: ignore[arg-type]
    return Evidence(
        document=document,
        span=Span(0, len(text)),
        text=text,
        score=score,
        terms=frozenset(analyze(text)),
        context=frozenset(analyze(text)),
    )


def texts(draft: Draft) -> list[str]:
    """The sentences of a draft."""
    return [item.text for item in draft.evidence]


def compose_sorted(question: str, evidence: Sequence[Evidence]) -> Draft:
    """What is composed of the evidence, the best first."""
    return compose(ask(question), sorted(evidence, key=lambda item: -item.score))
