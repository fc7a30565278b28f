"""Who a question or a sentence is about: countries by any of their names, and the organisations of the corpus.

Country names in English and in the question's own language come from Unicode CLDR (through Babel); English adjectives
and inhabitants from a table beside this module. Organisations are those that documents name as parties in their own
metadata. Matching is by name, never by similarity: a refusal that names a party must be right about it.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources

from corpus.document import Document

# Longer rests than this are another word, not a case ending ("Latvijas", "Азербайджаном", "Azərbaycandan").
_LONGEST_ENDING = 4
_SHORTEST_STEM = 4
_ENDING_LETTERS = "aāäeēəiīıoõuūsšаеийоуыьэюя"
_OTHER_WORDS_IN_LOWER_CASE = frozenset(("us", "polish", "un", "poles", "slovene"))
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
    codes = dict.fromkeys(code for _, _, code in mentions(text, language))
    return tuple(party_of(code) for code in codes)


def mentions(text: str, language: str = "en") -> list[tuple[int, int, str]]:
    """Where `text` names a country: (start, end, ISO code), in order."""
    found = [
        (match.start(), match.end(), _english_names()[match.group()]) for match in _english_pattern().finditer(text)
    ]
    if language != "en" and (stems := _stem_pattern(language)) is not None:
        taken = {start for start, _, _ in found}
        found += [
            (match.start(), match.end(), _stems(language)[match.group(1).lower()])
            for match in stems.finditer(text)
            if match.start() not in taken
        ]
    return sorted(found)


def mark_countries(text: str) -> str:
    """The text with each country's English name or adjective replaced by one word for that country ("countrylvx")."""
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
    return names


@cache
def _english_pattern() -> re.Pattern[str]:
    names = sorted(_english_names(), key=len, reverse=True)
    # Most words begin like no name, which the first look tells without trying a thousand names.
    first = "".join(sorted({re.escape(name[0]) for name in names}))
    return re.compile(rf"(?<!\w)(?=[{first}])(?:" + "|".join(map(re.escape, names)) + r")(?!\w)")


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
    return {name.lower(): name for name in _english_names() if name.lower() not in _OTHER_WORDS_IN_LOWER_CASE}


@cache
def _lower_case_pattern() -> re.Pattern[str]:
    names = sorted(_lower_case_names(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)")


@cache
def _stem_pattern(language: str) -> re.Pattern[str] | None:
    stems = sorted(_stems(language), key=len, reverse=True)
    if not stems:
        return None
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, stems))})\w{{0,{_LONGEST_ENDING}}}(?!\w)", re.IGNORECASE)


@cache
def _stems(language: str) -> dict[str, str]:
    """Lower-case country name less its ending → ISO code, for languages that inflect names."""
    return {_stem(name.lower()): code for code, name in _territories(language).items()}


def _stem(name: str) -> str:
    """The name less its final vowels and s, which case endings replace ("Latvija" → "latvij")."""
    while len(name) > _SHORTEST_STEM and name[-1] in _ENDING_LETTERS:
        name = name[:-1]
    return name
