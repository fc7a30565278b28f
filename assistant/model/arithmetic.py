"""The numbers that sentences name, and those that can be had from them by adding up and counting.

Figures in digits and in words up to twelve, with thousands and millions; of what they are numbers is not looked at.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from assistant.language.parties import mentions

# What is added up: so many figures of the cited sentences, of which so few make a sum.
_MOST_FIGURES, _MOST_SUMMANDS = 12, 4
# "Both", "three countries": what is counted is not many. Years are no figures.
_MOST_COUNTED = 12
_YEARS = range(1900, 2101)
# Days of a month and numbers of articles are not added up with figures.
_FEWEST = 31
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
}
_SCALES = {"thousand": 3, "million": 6, "mln": 6, "billion": 9, "bln": 9}
_NUMBER = re.compile(
    rf"(?:(?P<digits>\d+(?:[.,]\d+)*)|\b(?P<word>{'|'.join(_NUMBER_WORDS)})\b)(?:\s*(?P<scale>{'|'.join(_SCALES)})\b)?",
    re.IGNORECASE,
)
# As good as "they": whoever they are is checked by name.
_THE_TWO = re.compile(
    r"\b(?:the|these|those) two (?=sides|countries|parties|ministries|ministers|governments|states)", re.IGNORECASE
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def numbers(text: str) -> frozenset[Decimal]:
    """The numbers that a text names, in digits or in words up to twelve; "5 million" is 5000000."""
    found = set()
    for match in _NUMBER.finditer(_THOUSANDS.sub("", _THE_TWO.sub("", text))):
        digits = match["digits"] or str(_NUMBER_WORDS[match["word"].lower()])
        whole, *rest = re.split(r"[.,]", digits)
        scale = Decimal(10) ** _SCALES.get((match["scale"] or "").lower(), 0)
        # More than one part is no decimal fraction ("23.09.2022"): each of its numbers counts.
        parts = [f"{whole}.{rest[0]}"] if len(rest) == 1 else [whole, *rest]
        found |= {Decimal(part) * scale for part in parts}
    return frozenset(found)


def computed(sources: Sequence[str]) -> frozenset[Decimal]:
    """The sums of the figures of `sources`, and how many sentences, countries and members of a list there are."""
    figures = sorted(
        figure for text in sources for figure in numbers(text) if figure not in _YEARS and figure > _FEWEST
    )[:_MOST_FIGURES]
    sums = {sum(some, Decimal(0)) for count in range(2, _MOST_SUMMANDS + 1) for some in combinations(figures, count)}
    counts = {len(sources), len({code for text in sources for *_, code in mentions(text)})}
    counts |= {text.count(",") + extra for text in sources if "," in text for extra in (1, 2)}
    return frozenset(sums | {Decimal(count) for count in counts if 1 < count <= _MOST_COUNTED})
