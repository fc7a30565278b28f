"""The kind of thing that answers a question, and whether a sentence holds one.

"When" asks for a date, "how many" for a number, "which countries" for countries: a sentence without one is unlikely to
answer, whatever words it shares with the question. Patterns over English wording; no entity recognition.
"""

import re
from enum import StrEnum

from assistant.parties import countries


class Kind(StrEnum):
    """What a question asks for, where its wording tells."""

    PERSON = "person"
    DATE = "date"
    NUMBER = "number"
    PLACE = "place"
    COUNTRIES = "countries"
    LIST = "list"


# Kinds that one sentence answers; lists may take more.
SINGLE_FACTS = frozenset((Kind.PERSON, Kind.DATE, Kind.NUMBER, Kind.PLACE))
_SMALLEST_LIST = 2

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_ASKED = {
    Kind.PERSON: r"(?<!the )\b(?-i:[Ww]ho|[Ww]hom|[Ww]hose)\b"
    r"|\bwhich (?:\w+ ){0,3}(?:minister|ambassador|official|person|head)\b",
    Kind.DATE: r"\bwhen\b|\b(?:what|which) (?:date|day|year|month)\b",
    Kind.NUMBER: r"\bhow (?:many|much|long|far|often|large|big|old)\b"
    r"|\bwhat (?:\w+ )?(?:number|share|percentage|sum|amount|vote)\b",
    Kind.PLACE: r"\bwhere\b|\b(?:what|which) (?:city|cities|town|towns|place|places|country)\b",
    Kind.COUNTRIES: r"\b(?:which|what|whose) (?:\w+ )?(?:countries|states|nations)\b",
    Kind.LIST: r"\b(?:which|what) (?:\w+ ){0,2}(?:areas|fields|kinds|topics|subjects|sectors|institutions|companies"
    r"|universities|hospitals|organisations|agreements|documents|memoranda|steps|measures|goals|priorities)\b"
    r"|\bwhat\b.{0,80}\b(?:cover|covers|include|includes|foresee|foresees|contain|contains|provide for)\b",
}
_PRESENT = {
    Kind.PERSON: r"\b[A-ZÀ-Þ][\w'’-]+\s+(?:(?:al|bin|de|van|von)\s+)?[A-ZÀ-Þ][\w'’-]+",
    Kind.DATE: rf"\b(?:19|20)\d\d\b"
    rf"|\b(?:{_MONTHS}|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)(?:day)?\b|\bspring\b|\bautumn\b",
    Kind.NUMBER: r"(?<![\w.,])\d+(?:[.,]\d+)*(?:\s*(?:%|km|million|billion))?(?!\w)"
    r"|\b(?i:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred|thousand"
    r"|million|half|dozen)\b|\b\w+-(?:day|week|month|year)\b",
    Kind.PLACE: r"\b(?:in|at|to|from|near|into)\s+(?:the\s+)?[A-ZÀ-Þ]\w+",
    Kind.LIST: r",.*,.*\b(?:and|or)\b|,.*;|;.*;|\b[\w-]+, [\w -]+ and\b",
}
_ASKED_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _ASKED.items()}
_PRESENT_PATTERNS = {kind: re.compile(pattern) for kind, pattern in _PRESENT.items()}
_DATES = re.compile(
    rf"\b(?:\d{{1,2}}\s+)?(?:{_MONTHS})(?:\s+\d{{1,2}})?(?:,?\s+(?:19|20)\d\d)?\b"
    r"|\b(?:19|20)\d\d(?:[–-](?:19|20)?\d\d)?\b"
)
_MONTH_AND_YEAR = re.compile(rf"\b(?:({_MONTHS})(?:\s+\d{{1,2}},?)?\s+)?((?:19|20)\d\d)\b", re.IGNORECASE)


def asked_kinds(question: str) -> tuple[Kind, ...]:
    """The kinds of thing a question asks for; empty where its wording does not tell."""
    return tuple(kind for kind, pattern in _ASKED_PATTERNS.items() if pattern.search(question))


def shows(kind: Kind, sentence: str) -> bool:
    """Whether `sentence` holds a thing of this kind; dates do not count as numbers."""
    if kind is Kind.COUNTRIES:
        return len(countries(sentence)) >= _SMALLEST_LIST
    if kind is Kind.NUMBER:
        sentence = _DATES.sub(" ", sentence)
    return bool(_PRESENT_PATTERNS[kind].search(sentence))


def months(text: str) -> frozenset[tuple[str, str]]:
    """The months a text names, as (month, year); the month is empty where only the year is named."""
    return frozenset((month.capitalize(), year) for month, year in _MONTH_AND_YEAR.findall(text))


def dates_conflict(asked: frozenset[tuple[str, str]], sentence: str) -> bool:
    """Whether a sentence is dated, and none of its dates can be one of those asked about.

    Both are results of `months`: "August 2025" agrees with "2025" and with "29 August 2025", not with "May 2025".
    """
    named = months(sentence)
    if not asked or not named:
        return False
    return not any(
        year == other_year and (not month or not other_month or month == other_month)
        for month, year in asked
        for other_month, other_year in named
    )
