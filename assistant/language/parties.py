"""Who a question or a sentence is about: countries by any of their names, and the organisations of the corpus.

Country names in English and in the question's own language come from Unicode CLDR (through Babel); so do other
languages' adjectives, which are what they call the country's language ("latviešu", "грузинский"). English adjectives
and inhabitants stand in a table beside this module. Organisations are those that documents name as parties in their own
metadata. Matching is by name, never by similarity: a refusal that names a party must be right about it.
"""

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources

from corpus.document import Document

# Longer rests than this are another word, not a case ending ("Latvijas", "Азербайджаном", "Azərbaycandan").
_LONGEST_ENDING = 4
_SHORTEST_STEM = 4
_MOST_CUT = 3
# The second are adjectives in Cyrillic letters that are made of a country's name ("латвийского", "латвійським").
_ENDINGS = rf"(?:\w{{0,{_LONGEST_ENDING}}}|[иі]?йсь?к\w{{1,3}})"
_ENDING_LETTERS = "aāäeēəiīıoõuūsšаеийоуыьэюя"
_OTHER_WORDS_IN_LOWER_CASE = frozenset(("us", "polish", "un", "poles", "slovene"))
# What makes the name of a language of an adjective, in Turkish and Azerbaijani ("Gürcüce", "Azerbaycan dili").
_LANGUAGE_ENDING = re.compile(r"(?: dili|(?<=\w{4})[cç][ae])$")
# Soft hyphens, joiners and marks of direction stand in names that were copied from a page.
_WITHOUT_WIDTH = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# English names are found with their accents and without them; a letter stays one letter.
_BARE = {
    ord(letter): unicodedata.normalize("NFD", letter)[0]
    for letter in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    if unicodedata.normalize("NFD", letter)[0].isascii()
}
# Turkish has two letters i, each with its own capital, of which people type either.
_ONE_I = str.maketrans("İı", "ii")
# Codes of CLDR that are no country: unknown region, eurozone, outlying Oceania, pseudo-locales.
_NOT_PLACES = frozenset(("ZZ", "EZ", "QO", "XA", "XB"))


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """A country (`code` is ISO 3166-1 alpha-2) or an organisation (`code` is its name in lower case)."""

    code: str
    name: str = field(compare=False)

    @property
    def is_country(self) -> bool:
        """Whether the party is a country."""
        return len(self.code) == 2 and self.code.isupper() and self.code not in ("EU", "UN")


def countries(text: str, language: str = "en") -> tuple[Party, ...]:
    """The countries `text` names, in order of first mention; `language` adds that language's names to English ones."""
    codes = dict.fromkeys(code for _, _, code in mentions(plain(text), language))
    return tuple(party_of(code) for code in codes)


def plain(text: str) -> str:
    """The text as names are looked for in it: accents composed, and without what has no width."""
    return _WITHOUT_WIDTH.sub("", unicodedata.normalize("NFC", text)).replace("’", "'")


def mentions(text: str, language: str = "en") -> list[tuple[int, int, str]]:
    """Where `text`, which is `plain`, names a country: (start, end, ISO code), in order."""
    bare = text.translate(_BARE)
    found = [
        (match.start(), match.end(), _english_names()[" ".join(match.group().split())])
        for match in _english_pattern().finditer(bare)
    ]
    if language != "en" and (stems := _stem_pattern(language)) is not None:
        found += [
            (match.start(), match.end(), _code_of(match, language))
            for match in stems.finditer(text.translate(_ONE_I))
            if _is_a_form(match, language)
        ]
    return _longest_each(found)


