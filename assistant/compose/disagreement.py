"""Whether two sentences give different figures or days for the same thing.

Only what can be compared is: amounts of one currency, percentages, counts of the same noun, and the day on which the
same step was taken. Both sentences must share most of their words and must not be about different times; then both are
shown, each with its source, and nobody's figure is preferred.
"""

import re
from collections.abc import Iterator, Set

from assistant.language.commitments import Status, event_text, place_of, report
from assistant.language.dates import MONTH, dates_conflict, event_date, months

# Two sentences are about the same thing where they share this part of the shorter one's words, figures left out.
SAME_SUBJECT = 0.6
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_CURRENCY = {"€": "eur", "$": "usd", "us$": "usd", "eur": "eur", "usd": "usd", "euros": "eur", "dollars": "usd"}
_NUMBER = r"\d{1,3}(?:[,  ]\d{3})+|\d+(?:\.\d+)?"
_MONEY = re.compile(
    rf"(?P<sign>€|US\$|\$|\b(?:EUR|USD)\b)\s?(?P<value>{_NUMBER})(?:\s(?P<scale>thousand|million|billion))?"
    rf"|\b(?P<value2>{_NUMBER})(?:\s(?P<scale2>thousand|million|billion))?\s(?P<sign2>euros|dollars|EUR|USD)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"\b(?:days?|weeks?) (?:before|after|earlier|later)\b", re.IGNORECASE)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}\s+)?(?:{MONTH})(?:\s+\d{{1,2}}\b)?(?:,?\s+(?:19|20)\d\d)?|\b(?:19|20)\d\d(?:[–-]\d+)?\b"
)
_COUNT = re.compile(rf"(?<![\w.,])(?P<value>{_NUMBER})(?P<percent>\s?%| per ?cent\b)?(?:\s+(?P<noun>[a-z]{{4,}}))?")
# Nouns that say nothing about what is counted.
_EMPTY_NOUNS = frozenset("million billion thousand more other further with from until have were and that which".split())


def differ(one: str, other: str, terms: Set[str], other_terms: Set[str]) -> bool:
    """Whether two sentences give different figures or days for the same thing; `terms` are their index terms."""
    first, second = _subject(terms), _subject(other_terms)
    if len(first & second) < SAME_SUBJECT * min(len(first), len(second)) or dates_conflict(months(one), other):
        return False
    ours, theirs = _figures(one), _figures(other)
    return any(ours[unit].isdisjoint(theirs[unit]) for unit in ours.keys() & theirs.keys()) or _days_differ(one, other)


def _days_differ(one: str, other: str) -> bool:
    """Whether both sentences date the same step, to the day and in the same month, and not the same day."""
    told, also_told = report(one), report(other)
    if told.reported is None or told.reported != also_told.reported or told.reported < Status.AGREED:
        return False
    days = []
    for sentence in (one, other):
        event = event_date(event_text(sentence, told.reported), place_of(sentence, told.reported), None)
        if event is None or event.is_told or not event.is_a_day or _VAGUE.search(sentence):
            return False
        days.append(event.iso)
    return days[0] != days[1] and days[0][:7] == days[1][:7]


def _figures(sentence: str) -> dict[str, set[float]]:
    """What the sentence counts → its figures."""
    found: dict[str, set[float]] = {}
    for unit, value in _amounts(sentence):
        found.setdefault(unit, set()).add(value)
    return found


def _amounts(sentence: str) -> Iterator[tuple[str, float]]:
    for match in _MONEY.finditer(sentence):
        sign = (match.group("sign") or match.group("sign2")).lower()
        scale = (match.group("scale") or match.group("scale2") or "").lower()
        yield _CURRENCY[sign], _value(match.group("value") or match.group("value2")) * _SCALES.get(scale, 1)
    for match in _COUNT.finditer(_DATE.sub(" ", _MONEY.sub(" ", sentence))):
        noun = match.group("noun")
        if match.group("percent"):
            yield "%", _value(match.group("value"))
        elif noun and noun not in _EMPTY_NOUNS:
            yield noun.removesuffix("s"), _value(match.group("value"))


def _value(number: str) -> float:
    return float(re.sub(r"[^\d.]", "", number))


def _subject(terms: Set[str]) -> frozenset[str]:
    return frozenset(term for term in terms if not term[:1].isdigit())
