"""A document's text becomes passages: runs of whole sentences that the encoder can read in full.

Boundaries are computed first and the text is sliced after, so every passage is `text[start:end]` to the letter.
Furniture never becomes part of a passage. A sentence longer than the budget is cut at white space, and only a "word"
longer than the budget is cut inside. Passages do not overlap: the reader looks at a passage's neighbours in the
document itself.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from corpus.document import Document, Passage, Span, passage_id
from corpus.sentences import blocks, sentences

_WORD_GAP = re.compile(r"[ \t\r\n]")
CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class ChunkingParameters:
    """How passages are cut; part of the index's fingerprint.

    `longest` is a passage's limit in tokens. At the end of a paragraph, a passage that holds `enough` tokens is
    closed, so that a passage is about one thing.
    """

    longest: int = 180
    enough: int = 70


def passages(document: Document, count_tokens: CountTokens, parameters: ChunkingParameters) -> list[Passage]:
    """Cut `document` into passages of at most `parameters.longest` tokens each."""
    spans = _passage_spans(document, count_tokens, parameters)
    return [
        Passage(
            id=passage_id(document.id, ordinal),
            document_id=document.id,
            ordinal=ordinal,
            span=span,
            text=span.of(document.text),
        )
        for ordinal, span in enumerate(spans)
    ]


def _content_areas(document: Document) -> Iterator[Span]:
    """The stretches that are the document's own words: everything between the furniture and page ends."""
    furniture = sorted(document.furniture)
    position = 0
    for page in document.pages or (Span(0, len(document.text)),):
        start = page.start
        while position < len(furniture) and furniture[position].end <= page.start:
            position += 1
        for gap in islice(furniture, position, None):
            if gap.start >= page.end:
                break
            if gap.start > start:
                yield Span(start, gap.start)
            start = max(start, gap.end)
        if start < page.end:
            yield Span(start, page.end)


def _passage_spans(document: Document, count_tokens: CountTokens, parameters: ChunkingParameters) -> list[Span]:
    return [
        span
        for area in _content_areas(document)
        for span in _passages_of_area(document.text, area, count_tokens, parameters)
    ]


def _passages_of_area(
    text: str, area: Span, count_tokens: CountTokens, parameters: ChunkingParameters
) -> Iterator[Span]:
    """Fill passages with whole sentences, and close one where it is full or a paragraph ends with enough in it."""
    current: Span | None = None
    filled = 0
    for block in blocks(text, area):
        for piece, tokens in _pieces(text, sentences(text, block), count_tokens, parameters.longest):
            together = filled + tokens
            if current is not None and not _WORD_GAP.search(text, current.end, piece.start):
                # Counts add up only across white space: two halves of a word are other tokens than the word.
                together = count_tokens([text[current.start : piece.end]])[0]
            if current is not None and together <= parameters.longest:
                current, filled = Span(current.start, piece.end), together
            else:
                if current is not None:
                    yield current
                current, filled = piece, tokens
        if current is not None and filled >= parameters.enough:
            yield current
            current, filled = None, 0
    if current is not None:
        yield current


def _pieces(text: str, spans: Sequence[Span], count_tokens: CountTokens, longest: int) -> Iterator[tuple[Span, int]]:
    """Each span with its token count; a span over the limit comes in parts."""
    counts = count_tokens([span.of(text) for span in spans])
    for span, count in zip(spans, counts, strict=True):
        if count <= longest:
            yield span, count
        else:
            yield from _pieces(text, _halves(text, span), count_tokens, longest)


def _halves(text: str, span: Span) -> list[Span]:
    """Cut a span near its middle, at white space where there is any."""
    if len(span) < 2:
        raise ValueError(f"one character makes more tokens than a passage may hold: {span.of(text)!r}")
    middle = (span.start + span.end) // 2
    gaps = [match.span() for match in re.finditer(r"\s+", span.of(text))]
    if not gaps:
        return [Span(span.start, middle), Span(middle, span.end)]
    start, end = min(gaps, key=lambda gap: abs(span.start + gap[0] - middle))
    return [Span(span.start, span.start + start), Span(span.start + end, span.end)]