def _longest_each(found: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Of mentions that overlap the longest: "Guinea Ecuatorial", not "Guinea"."""
    kept: list[tuple[int, int, str]] = []
    for start, end, code in sorted(found):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, code))
        elif end - start > kept[-1][1] - kept[-1][0]:
            kept[-1] = (start, end, code)
    return kept


def mark_countries(text: str) -> str:
    """The text with each country's English name or adjective replaced by one word for that country ("countrylvx")."""
    text = plain(text)
    parts, position = [], 0
    for start, end, code in mentions(text):
        if start >= position:
            # The last letter keeps the stemmer from taking "countryee" for a form of another word.
            parts += [text[position:start], f" country{code.lower()}x "]
            position = end
    return "".join([*parts, text[position:]])


def with_capitals(text: str) -> str:
    """A text typed without any capitals, as questions often are, with those of country names put in."""
    if text != text.lower():
        return text
    return _lower_case_pattern().sub(lambda match: _lower_case_names()[match.group()], text)


def with_countries_of_capitals(text: str) -> str:
    """A question in which a capital stands for its government ("is the deal between Riga and Chisinau in force?").

    Its country's name takes its place. After a preposition of place, or in front of a noun of its own ("the Copenhagen
    office"), a capital is only a city.
    """
    return _capital_pattern().sub(lambda match: party_of(_capitals()[match.group().lower()]).name, text)


def is_capital(word: str) -> bool:
    """Whether a word is the name of a capital, which may stand for its government."""
    return word.lower() in _capitals()


def document_countries(document: Document) -> frozenset[Party]:
    """The countries a document is about: those it declares or names in its title, or else all that its text names."""
    return _document_countries(document.id, document)


def is_about(document: Document, sentence: str, wanted: Sequence[Party]) -> bool:
    """Whether a sentence of `document` is about the wanted countries: all of one or two, at least two of more."""
    if not wanted:
        return True
    if len(wanted) == 1:
        return names(document, wanted[0])
    named = document_countries(document) | frozenset(countries(sentence, document.language or "en"))
    return len(named.intersection(wanted)) >= min(len(wanted), 2)


def names(document: Document, party: Party) -> bool:
    """Whether a document declares the party or names it anywhere in its text."""
    return party in document_countries(document) or party in _countries_of_text(document.id, document)


def aliases(party: Party) -> tuple[str, ...]:
    """Every English name and adjective of a country."""
    return tuple(name for name, code in _english_names().items() if code == party.code)


def marked_name(term: str) -> str | None:
    """The English name of the country that a word of `mark_countries` stands for, or None."""
    code = term.removeprefix("country").removesuffix("x").upper()
    return _territories("en").get(code) if term.startswith("country") else None


@lru_cache(maxsize=4096)
def _document_countries(_id: str, document: Document) -> frozenset[Party]:
    declared = countries(". ".join((*document.parties, document.title)), document.language or "en")
    if document.parties and declared:
        return frozenset(declared)
    return frozenset(declared) | _countries_of_text(document.id, document)


@lru_cache(maxsize=4096)
def _countries_of_text(_id: str, document: Document) -> frozenset[Party]:
    return frozenset(countries(document.text, document.language or "en"))


def every_country() -> tuple[Party, ...]:
    """All countries and territories that CLDR names."""
    return tuple(party for code in _territories("en") if (party := party_of(code)).is_country)


def name_in(party: Party, language: str) -> str:
    """The party's name in a language; an organisation has one name."""
    return _territories(language).get(party.code, party.name) if party.is_country else party.name


def country_names(language: str) -> list[tuple[str, str]]:
    """Every name of a country in English and in `language`, each with its ISO code."""
    own = [(name, code) for code, name in _territories(language).items()] if language != "en" else []
    return [*_english_names().items(), *own]


def party_of(code: str) -> Party:
    """The party of an ISO code that `mentions` gave."""
    return Party(code, _territories("en")[code])


@cache
def _territories(language: str) -> dict[str, str]:
    """ISO code → name in `language`; empty where CLDR has no such language."""
    from babel import Locale, UnknownLocaleError

    try:
        names = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NOT_PLACES}


@cache
def _english_names() -> dict[str, str]:
    """Name or adjective as written in English → ISO code."""
    names = {name: code for code, name in _territories("en").items()}
    names |= {name.removeprefix("The "): code for name, code in names.items()}
    table = resources.files("assistant.language").joinpath("demonyms.csv").read_text(encoding="utf-8")
    for row in csv.reader(table.splitlines()[1:]):
        names |= {name.strip(): row[0] for name in row[1].split("|")}
    names = {name.replace("’", "'").translate(_BARE): code for name, code in names.items()}
    return {name.upper(): code for name, code in names.items() if len(name) >= _SHORTEST_STEM} | names


@cache
def _english_pattern() -> re.Pattern[str]:
    names = sorted(_english_names(), key=len, reverse=True)
    # Most words begin like no name, which the first look tells without trying a thousand names.
    first = "".join(sorted({re.escape(name[0]) for name in names}))
    written = "|".join(r"\s+".join(map(re.escape, name.split())) for name in names)
    return re.compile(rf"(?<!\w)(?=[{first}])(?:{written})(?!\w)")


