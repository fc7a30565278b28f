"""Dates as sentences write them: which a text names, of which time a question is, and when what is told happened.

Dates are found in eleven languages, however they are written. When something happened is read off English wording
("4 December 2025", "December 4, 2025", "early June 2024", "2024-12-04"); a date without a year belongs to the year its
document was published in, never to a later one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.readers.stated.datelines import days_in, month_of

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MONTH = "|".join(MONTHS)
_YEAR = r"(?:19|20)\d\d"
_WORD = r"[^\W\d_]{3,12}"
# "June 2025", "juin 2025", "junio de 2025"; "2025. gada jūnijā", "2025 m. birželį".
_MONTH_AND_YEAR = re.compile(
    rf"(?<!\w)(?:(?P<word>{_WORD})\.?,?\s+(?:del?\s+)?(?P<year>{_YEAR})"
    rf"|(?P<year2>{_YEAR})\.?\s+(?:[^\W\d_]{{1,4}}\.?\s+)?(?P<word2>{_WORD}))(?!\w)"
)
_WITH_SLASHES = re.compile(rf"(?<![\w/])(\d{{1,2}})/(\d{{1,2}})/({_YEAR})(?!\d)")
_YEAR_ALONE = re.compile(rf"(?<![\w–])({_YEAR})(?!\d)")
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
# "Since", "from" and "until" in the languages that are asked in; some of these words mean "with" before anything else.
_BEGINNING = (
    r"(?:(?:the\s+)?(?:start|beginning|начала|початку|sākuma|pradžios|Anfang|début|principios|algusest)"
    r"\s+(?:of\s+|de\s+)?)?"
)
_ONWARDS = re.compile(
    rf"\b(?:since|after|from|kopš|alates|seit|depuis|desde|после|після|начиная|починаючи|à partir|a partir)\b"
    rf"[^?.;]{{0,30}}?\b{_YEAR}"
    rf"|\b(?:с|со|з|від|ab|nuo)\s+{_BEGINNING}{_YEAR}"
    rf"|\b{_YEAR}[^?.;]{{0,20}}?\b(?:beri|bəri|itibaren|etibarən|bu yana)\b",
    re.IGNORECASE,
)
_UP_TO = re.compile(
    rf"\b(?:until|till|before|by|up to|līdz|iki|kuni|до|bis|jusqu|hasta)\b[^?.;]{{0,20}}?\b{_YEAR}"
    rf"|\b{_YEAR}[^?.;]{{0,20}}?\b(?:qədər|kadar)\b",
    re.IGNORECASE,
)
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
    """The years or months a question is about, both included, as ISO 8601; None where one side is open."""

    first: str | None = None
    last: str | None = None

    def holds(self, event: EventDate | None) -> bool:
        """Whether an event lies in the period; an undated one does where the period is open on both sides."""
        if event is None:
            return self.first is None and self.last is None
        begins = self.first is None or self.first <= event.iso[: len(self.first)]
        return begins and (self.last is None or event.iso[: len(self.last)] <= self.last)


def period(text: str) -> Period:
    """The period a question names: "in May 2025", "in 2024 and 2025", "between 2022 and 2025", "since 2012"."""
    named = sorted({date[: len("2025-12")] for date in dates_named(text)})
    if not named:
        return Period()
    if _ONWARDS.search(text) and len(named) == 1:
        return Period(first=named[0])
    if _UP_TO.search(text) and len(named) == 1:
        return Period(last=named[0])
    if len(named) > 1:
        return Period(named[0][:4], named[-1][:4])
    return Period(named[0], named[0])


def dates_named(text: str) -> frozenset[str]:
    """Every date a text names, as ISO 8601, cut to the month or year where it says no more.

    Of a date that can be meant in two ways ("05/06/2025") both are named.
    """
    found: set[str] = set()
    days = list(days_in(text))
    found |= {iso for iso, _ in days}
    rest = _blanked(text, [match for _, match in days])
    with_slashes = list(_WITH_SLASHES.finditer(rest))
    for match in with_slashes:
        one, other, year = match.groups()
        found |= {f"{year}-{int(m):02d}-{int(d):02d}" for m, d in ((one, other), (other, one)) if 1 <= int(m) <= 12}
    rest = _blanked(rest, with_slashes)
    months = [(match, month_of(match["word"] or match["word2"])) for match in _MONTH_AND_YEAR.finditer(rest)]
    found |= {f"{match['year'] or match['year2']}-{month:02d}" for match, month in months if month}
    rest = _blanked(rest, [match for match, month in months if month])
    return frozenset(found | set(_YEAR_ALONE.findall(rest)))


def dates_conflict(asked: frozenset[str], sentence: str) -> bool:
    """Whether a sentence is dated, and none of its dates can be one of those asked about.

    `asked` is a result of `dates_named`: "2025-08" agrees with "2025" and with "2025-08-29", not with "2025-05".
    """
    if not asked or not (named := dates_named(sentence)):
        return False
    return not any(one.startswith(other) or other.startswith(one) for one in asked for other in named)


def _blanked(text: str, matches: Sequence[re.Match[str]]) -> str:
    """The text with spaces in the place of what was found, which is in order."""
    parts, position = [], 0
    for match in matches:
        parts += [text[position : match.start()], " " * (match.end() - match.start())]
        position = match.end()
    return "".join([*parts, text[position:]])


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
