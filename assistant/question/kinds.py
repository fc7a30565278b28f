"""The kind of thing that answers a question, and whether a sentence holds one.

"When" asks for a date, "how many" for a number, "which countries" for countries: a sentence without one is unlikely to
answer, whatever words it shares with the question. Patterns over English wording; no entity recognition.
"""

import re
from enum import StrEnum

from assistant.language.commitments import states_absence
from assistant.language.dates import MONTH
from assistant.language.parties import countries


class Kind(StrEnum):
    """What a question asks for, where its wording tells."""

    PERSON = "person"
    DATE = "date"
    NUMBER = "number"
    MONEY = "money"
    PLACE = "place"
    COUNTRIES = "countries"
    LIST = "list"


# Kinds that one sentence answers; lists may take more.
SINGLE_FACTS = frozenset((Kind.PERSON, Kind.DATE, Kind.NUMBER, Kind.MONEY, Kind.PLACE))
_SMALLEST_LIST = 2

_ASKED = {
    Kind.PERSON: r"(?<!the )\b(?-i:[Ww]ho|[Ww]hom|[Ww]hose)\b"
    r"|\bwhich (?:\w+ ){0,3}(?:minister|ambassador|official|person|head)\b",
    Kind.DATE: r"\bwhen\b|\b(?:what|which) (?:date|day|year|month)\b",
    Kind.NUMBER: r"\bhow (?:many|much|long|far(?! (?:have|has|had|did))|often|large|big|old)\b"
    r"|\bwhat (?:\w+ )?(?:number|share|percentage|sum|amount|vote)\b",
    Kind.MONEY: r"\b(?:what|which) (?:\w+ )?(?:fee|fees|price|cost|costs|sum|amount|budget|funding)\b"
    r"|\bwhat (?:is|was|are|were) (?:the )?(?:\w+ )?(?:fee|fees|price|cost|costs|budget|funding)\b"
    r"|\bwhat (?:will|would|did|does|do) .{1,80}\bcost\b|\bhow expensive\b"
    r"|\bwhat (?:will|would|did|does|do|must) .{0,40}\bpay\b"
    r"|\bhow much (?:money|funding|cash|income)\b"
    r"|\bhow much\b.{0,60}\b(?:cost|worth|give|gave|pays?|paid|donated?|spent|spend)\b",
    Kind.PLACE: r"\bwhere\b|\b(?:what|which) (?:city|town|place|country)\b",
    Kind.COUNTRIES: r"\b(?:which|what|whose) (?:\w+ )?(?:countries|states|nations)\b"
    r"|\bwho (?:are|were) (?:\w+ ){0,3}members\b",
    Kind.LIST: r"\b(?:which|what) (?:\w+ ){0,2}(?:cities|towns|places|areas|fields|kinds|topics|subjects|sectors"
    r"|institutions|companies|universities|hospitals|organisations|agreements|documents|memoranda|steps|measures|goals|priorities)\b"
    r"|\bwhat\b.{0,80}\b(?:cover|covers|include|includes|foresee|foresees|contain|contains|provide for)\b",
}
_PRESENT = {
    Kind.PERSON: r"\b[A-ZÀ-Þ][\w'’-]+\s+(?:(?:al|bin|de|van|von)\s+)?[A-ZÀ-Þ][\w'’-]+",
    Kind.DATE: rf"\b(?:19|20)\d\d\b"
    rf"|\b(?:{MONTH}|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)(?:day)?\b|\bspring\b|\bautumn\b",
    Kind.NUMBER: r"(?<![\w.,])\d+(?:[.,]\d+)*(?:\s*(?:%|km|million|billion))?(?!\w)"
    r"|\b(?i:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred|thousand"
    r"|million|half|dozen)\b|\b\w+-(?:day|week|month|year)\b",
    Kind.MONEY: r"[€$]|\b(?:EUR|USD|GBP|AZN|(?i:euros?|dollars?|manats?|lats|pounds))\b",
    Kind.PLACE: r"\b(?:in|at|to|from|near|into)\s+(?:the\s+)?[A-ZÀ-Þ]\w+",
    # Two commas and an "and", a comma and a semicolon, or two semicolons: looked for once in each line.
    Kind.LIST: r"(?m:^)(?:[^,\n]*+,[^,\n]*+,.*\b(?:and|or)\b|[^,\n]*+,.*;|[^;\n]*+;.*;)"
    r"|\b[\w-]{1,60}, [\w -]{1,200} and\b",
}
_ASKED_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _ASKED.items()}
_PRESENT_PATTERNS = {kind: re.compile(pattern) for kind, pattern in _PRESENT.items()}
_DATES = re.compile(
    rf"\b(?:\d{{1,2}}\s+)?(?:{MONTH})(?:\s+\d{{1,2}})?(?:,?\s+(?:19|20)\d\d)?\b"
    r"|\b(?:19|20)\d\d(?:[–-](?:19|20)?\d\d)?\b"
)

_ABSENT = {
    Kind.DATE: re.compile(r"\b(?:date|day|year)s?\b", re.IGNORECASE),
    Kind.NUMBER: re.compile(r"\b(?:number|figure|share|duration|amount)s?\b", re.IGNORECASE),
    Kind.MONEY: re.compile(r"\b(?:sum|amount|price|cost|money|fee)s?\b", re.IGNORECASE),
    Kind.PERSON: re.compile(r"\b(?:name|person|signator(?:y|ies))s?\b", re.IGNORECASE),
    Kind.PLACE: re.compile(r"\b(?:place|city|venue)s?\b", re.IGNORECASE),
}


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


def states_absence_of(kind: Kind, sentence: str) -> bool:
    """Whether `sentence` says itself that a thing of this kind is not told ("the date is not given")."""
    return kind in _ABSENT and states_absence(sentence) and bool(_ABSENT[kind].search(sentence))
