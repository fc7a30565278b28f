"""What a question asks for: about whom, which kind of thing, which status, in which words.

The words are index terms (stemmed, without stop words), so that they compare with those of passages. Names of parties
and words that only ask ("reported", "according to the documents") are not among the content terms.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from assistant.language.commitments import Status, asked_status
from assistant.language.dates import Period, months, period
from assistant.language.naming import Name, names_in
from assistant.language.offices import Office, asked_office
from assistant.language.organisations import Organisations
from assistant.language.parties import (
    Party,
    countries,
    mark_countries,
    marked_name,
    with_capitals,
    with_countries_of_capitals,
)
from assistant.language.vocabulary import Vocabulary
from assistant.question.conversation import ABOUT
from assistant.question.kinds import SINGLE_FACTS, Kind, asked_kinds
from assistant.question.translation import in_key_words, key_words
from corpus.text.language import detect_language

# Those of the field's own table alone, where no corpus declares others.
NO_OTHER_ORGANISATIONS = Organisations()
# The language that the index is stemmed for and the encoder reads.
ENGLISH = "en"
_ASKING_WORDS = frozenset(
    """
    who whom whose what when where which why how many much long far did do does done was were is are has have
    had report reported documents document according say says tell told state stated mention mentioned there any
    between still yet ever now already please also about not only so and but then he him his she her hers it its
    they them their theirs this that these those we our you your i me my one ones same other others
    source sources article articles be been being since until recently just today could would should can may might
    home anything something nothing everything two three
    please tell give put together trace exactly really actually out from grateful inform kindly advise speech briefing
    note mr mrs dr
    """.split()
)
# Stems that every document of this field has, or that ask for a status: their absence means nothing.
_GENERIC_TERMS = frozenset(
    """
    health healthcar care medic cooper collabor agreement agre memorandum memoranda document deal treati text
    sign signatur approv ratifi ratif forc enter effect discuss talk minist minist minister countri parti state
    status newest latest new result formal plan planned concret offici decid commit unfinish open cover
    develop progress evolv histori trace step timelin contact relat written basi exist each everi recent
    event came come got gone went
    """.split()
)
# What is asked for need not stand in the answer ("which cities" is answered by names), nor what "that trip" means.
_ASKED_TYPE = re.compile(r"\b(?:which|what|that|this|those|these)\s+(\w+)", re.IGNORECASE)
# Dates are compared as dates (see `months`), not as words.
_DATE_TERM = re.compile(
    r"(?:19|20)\d\ds?|januari|februari|march|april|may|june|juli|august|septemb|octob|novemb|decemb"
)
# Things or times side by side: the answer lies in several documents.
_COMPARES = re.compile(
    r"\b(?:compar\w+|differ\w*|versus|vs|respectively|timeline|over time|since|so far|until|develop\w*|progress\w*"
    r"|evolv\w*|history|trace|steps|sources|the two|both|older|newer|earlier|later|further|more)\b"
    r"|\bbetween (?:19|20)\d\d and\b|,? or (?:the|with|is|in)\b|\bhow (?:do|did|have|has)\b.*\band\b",
    re.IGNORECASE,
)
# "Which agreements did Latvia sign?", "with whom ...?": answered from everything that is recorded of a party.
_LISTS = re.compile(
    r"\b(?:which|what|how many|list|name|all)\b[^?]{0,50}?\b(?:agreements|memoranda|memorandums|documents|treaties"
    r"|deals|protocols|declarations|papers)\b"
    r"|\bwith (?:which|what|how many) (?:other )?(?:countries|states|partners|ministries)\b|\bwith whom\b"
    r"|\bwhat (?:have|has|did|had) .{3,60} (?:sign|signed|concluded|agreed)\b(?! on\b)",
    re.IGNORECASE,
)
# What became of something over time: told in the order of the events.
_OVER_TIME = re.compile(
    r"\b(?:timeline|chronolog\w+|over time|over the years|since|so far|how far|develop(?:ed|ment)|progress(?:ed)?"
    r"|evolv\w+|histor(?:y|ical)|trace|steps|came out|come out|led to|sequence)\b|\bbetween (?:19|20)\d\d and\b",
    re.IGNORECASE,
)
# "How did the talks end?": by what was signed later, in words that need not be these.
_ENDING_TERMS = frozenset(("end", "becam", "becom", "negoti"))
_TALKS_ENDED = re.compile(
    r"\bhow did\b.{1,80}\bend\b.*\b(?:talks|negotiations|discussions)\b"
    r"|\bhow did\b.*\b(?:talks|negotiations|discussions)\b.*\bend\b"
    r"|\b(?:came|become|became) of\b.*\b(?:talks|negotiations|discussions|agreement|memorandum)\b",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"^(?:(?:and|so|but|or)\s+)?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|may)\b", re.IGNORECASE
)
# "Under the contract", "the deal between them": taken for granted, and perhaps never made.
_INSTRUMENT = re.compile(
    r"\b(?:agreement|accord|deal|contract|memorandum|protocol|treaty|pact|document|declaration)\b", re.IGNORECASE
)
_ACRONYM = re.compile(r"\b[A-Z]{2,}\b")
# Capitalised words that name nobody.
_NO_NAMES = frozenset("mr mrs ms dr prof sir madam excellency west east north south western eastern i".split())
# Capitalised, and not the first word.
_PROPER_NAME = re.compile(r"(?<=[\w,;:)] )[A-ZÀ-ÞĀ-ŽА-Я][\w'’-]+")
_COUNTED = re.compile(
    r"\bhow (?:many|much)\s+((?:[\w'’-]+\s+){0,3}?[\w'’-]+)\s+(?:did"
    r"|do|does|were|was|are|is|has|have|had|will|would|can"
    r"|in|of|at|by|to|for|took|take|came|study|attended|[a-z]+ed)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Question:
    """An understood question.

    `read` is what is searched and read by: the standalone question, or its English key words. `terms` are its content
    terms in order (repeated where they are), `specifics` those of them that narrow it down, `counted` those of the
    thing whose number is asked ("how many beds"), `acronyms` those of organisations ("WHO"); `words` gives back the
    word that a term was made from. `months` are the dates it names, `period` the years they span, `unknown_names` the
    proper names in it that no passage holds. `compares` tells whether it sets things or times side by side, `lists`
    whether it asks for all agreements of somebody, `over_time` whether it asks what became of something, `is_yes_no`
    whether yes or no would answer it, `names_instrument` whether it takes an agreement for granted. `names` are the
    people and places it names, `office` is set where it asks who holds one. `absent_parties`, filled in by retrieval,
    are those that no document names.
    """

    text: str
    standalone: str
    read: str
    language: str
    countries: tuple[Party, ...]
    organisations: tuple[Party, ...]
    kinds: tuple[Kind, ...]
    status: Status | None
    terms: tuple[str, ...]
    specifics: tuple[str, ...]
    counted: tuple[str, ...]
    months: frozenset[tuple[str, str]]
    unknown_names: tuple[str, ...]
    acronyms: tuple[str, ...]
    compares: bool
    lists: bool
    over_time: bool
    is_yes_no: bool
    names_instrument: bool
    period: Period
    names: tuple[Name, ...]
    office: Office | None
    words: Mapping[str, str]
    absent_parties: tuple[Party, ...] = ()

    @property
    def parties(self) -> tuple[Party, ...]:
        """The countries and organisations it names."""
        return (*self.countries, *self.organisations)

    @property
    def asks_for_one_fact(self) -> bool:
        """Whether one sentence can answer: who, when, where, how many."""
        return bool(self.kinds) and SINGLE_FACTS.issuperset(self.kinds)


def understand(
    text: str, standalone: str, vocabulary: Vocabulary, organisations: Organisations = NO_OTHER_ORGANISATIONS
) -> Question:
    """Read a question in the words of the index; `organisations` are those it can name."""
    analyze = vocabulary.analyze
    asking, _, _ = standalone.partition(ABOUT)
    language = detect_language(asking) or detect_language(standalone) or ENGLISH
    read = with_capitals(standalone) if language == ENGLISH else _in_english(standalone, language, vocabulary)
    read = with_countries_of_capitals(read)
    read = organisations.with_short_names(read, vocabulary.is_indexed)
    asking, _, _ = read.partition(ABOUT)
    terms = content_terms(read, analyze)
    named_countries = tuple(party for party in countries(read) if party.is_country)
    named_organisations = organisations.named_in(read)
    ended = bool(_TALKS_ENDED.search(read))
    unspecific = {term for word in _ASKED_TYPE.findall(asking) for term in analyze(word)}
    unspecific |= _ENDING_TERMS if ended else frozenset()
    return Question(
        text=text,
        standalone=standalone,
        read=read,
        language=language,
        countries=named_countries,
        organisations=named_organisations,
        kinds=asked_kinds(asking),
        status=asked_status(asking),
        terms=tuple(terms),
        specifics=tuple(dict.fromkeys(term for term in terms if _is_specific(term) and term not in unspecific)),
        counted=_counted(read, analyze),
        months=months(read),
        period=period(read),
        acronyms=tuple(term for word in _ACRONYM.findall(mark_countries(read)) for term in analyze(word)),
        compares=bool(_COMPARES.search(asking)),
        lists=bool(_LISTS.search(asking)),
        over_time=ended or bool(_OVER_TIME.search(asking)),
        is_yes_no=bool(_YES_NO.search(asking)),
        names_instrument=bool(_INSTRUMENT.search(asking)),
        unknown_names=tuple(_unknown_names(read, vocabulary)) if language == ENGLISH else (),
        names=names_in(organisations.taken_out(asking), analyze) if language == ENGLISH else (),
        office=asked_office(asking, (*named_countries, *named_organisations)) if language == ENGLISH else None,
        words={term: word for word in re.findall(r"[\w'’-]+", read) for term in analyze(word)},
    )


def _in_english(standalone: str, language: str, vocabulary: Vocabulary) -> str:
    """The key words of what is asked and, behind the same mark, of what the conversation is about."""
    asking, found, about = (part.rstrip(")? ") for part in standalone.partition(ABOUT))
    asked = key_words(asking, language, vocabulary.is_indexed)
    if asked is None:
        return standalone
    return f"{asked}{ABOUT}{in_key_words(about, language, vocabulary.is_indexed)}" if found else asked


def _unknown_names(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The capitalised words inside the question, no country among them, that stand in no passage."""
    for word in _PROPER_NAME.findall(mark_countries(text)):
        if word.lower().rstrip(".") not in _NO_NAMES and not vocabulary.is_indexed(word):
            yield word


def _is_specific(term: str) -> bool:
    """Whether a term narrows a question down: no country, no status word, no word of the whole field."""
    return term not in _GENERIC_TERMS and not _DATE_TERM.fullmatch(term) and marked_name(term) is None


def content_terms(text: str, analyze: Callable[[str], list[str]]) -> list[str]:
    """The index terms of a question in order, less the words that only ask; each country is one term."""
    kept = [word for word in re.findall(r"[\w'’/-]+", text) if word == "WHO" or word.lower() not in _ASKING_WORDS]
    terms = analyze(mark_countries(" ".join(kept)))
    return [term for term in terms if len(term) > 1 or term.isdigit()]


def _counted(text: str, analyze: Callable[[str], list[str]]) -> tuple[str, ...]:
    match = _COUNTED.search(text)
    if match is None:
        return ()
    terms = analyze(match.group(1))
    return tuple(term for term in terms[-1:] if term not in ("peopl", "money", "cash", "incom", "time", "person"))
