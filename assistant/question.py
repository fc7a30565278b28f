"""What a question asks for: about whom, which kind of thing, which status, in which words.

The words are index terms (stemmed, without stop words), so that they compare with those of passages. Names of parties
and words that only ask ("reported", "according to the documents") are not among the content terms.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from assistant.commitments import Status, asked_status
from assistant.parties import Party, countries, mark_countries, marked_name, organisations
from corpus.language import detect_language


class Kind(StrEnum):
    """The kind of thing that answers a question."""

    PERSON = "person"
    DATE = "date"
    NUMBER = "number"
    PLACE = "place"


_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.PERSON,
        re.compile(r"\bwho\b|\bwhom\b|\bwhose\b|\bwhich (?:\w+ ){0,3}(?:minister|ambassador|official|person)\b", re.I),
    ),
    (
        Kind.DATE,
        re.compile(r"\bwhen\b|\b(?:what|which|on what|on which) (?:date|day|year|month)\b|\bsince when\b", re.I),
    ),
    (
        Kind.NUMBER,
        re.compile(
            r"\bhow (?:many|much|long|far|often|large|big)\b|\bwhat (?:number|share|percentage|sum|amount|vote)\b", re.I
        ),
    ),
    (Kind.PLACE, re.compile(r"\bwhere\b|\b(?:in )?(?:what|which) (?:city|cities|town|place|country)\b", re.I)),
)
_PRESENT: dict[Kind, re.Pattern[str]] = {
    Kind.PERSON: re.compile(r"\b[A-ZÀ-Þ][\w'’-]+\s+(?:(?:al|bin|de|van|von)\s+)?[A-ZÀ-Þ][\w'’-]+"),
    Kind.DATE: re.compile(
        r"\b(?:19|20)\d\d\b|\b(?:January|February|March|April|May|June|July|August|September|October|November"
        r"|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|spring|autumn)\b"
    ),
    Kind.NUMBER: re.compile(
        r"(?<![\w.,])\d+(?:[.,]\d+)*(?:\s*(?:%|km|million|billion))?(?!\w)"
        r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred|thousand"
        r"|million|half|dozen)\b|\b\w+-(?:day|week|month|year)\b",
        re.IGNORECASE,
    ),
    Kind.PLACE: re.compile(r"\b(?:in|at|to|from|near|into)\s+(?:the\s+)?[A-ZÀ-Þ]\w+"),
}
_DATES = re.compile(
    r"\b(?:\d{1,2}\s+)?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?:\s+\d{1,2})?(?:,?\s+(?:19|20)\d\d)?\b|\b(?:19|20)\d\d\b"
)
_ASKING_WORDS = frozenset(
    """
    who whom whose what when where which why how many much long far did do does done was were is are has have
    had report reported documents document according say says tell told state stated mention mentioned there any
    between still yet ever now already please also
    """.split()
)
# Stems that every document of this field has, or that ask for a status: their absence means nothing.
_GENERIC_TERMS = frozenset(
    """
    health healthcar care medic cooper collabor agreement agre memorandum memoranda document deal treati text
    sign signatur approv ratifi ratif forc enter effect discuss talk minist minist minister countri parti state
    status newest latest new result formal plan planned concret offici
    """.split()
)
_COUNTED = re.compile(
    r"\bhow (?:many|much)\s+((?:[\w'’-]+\s+){0,3}?[\w'’-]+)\s+(?:did"
    r"|do|does|were|was|are|is|has|have|had|will|would|can"
    r"|in|of|at|by|to|for|took|take|came|study|attended|[a-z]+ed)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Question:
    """An understood question."""

    text: str
    standalone: str
    language: str
    countries: tuple[Party, ...]
    organisations: tuple[Party, ...]
    kinds: tuple[Kind, ...]
    status: Status | None
    terms: tuple[str, ...]
    counted: tuple[str, ...]
    words: Mapping[str, str]

    @property
    def specifics(self) -> tuple[str, ...]:
        """The content terms that narrow the question down: no country, no status word, no word of the whole field."""
        return tuple(dict.fromkeys(t for t in self.terms if t not in _GENERIC_TERMS and marked_name(t) is None))

    @property
    def asks_for_one_fact(self) -> bool:
        """Whether one sentence can answer: who, when, where, how many."""
        return bool(self.kinds)


def understand(
    text: str, standalone: str, *, analyze: Callable[[str], list[str]], known_organisations: Iterable[str]
) -> Question:
    """Read a question; `analyze` turns text into index terms."""
    language = detect_language(standalone) or "en"
    named = countries(standalone, language)
    bodies = organisations(standalone, known_organisations)
    return Question(
        text=text,
        standalone=standalone,
        language=language,
        countries=tuple(party for party in named if party.is_country),
        organisations=bodies,
        kinds=tuple(kind for kind, pattern in _KINDS if pattern.search(standalone)),
        status=asked_status(standalone),
        terms=tuple(content_terms(standalone, analyze, language)),
        counted=_counted(standalone, analyze),
        words={term: word for word in re.findall(r"[\w'’-]+", standalone) for term in analyze(word)},
    )


def content_terms(text: str, analyze: Callable[[str], list[str]], language: str = "en") -> list[str]:
    """The index terms of a question in order, less the words that only ask; each country is one term."""
    words = " ".join(word for word in re.findall(r"[\w'’/-]+", text) if word.lower() not in _ASKING_WORDS)
    terms = analyze(mark_countries(words, language))
    return [term for term in terms if len(term) > 1 or term.isdigit()]


def shows(kind: Kind, sentence: str) -> bool:
    """Whether `sentence` holds a thing of this kind; dates do not count as numbers."""
    if kind is Kind.NUMBER:
        sentence = _DATES.sub(" ", sentence)
    return bool(_PRESENT[kind].search(sentence))


def _counted(text: str, analyze: Callable[[str], list[str]]) -> tuple[str, ...]:
    match = _COUNTED.search(text)
    if match is None:
        return ()
    terms = analyze(match.group(1))
    return tuple(term for term in terms[-1:] if term not in ("peopl", "money", "time", "person"))
