"""Running headers, feet and page numbers: what stands at the same place of page after page.

They are told apart by repetition alone, in any language. A number that changes from page to page is the page's own;
what else is said there (DRAFT, the name of a series) is kept and told as a remark.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from corpus.readers.pdf.layout import Line, Segment

_LINES_AT_EDGE = 5
_SHARE = 0.4  # of the pages: headers of left and right pages differ
_MOST_WORDS_OF_A_NUMBER = 2  # "Page 3", "page 3 of 9"


@dataclass(frozen=True, slots=True)
class Margins:
    """What stands in the margins: the segments that are no text, and what they say with the pages that say it."""

    segments: frozenset[int]
    told: tuple[tuple[str, int], ...]


def margins(pages: Sequence[Sequence[Line]], heights: Sequence[tuple[float, float]]) -> Margins:
    """The margins of all pages; `heights` are where each page begins and ends, from below."""
    at_edge: list[list[tuple[Segment, int]]] = [
        list(_at_edge(lines, *height)) for lines, height in zip(pages, heights, strict=True)
    ]
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, segments in enumerate(at_edge):
        for segment, place in segments:
            for near in (place - 1, place, place + 1):
                places[_shape(segment.text), near].add(number)
    needed = max(2, _SHARE * len(pages))
    found: set[int] = set()
    told: dict[str, set[int]] = defaultdict(set)
    for number, segments in enumerate(at_edge):
        shared = [
            one
            for side in (True, False)
            for one in _outermost([each for each in segments if (each[1] >= 0) == side], needed, places, pages[number])
        ]
        if len(shared) < sum(len(line.segments) for line in pages[number]):  # a page is never all margin
            found.update(id(one) for one in shared)
            for one in shared:
                told[one.text].add(number)
    return Margins(frozenset(found), tuple(_worth_telling(told)))


def _at_edge(lines: Sequence[Line], bottom: float, top: float) -> list[tuple[Segment, int]]:
    """The segments of the outermost lines, with their distance from the nearer edge in steps of four points."""
    upright = sorted(
        (line for line in lines if all(one.rows is None for one in line.segments)), key=lambda line: -line.base
    )
    middle = (bottom + top) / 2
    high = [line for line in upright[:_LINES_AT_EDGE] if line.base > middle]
    low = [line for line in upright[-_LINES_AT_EDGE:] if line.base <= middle]
    found = [(segment, round((top - line.base) / 4)) for line in high for segment in line.segments]
    return found + [(segment, -round((line.base - bottom) / 4) - 3) for line in low for segment in line.segments]


def _outermost(
    segments: Sequence[tuple[Segment, int]],
    needed: float,
    places: Mapping[tuple[str, int], set[int]],
    lines: Sequence[Line],
) -> Iterator[Segment]:
    """The segments of one edge, from it inwards, up to the first line that the pages do not share."""
    for _, row in groupby(sorted(segments, key=lambda one: abs(one[1])), key=lambda one: one[1]):
        held = list(row)
        shared = [
            (len(places.get((_shape(one.text), place), ())) >= needed and _may_repeat(one))
            or _is_lone_number(one, place, lines)
            for one, place in held
        ]
        yield from (one for (one, _), is_shared in zip(held, shared, strict=True) if is_shared)
        if not any(shared):
            return


def _may_repeat(segment: Segment) -> bool:
    """Whether a text can be a margin's: a sentence with a number in it is a page's own, however like its neighbours."""
    text = segment.text
    is_sentence = text.rstrip().endswith(".") and len(text.split()) > 3
    is_note = bool(segment.runs) and segment.runs[0].raised
    return not is_note and not (is_sentence and any(letter.isdigit() for letter in text))


def _shape(text: str) -> str:
    """A text in which one number is like another."""
    digits = "".join("#" if letter.isdigit() else letter for letter in text.casefold() if not letter.isspace())
    while "##" in digits:
        digits = digits.replace("##", "#")
    return "#" if digits and set(digits) <= set("ivxlc") else digits


def _is_lone_number(segment: Segment, place: int, lines: Sequence[Line]) -> bool:
    """Whether a number stands alone in the lowest or highest line, near the edge, as on a file of one page."""
    core = segment.text.strip(" -–—|")
    is_outermost = segment.base in (min(line.base for line in lines), max(line.base for line in lines))
    return core.isdigit() and len(core) < 4 and -20 < place < 15 and is_outermost and len(lines) > 3


def _worth_telling(told: dict[str, set[int]]) -> list[tuple[str, int]]:
    """What says more than a page's number, once for all pages on which it differs only in that."""
    shapes = Counter(_shape(text) for text in told)
    worth = []
    for text, numbers in told.items():
        words = [word for word in text.split() if any(letter.isalpha() for letter in word)]
        if not words or (shapes[_shape(text)] > 1 and len(words) <= _MOST_WORDS_OF_A_NUMBER) or _shape(text) == "#":
            continue
        if shapes[_shape(text)] > 1:
            text = " ".join(word for word in text.split() if not word.strip("-–|/.").isdigit())
            numbers = {
                number for other, pages in told.items() if _shape(other) == _shape(text) for number in pages
            } | numbers
        worth.append((text, len(numbers)))
    best: dict[str, int] = {}
    for text, count in worth:
        best[text] = max(best.get(text, 0), count)
    return list(best.items())
