"""A question in another language becomes English key words, in its own order: enough to search and to read by.

Not a translation: names of countries and months come from Unicode CLDR, words of the field from `corpus/glossary.csv`
(by their stems, since these languages inflect), numbers and proper names are kept, everything else is dropped. Sources
are still quoted in their own language, and the answer says that the question was read this way.
"""

import csv
import re
from functools import cache
from importlib import resources

from assistant.parties import mentions, party_of

_LONGEST_ENDING = 9
_SHORTEST_MONTH_STEM = 3


def key_words(text: str, language: str) -> str | None:
    """The English key words of a question, or None for a language that the glossary does not have."""
    stems = _stems(language)
    if not stems:
        return None
    words: list[str] = []
    position = 0
    for start, end, code in mentions(text, language):
        if start >= position:
            words += [*_words(text[position:start], language, stems), party_of(code).name]
            position = end
    return " ".join([*words, *_words(text[position:], language, stems)])


def _words(text: str, language: str, stems: dict[str, str]) -> list[str]:
    found = []
    for match in _pattern(language).finditer(text):
        if match.group("stem"):
            found.append(stems[match.group("stem").lower()])
        elif match.group("number"):
            found.append(match.group("number"))
        elif match.group("name") and match.start() > 0:
            found.append(match.group("name"))
    return found


@cache
def _pattern(language: str) -> re.Pattern[str]:
    stems = "|".join(re.escape(stem) for stem in sorted(_stems(language), key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?:(?P<number>\d+(?:[.,–-]\d+)*)|(?P<stem>(?i:{stems}))\w{{0,{_LONGEST_ENDING}}}(?!\w)"
        r"|(?P<name>[A-ZÀ-ÞĀ-Ž][\w-]{2,})|\w+)"
    )


@cache
def _stems(language: str) -> dict[str, str]:
    """Stem in `language` → English word; empty where the glossary has no such column."""
    table = resources.files("corpus").joinpath("glossary.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    if language not in rows[0]:
        return {}
    stems: dict[str, str] = {}
    for row in rows:
        for stem in row[language].split("|"):
            stems.setdefault(stem, row["english"])
    return stems | _months(language)


def _months(language: str) -> dict[str, str]:
    from babel import Locale

    names, english = Locale.parse(language).months["format"]["wide"], Locale.parse("en").months["format"]["wide"]
    # The last two letters carry the case ("augusts", "augustam"; "сентября", "сентябре").
    return {name.lower()[: max(_SHORTEST_MONTH_STEM, len(name) - 2)]: english[number] for number, name in names.items()}