@cache
def _capitals() -> dict[str, str]:
    """Capital in lower case → ISO code."""
    table = resources.files("assistant.language").joinpath("capitals.csv").read_text(encoding="utf-8")
    return {name.lower(): code for code, names in csv.reader(table.splitlines()[1:]) for name in names.split("|")}


@cache
def _capital_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _capitals()), key=len, reverse=True))
    place = r"(?<!\bin )(?<!\bat )(?<!\bto )(?<!\bfrom )(?<!\bnear )(?<!\bof )(?<!\bthe )(?<!\bvisit )(?<!\bvisited )"
    followed = (
        r"(?=\s+(?:and|or|with|have|has|had|do|does|did|is|are|was|were|to|sign|signed|agree[ds]?|by|on|in)\b|[?,;.]|$)"
    )
    # "What did Tokyo hand over?"
    does = "|".join(rf"(?<=\b{verb} )" for verb in ("did", "does", "has", "have", "will", "would", "can", "could"))
    return re.compile(rf"{place}(?<!\w)(?:{names})(?!\w){followed}|(?:{does})(?:{names})(?=\s+[a-z])", re.IGNORECASE)


@cache
def _lower_case_names() -> dict[str, str]:
    return {
        name.lower(): name
        for name in _english_names()
        if name.lower() not in _OTHER_WORDS_IN_LOWER_CASE and (name != name.upper() or len(name) < _SHORTEST_STEM)
    }


@cache
def _lower_case_pattern() -> re.Pattern[str]:
    names = sorted(_lower_case_names(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)")


@cache
def _stem_pattern(language: str) -> re.Pattern[str] | None:
    stems = sorted(_stems(language), key=len, reverse=True)
    if not stems:
        return None
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, stems))}){_ENDINGS}(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Stem:
    """What a stem names: a country's ISO code, and whether an ending was cut off, which must stand there then."""

    code: str
    is_cut: bool


@cache
def _stems(language: str) -> dict[str, _Stem]:
    """Lower-case name or adjective less its ending → what it names, for languages that inflect names."""
    found = {}
    for name, code in (*_adjectives(language), *((name, code) for code, name in _territories(language).items())):
        written = _folded(name)
        stem = _stem(written)
        found[stem] = _Stem(code, stem != written)
    return found


@cache
def _whole_names(language: str) -> dict[str, str]:
    """A language's names as they stand, each with its ISO code: "Нигер" is not a form of "Нигерия"."""
    return {_folded(name): code for code, name in _territories(language).items()}


def _folded(name: str) -> str:
    return plain(name).translate(_ONE_I).lower()


def _code_of(match: re.Match[str], language: str) -> str:
    whole = _whole_names(language).get(match.group().lower())
    return whole or _stems(language)[match.group(1).lower()].code


def _is_a_form(match: re.Match[str], language: str) -> bool:
    """Whether what was found is more than the stem of a longer name: "Eesti" and "Eestis", not "eest"."""
    found = match.group().lower()
    is_more = len(found) > len(match.group(1)) or not _stems(language)[match.group(1).lower()].is_cut
    return is_more or found in _whole_names(language)


def _adjectives(language: str) -> list[tuple[str, str]]:
    """What `language` calls the language of a country whose English adjective is its name, each with the ISO code."""
    from babel import Locale, UnknownLocaleError

    try:
        own, english = Locale.parse(language).languages, Locale.parse("en").languages
    except (UnknownLocaleError, ValueError):
        return []
    countries_of = {code: _english_names()[name] for code, name in english.items() if name in _english_names()}
    told = [(_LANGUAGE_ENDING.sub("", own[code]), country) for code, country in countries_of.items() if code in own]
    return [(name, country) for name, country in told if len(name) >= _SHORTEST_STEM and " " not in name]


def _stem(name: str) -> str:
    """The name less its final vowels and s, which case endings replace ("Latvija" → "latvij")."""
    shortest = max(_SHORTEST_STEM, len(name) - _MOST_CUT)
    while len(name) > shortest and name[-1] in _ENDING_LETTERS:
        name = name[:-1]
    return name
