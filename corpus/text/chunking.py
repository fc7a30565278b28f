"""A document's text becomes passages: runs of whole sentences that the encoder can read in full.

Boundaries are computed first and the text is sliced after, so every passage is `text[start:end]` to the letter.
Furniture never becomes part of a passage. A sentence longer than the budget is cut at white space, and only a "word"
longer than the budget is cut inside. A passage is bounded in characters too: a megabyte without a space is one token
to some encoders, and whatever reads passages later takes time by their length. Passages do not overlap: the reader
looks at a passage's neighbours in the document itself.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from corpus.document import Document, Passage, Span, passage_id
from corpus.text.sections import headings
from corpus.text.sentences import blocks, sentences

# Three times what the longest passages of prose have; far below what would make reading one slow.
LONGEST_CHARACTERS = 4_000
# A heading or a clause of a contract may stand in a document as often; thousands of equal passages are a flood.
MOST_EQUAL = 8
_WORD_GAP = re.compile(r"[ \t\r\n]")
CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class ChunkingParameters:
    """How passages are cut; part of the index's fingerprint.

    `longest` is a passage's limit in tokens. At the end of a paragraph, a passage that holds `enough` tokens is
    closed, so that a passage is about one thing; before a heading, one that holds `least`, so that an article of a
    treaty stands under its own.
    """

    longest: int = 190
    enough: int = 75
    least: int = 25


def passages(document: Document, count_tokens: CountTokens, parameters: ChunkingParameters) -> list[Passage]:
    """Cut `document` into passages of at most `parameters.longest` tokens each."""
    return passages_at(document, passage_spans(document, count_tokens, parameters))


def without_repeats(text: str, spans: Sequence[Span]) -> list[Span]:
    """Of spans whose texts are equal, the first few: the same words once more tell nobody anything."""
    seen: Counter[str] = Counter()
    kept = []
    for span in spans:
        words = span.of(text)
        seen[words] += 1
        if seen[words] <= MOST_EQUAL:
            kept.append(span)
    return kept


def passages_at(document: Document, spans: Sequence[Span]) -> list[Passage]:
    """The passages of `document` that lie at these spans, in order."""
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
    """The stretches that are the document's own words: everything between the furniture and page ends.

    A page that begins where the one before it ends goes on with its sentence, and is of one stretch with it.
    """
    furniture = sorted(document.furniture)
    position = 0
    for page in _unbroken(document.pages or (Span(0, len(document.text)),)):
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


def _unbroken(pages: Sequence[Span]) -> Iterator[Span]:
    """Pages as stretches of text, those that share a sentence as one."""
    start, end = pages[0].start, pages[0].end
    for page in pages[1:]:
        if page.start > end:
            yield Span(start, end)
            start = page.start
        end = page.end
    yield Span(start, end)


def passage_spans(document: Document, count_tokens: CountTokens, parameters: ChunkingParameters) -> list[Span]:
    """Where the passages of `document` lie, equal ones too; see `passages`."""
    parting = frozenset(heading.start for heading in headings(document.text))
    return [
        span
        for area in _content_areas(document)
        for span in _passages_of_area(document.text, area, count_tokens, parameters, parting)
    ]


def _passages_of_area(
    text: str, area: Span, count_tokens: CountTokens, parameters: ChunkingParameters, parting: frozenset[int]
) -> Iterator[Span]:
    """Fill passages with whole sentences, and close one where it is full or a paragraph ends with enough in it.

    `parting` are the places of headings, before which less is enough.
    """
    current: Span | None = None
    filled = 0
    for block in blocks(text, area):
        if current is not None and block.start in parting and filled >= parameters.least:
            yield current
            current, filled = None, 0
        for piece, tokens in _pieces(text, sentences(text, block), count_tokens, parameters.longest):
            together = filled + tokens
            if current is not None and piece.end - current.start > LONGEST_CHARACTERS:
                together = parameters.longest + 1
            elif current is not None and not _WORD_GAP.search(text, current.end, piece.start):
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
        if count <= longest and len(span) <= LONGEST_CHARACTERS:
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
