"""What reading a file comes to beside its text: where its passages lie, and the parties by which it is found.

A `Cutting` goes to the process that reads files, so all it holds can be pickled; where that process stands, and what
it may take, is for `corpus.ingest.isolation`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from corpus.document import Document, Extraction, Passage, Span
from corpus.text.chunking import ChunkingParameters, CountTokens, passage_spans, passages_at, without_repeats

PartiesOf = Callable[[Document], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The spans of a document's passages, in order, and its parties; `repeats` were left out, as equal to others."""

    spans: tuple[Span, ...]
    parties: tuple[str, ...]
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Cutting:
    """How a document is cut and described; `count_tokens` and `parties_of` are pickled by their names."""

    count_tokens: CountTokens
    chunking: ChunkingParameters
    parties_of: PartiesOf

    def of(self, extraction: Extraction, document_id: str) -> Pieces:
        """The pieces of the document that an extraction makes; the id is what functions that remember know it by."""
        document = as_document(extraction, document_id)
        spans = passage_spans(document, self.count_tokens, self.chunking)
        kept = without_repeats(document.text, spans)
        return Pieces(tuple(kept), tuple(self.parties_of(document)) if kept else (), len(spans) - len(kept))


def kept_passages(document: Document, count_tokens: CountTokens, parameters: ChunkingParameters) -> list[Passage]:
    """A stored document's passages as a `Cutting` keeps them."""
    spans = passage_spans(document, count_tokens, parameters)
    return passages_at(document, without_repeats(document.text, spans))


def as_document(extraction: Extraction, id: str, source: str = "", path: str = "", sha256: str = "") -> Document:
    """The document that an extraction makes, less what no store takes."""
    values = {item.name: getattr(extraction, item.name) for item in fields(Extraction)}
    # UTF-16 may hold NULs, which PostgreSQL refuses; all offsets stay what they are.
    values["text"] = values["text"].replace("\0", "\N{REPLACEMENT CHARACTER}")
    values["title"] = values["title"].replace("\0", " ")
    return Document(**values, id=id, source=source, path=path, sha256=sha256)
