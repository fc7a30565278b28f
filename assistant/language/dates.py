"""Dates as sentences write them: which months a text names, and when what it tells happened.

Patterns over English wording ("4 December 2025", "December 4, 2025", "early June 2024", "2024-12-04"). A date without a
year belongs to the year its document was published in, never to a later one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MONTH = "|".join(MONTHS)
_YEAR = r"(?:19|20)\d\d"
_MONTH_AND_YEAR = re.compile(rf"\b(?:({MONTH})(?:\s+\d{{1,2}},?)?\s+)?({_YEAR})\b", re.IGNORECASE)
# Alternatives in this order: the day first, the month first, the month alone, numbers, the year alone.
_DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:\s*[–-]\s*\d{{1,2}}(?:\s+(?:{MONTH}))?)?\s+(?P<month>{MONTH})\b"
    rf"(?:\s*[–-]\s*\d{{1,2}}\s+(?:{MONTH}))?(?:,?\s+(?P<year>{_YEAR}))?"
    rf"|\b(?P<month2>{MONTH})\s+(?P<day2>\d{{1,2}})\b(?:,?\s+(?P<year2>{_YEAR}))?"
    rf"|\b(?P<month3>{MONTH}),?\s+(?P<year3>{_YEAR})\b"
    rf"|\b(?P<year4>{_YEAR})-(?P<month4>\d\d)-(?P<day4>\d\d)\b"
    rf"|\b(?P<day5>\d{{1,2}})\.(?P<month5>\d{{1,2}})\.(?P<year5>{_YEAR})\b"
    rf"|(?<![\d–-])\b(?P<year6>{_YEAR})\b(?![–-]\d)"
)
_ONWARDS = re.compile(rf"\b(?:since|after|from)\b[^?.;]{{0,30}}?\b{_YEAR}", re.IGNORECASE)
_UP_TO = re.compile(rf"\b(?:until|till|before|by|up to)\b[^?.;]{{0,20}}?\b{_YEAR}", re.IGNORECASE)
# More than any word that tells what a date is of, with what may stand between.
_LOOK_BACK = 100
_LENGTH_OF_A_DAY = len("2025-12-04")
# The day on which somebody told of it, or before which it was, is not the day on which it happened.
_TOLD = re.compile(
    r"\b(?:before|after|until|ahead of"
    r"|report(?:ed|s|ing)?|told|announced|wrote|writing|published|dated|news|article|page|notice)\b"
    r"[^,;.]{0,30}$",
    re.IGNORECASE,
)

_WEEK = re.compile(r"\bweek of\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EventDate:
    """When something happened: ISO 8601, cut to the month or year where the text says no more.

    `is_told` where the text only dates the report of it ("reported on 9 February 2026"), or nothing but its document
    is dated.
    """

    iso: str
    is_told: bool = False

    @property
    def is_a_day(self) -> bool:
        """Whether the day itself is known."""
        return len(self.iso) == _LENGTH_OF_A_DAY


@dataclass(frozen=True, slots=True)
class Period:
    """The years a question is about, both included; None where one side is open."""

    first: str | None = None
    last: str | None = None

    def holds(self, event: EventDate | None) -> bool:
        """Whether an event lies in the period; an undated one does where the period is open on both sides."""
        if event is None:
            return self.first is None and self.last is None
        year = event.iso[:4]
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)


def period(text: str) -> Period:
    """The period a question names: "in 2024 and 2025", "between 2022 and 2025", "since 2012", "from the 1990s on"."""
    years = re.findall(rf"\b({_YEAR})(?:s\b|\b)", text)
    if not years:
        return Period()
    if _ONWARDS.search(text) and len(set(years)) == 1:
        return Period(first=years[0])
    if _UP_TO.search(text) and len(set(years)) == 1:
        return Period(last=years[0])
    return Period(min(years), max(years))


def months(text: str) -> frozenset[tuple[str, str]]:
    """The months a text names, as (month, year); the month is empty where only the year is named."""
    return frozenset((month.capitalize(), year) for month, year in _MONTH_AND_YEAR.findall(text))


def dates_conflict(asked: frozenset[tuple[str, str]], sentence: str) -> bool:
    """Whether a sentence is dated, and none of its dates can be one of those asked about.

    Both are results of `months`: "August 2025" agrees with "2025" and with "29 August 2025", not with "May 2025".
    """
    if not asked or not (named := months(sentence)):
        return False
    return not any(
        year == other_year and (not month or not other_month or month == other_month)
        for month, year in asked
        for other_month, other_year in named
    )


def days_named(text: str) -> frozenset[str]:
    """Every full date that a text names, as ISO 8601."""
    return frozenset(event.iso for _, event in _dates(text, None) if event.is_a_day)


def event_date(sentence: str, place: int, published: str | None) -> EventDate | None:
    """When what is told at character `place` of `sentence` happened: the nearest date, or that of the report.

    `published` is its document's date; None comes back where neither the sentence nor its document is dated.
    """
    found = sorted(_dates(sentence, published), key=lambda item: (item[1].is_told, abs(item[0] - place)))
    if found:
        return found[0][1]
    return EventDate(published, is_told=True) if published else None


def _dates(sentence: str, published: str | None) -> Iterator[tuple[int, EventDate]]:
    for match in _DATE.finditer(sentence):
        parts = {name.rstrip("23456"): value for name, value in match.groupdict().items() if value}
        year = parts.get("year") or (published or "")[:4]
        if year:
            month, day = _month_number(parts.get("month")), parts.get("day")
            before = sentence[max(0, match.start() - _LOOK_BACK) : match.start()]
            if _WEEK.search(before):
                day = None
            iso = "-".join(part for part in (year, month, day and f"{int(day):02d}") if part)
            yield match.start(), EventDate(iso, is_told=bool(_TOLD.search(before)))


def _month_number(month: str | None) -> str | None:
    if month is None or month.isdigit():
        return month and f"{int(month):02d}"
    return f"{MONTHS.index(month) + 1:02d}"
