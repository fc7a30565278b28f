"""Where in a document's order a passage stands: the headings above it ("CHAPTER II · Article 2").

By form alone, in any language: Markdown's signs, and lines of a word and its number ("Article 5", "Artikel 5.",
"Chapter IV – Finance") whose numbers count up from the first, which those of a table do not. A word of numbered
headings is the deeper the later the document first uses it: articles stand in chapters where chapters came first.
Nothing is changed in the text; a passage is given to the encoder, to the keyword index and to the reader with its
title, date and headings in front (`context_of`).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from corpus.document import Document, Span

_LONGEST_HEADING = 90
_MOST_HEADINGS_TOLD = 3
_PARTED = " · "
_MARKDOWN = re.compile(r"(#{1,6})\s{0,4}(\S.*)")
# The word, its number, and where it has one the heading's own words.
_NUMBERED = re.compile(r"([^\W\d_]{3,14})\.?\s{1,3}(\d{1,3}|[IVXLC]{1,7})(?:[.:)]?|(?:[.:)]|\s?[–—-])\s{1,3}[^\W_].*)")
_UNMARKED_LEVEL = 7
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_LATEST_FIRST = 2  # an extract may begin with the second article


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's place and words; `level` and `rank` say what it stands under: smaller ones."""

    start: int
    label: str
    level: int
    rank: int


@lru_cache(maxsize=32)
def headings(text: str) -> tuple[Heading, ...]:
    """The headings of a text, in order."""
    lines = list(_candidates(text))
    counted: dict[str, list[int]] = {}
    for _, marked, _, numbered in lines:
        if numbered and not marked:
            counted.setdefault(numbered.group(1).casefold(), []).append(_number(numbered.group(2)))
    found: list[Heading] = []
    ranks: dict[str, int] = {}
    for start, marked, label, numbered in lines:
        word = numbered.group(1).casefold() if numbered else ""
        if marked or _counts_up(counted[word]):
            rank = ranks.setdefault(word, len(ranks)) if word else len(ranks) + 1
            found.append(Heading(start, label, len(marked.group(1)) if marked else _UNMARKED_LEVEL, rank))
    return tuple(found)


def _candidates(text: str) -> Iterator[tuple[int, re.Match[str] | None, str, re.Match[str] | None]]:
    """Lines that may be headings: place, Markdown's signs, the label, and the label's word with its number."""
    for start, line in _lines(text):
        if len(line) <= _LONGEST_HEADING:
            marked = _MARKDOWN.fullmatch(line)
            label = " ".join((marked.group(2) if marked else line).strip("#*_ ").split())
            numbered = _NUMBERED.fullmatch(label)
            if label and (marked or numbered):
                yield start, marked, label, numbered


def _counts_up(numbers: Sequence[int]) -> bool:
    return numbers[0] <= _LATEST_FIRST and len(numbers) > 1 and all(a < b for a, b in pairwise(numbers))


def _number(text: str) -> int:
    """A number in Arabic or Roman figures."""
    if text.isdigit():
        return int(text)
    values = [_ROMAN[letter] for letter in text]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))


def paths(text: str, spans: Sequence[Span]) -> list[tuple[str, ...]]:
    """For each span the headings above it, the outermost first; that of its own first line is the last."""
    standing: list[tuple[str, ...]] = []
    above: list[Heading] = []
    every = headings(text)
    for heading in every:
        while above and (above[-1].level, above[-1].rank) >= (heading.level, heading.rank):
            above.pop()
        above.append(heading)
        standing.append(tuple(each.label for each in above))
    starts = [heading.start for heading in every]
    places = [bisect_right(starts, span.start) for span in spans]
    return [standing[place - 1] if place else () for place in places]


def contexts_of(document: Document, spans: Sequence[Span]) -> list[str]:
    """What stands in front of each of a document's passages: its title, its date, and the headings above it."""
    stated = [part for part in (document.title, document.published) if part]
    return [
        _PARTED.join((*stated, *(label for label in path[-_MOST_HEADINGS_TOLD:] if label not in document.title)))
        for path in paths(document.text, spans)
    ]


def context_of(document: Document, span: Span) -> str:
    """What stands in front of one passage."""
    return contexts_of(document, [span])[0]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        told = line.strip()
        if told:
            yield start + line.index(told[0]), told
        start += len(line)
