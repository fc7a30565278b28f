"""What a language model is given: the best passages whole, sentence by sentence, grouped by document.

Every sentence has a number, counted from 1 in the order of the prompt, and each is told with its document and section.
The sentence before and after a passage comes along. Sentences that order somebody about are left out, and what does not
fit into the model's window. Which passages are best is decided before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.language.orders import gives_orders
from assistant.reader.reading import Evidence
from assistant.search.retrieval import Hit
from corpus.document import Document, Span
from corpus.text.sentences import blocks, sentences, without_marker

MOST_PASSAGES = 20
# Evidence of the reader beyond the passages: so many sentences, none much worse than its best.
MOST_EVIDENCE = 24
CLOSE_TO_BEST = 0.3
# How far before and after a passage its neighbours are looked for.
_NEIGHBOURHOOD = 600
_LONGEST_LABEL = 120


@dataclass(frozen=True, slots=True)
class GivenEvidence:
    """The sentences of a prompt in its order; `sentences[n - 1]` bears the number n.

    `likely` are the numbers of those that the rules' own draft chose.
    """

    sentences: tuple[Evidence, ...]
    likely: tuple[int, ...] = ()

    def numbered(self, number: int) -> Evidence | None:
        """The sentence of a number; None where there is none."""
        return self.sentences[number - 1] if 0 < number <= len(self.sentences) else None

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents of the sentences, in the order of the prompt."""
        return tuple({item.document.id: item.document for item in self.sentences}.values())


def gather(
    chosen: Sequence[Evidence], evidence: Sequence[Evidence], passages: Sequence[Hit], *, most_characters: int
) -> GivenEvidence:
    """All that was chosen, then the passages, best first, then the best of the reader's evidence, while there is room.

    Sentences are grouped by document, the best document first, and stand in their document's order.
    """
    pool = _Pool(most_characters)
    for item in chosen:
        pool.add([item], always=True)
    read = {(item.document.id, item.span.start): item for item in evidence}
    for hit in passages[:MOST_PASSAGES]:
        whole = [read.get((item.document.id, item.span.start), item) for item in sentences_around(hit)]
        if not pool.add(whole):
            break
    least = CLOSE_TO_BEST * max((item.score for item in evidence), default=0.0)
    for item in evidence[:MOST_EVIDENCE]:
        if item.score < least or not pool.add([item]):
            break
    ordered = pool.grouped()
    likely = tuple(number for number, item in enumerate(ordered, start=1) if item in chosen)
    return GivenEvidence(ordered, likely)


class _Pool:
    """Sentences of several documents, none twice, up to a number of characters."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._by_document: dict[str, list[Evidence]] = {}

    def add(self, items: Sequence[Evidence], *, always: bool = False) -> bool:
        """Add what is new of a passage, all of it; False where there is no room for it."""
        new = [item for item in items if not self._has(item)]
        needed = sum(len(item.text) for item in new)
        if needed > self._room and not always:
            return False
        self._room -= needed
        for item in new:
            self._by_document.setdefault(item.document.id, []).append(item)
        return True

    def grouped(self) -> tuple[Evidence, ...]:
        """By document in the order of their first sentence, each in the order of its text."""
        by_place = (sorted(items, key=lambda item: item.span) for items in self._by_document.values())
        return tuple(item for items in by_place for item in items)

    def _has(self, item: Evidence) -> bool:
        return any(item.span.overlaps(other.span) for other in self._by_document.get(item.document.id, ()))


def sentences_around(hit: Hit) -> Iterator[Evidence]:
    """The sentences of a passage with those before and after it; headings and orders are left out."""
    document, span = hit.document, hit.passage.span
    around = _widened(document, span)
    found = [item for block in blocks(document.text, around) for item in _of_block(document, block)]
    within = [number for number, item in enumerate(found) if item.overlaps(span)]
    if not within:
        return
    for part in found[max(0, within[0] - 1) : within[-1] + 2]:
        text = part.of(document.text)
        is_furniture = any(part.overlaps(other) for other in document.furniture)
        if not is_furniture and not gives_orders(text):
            yield Evidence(document, part, text, hit.score)


def section_of(item: Evidence) -> str:
    """The nearest Markdown heading above a sentence; empty where there is none, or it gives orders."""
    text = item.document.text
    start = (
        0 if text.startswith("#") and "\n#" not in text[: item.span.start] else text.rfind("\n#", 0, item.span.start)
    )
    if start < 0:
        return ""
    return label(text[start : item.span.start].lstrip("\n").partition("\n")[0].strip("# "))


def label(text: str | None) -> str:
    """A title, heading or publisher on one line, cut; empty where it orders somebody about."""
    line = " ".join((text or "").split())[:_LONGEST_LABEL]
    return "" if gives_orders(line) else line


def _of_block(document: Document, block: Span) -> Iterator[Span]:
    for sentence in sentences(document.text, block):
        span = without_marker(document.text, sentence)
        if document.text[sentence.start : sentence.start + 1] != "#" and len(span.of(document.text).split()) > 1:
            yield span


def _widened(document: Document, span: Span) -> Span:
    """The span with the lines around it that lie wholly in its neighbourhood."""
    text = document.text
    lowest, highest = span.start - _NEIGHBOURHOOD, span.end + _NEIGHBOURHOOD
    start = 0 if lowest <= 0 else text.find("\n", lowest, span.start) + 1 or span.start
    end = len(text) if highest >= len(text) else text.rfind("\n", span.end, highest)
    return Span(start, end if end >= span.end else span.end)
