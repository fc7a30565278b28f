"""Organisations by any of their names: those of the field's own table, and those that documents declare as parties.

An acronym is matched as written ("WHO", never "who"); a name of several words in any case. In the table a hyphen after
a word stands for any ending, for languages that inflect names. As with countries, matching is by name and never by
similarity.
"""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources

from assistant.language.parties import Party, countries, names
from corpus.document import Document

_ENDING = r"\w{0,6}"


class Organisations:
    """The organisations that a question can name; `declared` are the parties that documents name in their metadata."""

    def __init__(self, declared: Iterable[str] = ()) -> None:
        by_alias = {alias: name for name, aliases in _table().items() for alias in aliases}
        by_alias |= {name: name for name in declared if name not in by_alias and not countries(name)}
        self._names = by_alias
        self._pattern = _pattern(by_alias)

    def named_in(self, text: str) -> tuple[Party, ...]:
        """The organisations `text` names, in order of first mention."""
        found = (self._name_of(match.group()) for match in self._pattern.finditer(text))
        return tuple(Party(name.casefold(), name) for name in dict.fromkeys(found))

    def taken_out(self, text: str) -> str:
        """The text with commas in the place of every organisation's name."""
        return self._pattern.sub(lambda match: "," * len(match.group()), text)

    def with_short_names(self, text: str, is_indexed: Callable[[str], bool]) -> str:
        """The text with each full name made its acronym, where documents use that ("OTS")."""

        def short(match: re.Match[str]) -> str:
            name = self._name_of(match.group())
            return name if _initials(match.group()) == name and is_indexed(name) else match.group()

        return self._pattern.sub(short, text)

    def _name_of(self, written: str) -> str:
        """The organisation that is meant by a name as it was found."""
        longest = sorted(self._names, key=len, reverse=True)
        return next(self._names[alias] for alias in longest if _alias_pattern(alias).fullmatch(written))


def is_named(document: Document, organisation: Party) -> bool:
    """Whether a document names an organisation in its text, its title or its metadata."""
    return _is_named(document.id, organisation.name, document)


def names_party(document: Document, party: Party) -> bool:
    """Whether a document names a country or an organisation anywhere."""
    return names(document, party) if party.is_country else is_named(document, party)


def names_organisation(text: str, organisation: Party) -> bool:
    """Whether a text names an organisation by any of its names."""
    return bool(_pattern_of(organisation.name).search(text))


def known_organisations() -> tuple[Party, ...]:
    """The organisations of the field's own table."""
    return tuple(Party(name.casefold(), name) for name in _table())


def text_names(text: str, party: Party) -> bool:
    """Whether a text names a country or an organisation."""
    return party in countries(text) if party.is_country else names_organisation(text, party)


def aliases_of(organisation: Party) -> tuple[str, ...]:
    """The names of an organisation that are written one way only, its own first."""
    return tuple(name for name in _forms_of(organisation) if not any(word.endswith("-") for word in name.split()))


@lru_cache(maxsize=8192)
def _is_named(_id: str, name: str, document: Document) -> bool:
    pattern = _pattern_of(name)
    return any(
        pattern.search(text) for text in (document.text, document.title, document.publisher or "", *document.parties)
    )


@cache
def _pattern_of(name: str) -> re.Pattern[str]:
    return _pattern(_forms_of(Party(name.casefold(), name)))


def _forms_of(organisation: Party) -> tuple[str, ...]:
    return _table().get(organisation.name, (organisation.name,))


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """Name → every alias of it, itself among them."""
    table = resources.files("assistant.language").joinpath("organisations.csv").read_text(encoding="utf-8")
    rows = csv.reader(table.splitlines()[1:])
    return {name: (name, *(alias for alias in aliases.split("|") if alias)) for name, aliases in rows}


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word.lower() not in ("of", "for", "and", "the", "in")).upper()


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    ordered: Sequence[str] = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_written, ordered))})(?!\w)")


@cache
def _alias_pattern(alias: str) -> re.Pattern[str]:
    return re.compile(_written(alias))


def _written(alias: str) -> str:
    """A pattern of the forms of a name: an acronym as it is written, else in any case; white space is any."""
    if " " not in alias and not alias.endswith("-"):
        return re.escape(alias)
    words = [re.escape(word.removesuffix("-")) + (_ENDING if word.endswith("-") else "") for word in alias.split()]
    return "(?i:" + r"\s+".join(words) + ")"
