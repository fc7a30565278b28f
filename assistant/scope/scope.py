"""The scope of a question: which documents may be read for it, by what was chosen and by who asks.

A `Scope` is what somebody wrote: parties, topics, publishers, languages and sources by name, a period, and the groups
of the person. `resolved` brings its names into those that the catalog knows, or says in a sentence which one nobody
knows. What is hidden from the person is hidden here too: a name that only hidden documents have is nobody's name.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.language.organisations import Organisations
from assistant.language.parties import countries, document_countries
from assistant.record.timeline import directory_of
from corpus.catalog.facets import LANGUAGE, PARTY, PUBLISHER, SOURCE, TOPIC, Facets
from corpus.document import Document
from corpus.errors import AssistantError
from corpus.store.store import Store

MOST_VALUES = 50
NOTHING_CHOSEN = "No document matches the chosen filters; take one of them away, or choose another."
_LONGEST_SHOWN = 60
_NEAR_MATCHES = 3
_ISO_DATE = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_ORGANISATIONS = Organisations()


class ScopeError(AssistantError):
    """What was chosen cannot be: no document has a value of that name, or the period is none."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents may be read; an empty field allows everything.

    Of the values of one field a document needs any, of the fields that are given it needs all. `since` and `until`
    are years, months or days (2024, 2024-05, 2024-05-17), both included; an undated document lies in no period.
    `groups` are those of whoever asks; None, for whoever holds the data folder, limits nothing. `asker` is who is
    charged for a language model's work; it changes nothing of what is read, so scopes that differ in it are equal.
    """

    parties: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    groups: frozenset[str] | None = None
    asker: str = field(default="", compare=False)

    @property
    def is_filtered(self) -> bool:
        """Whether something was chosen, beside what the person may see at all."""
        return self.without_filters() != self

    def without_filters(self) -> "Scope":
        """All that the person may see."""
        return Scope(groups=self.groups)

    def visible_to(self, groups: Iterable[str]) -> "Scope":
        """The same, for a person of these groups; without any, restricted sources are out of reach."""
        return replace(self, groups=frozenset(groups))

    def chosen(self) -> dict[str, tuple[str, ...]]:
        """Field of the catalog → the values chosen, for the fields with any."""
        return {field: values for name, field in FIELD_OF.items() if (values := getattr(self, name))}


# A scope's field → the catalog's.
FIELD_OF = {"parties": PARTY, "topics": TOPIC, "publishers": PUBLISHER, "languages": LANGUAGE, "sources": SOURCE}
EVERYTHING = Scope()


def within_filters(remark: str) -> str:
    """A remark on what documents tell or do not tell, where only some of them were read."""
    return f"Within the chosen filters, {remark[0].lower()}{remark[1:]}"


def scope_for(identity_groups: Iterable[str], requested: Scope = EVERYTHING) -> Scope:
    """What a signed-in person's request may read: what it asks for, within what the person's groups may see."""
    return requested.visible_to(identity_groups)


def hidden_sources(facets: Facets, scope: Scope) -> frozenset[str]:
    """The sources that are out of reach for whoever asks, registered or removed since."""
    if scope.groups is None:
        return frozenset()
    return frozenset(name for name, readers in facets.restrictions().items() if not readers & scope.groups)


def is_visible(facets: Facets, document: Document, scope: Scope) -> bool:
    """Whether a person may open a document, current or superseded; filters do not matter here."""
    return document.source not in hidden_sources(facets, scope)


def visible_document(store: Store, document_id: str, scope: Scope) -> Document | None:
    """A document by id, current or superseded; None where there is none, or the person may not open it."""
    found = store.document(document_id)
    if found is None or scope.groups is None:
        return found
    return found if is_visible(store.catalog.facets, found, scope) else None


def parties_of(document: Document) -> tuple[str, ...]:
    """The parties by which a document can be filtered: those it declares, or else those that its text names.

    They go by one name each ("Türkiye" for "Turkey"); a declared institution counts for its country too.
    """
    known = directory_of(())
    if document.parties:
        named = [party for name in document.parties for party in (known.get(name.casefold()), *countries(name))]
        others = [name for name in document.parties if name.casefold() not in known]
    else:
        text = f"{document.title}. {document.text}"
        named, others = [*sorted(document_countries(document)), *_ORGANISATIONS.named_in(text)], []
    return tuple(dict.fromkeys((*(party.name for party in named if party is not None), *others)))


def resolved(scope: Scope, known: Mapping[str, Mapping[str, int]]) -> Scope:
    """The scope with every name as the catalog writes it; `known` are the values that the person can see, by field.

    Raises `ScopeError` where a name is none of them, or the dates make no period.
    """
    since, until = _date(scope.since), _date(scope.until)
    if since and until and until < since[: len(until)]:
        raise ScopeError(f"The period ends in {until}, before it starts in {since}; exchange the two dates.")
    values: dict[str, Any] = {
        name: _known_values(field, getattr(scope, name), known[field]) for name, field in FIELD_OF.items()
    }
    return replace(scope, since=since, until=until, **values)


def _date(text: str | None) -> str | None:
    text = (text or "").strip()
    if not text:
        return None
    if _ISO_DATE.fullmatch(text) is None:
        raise ScopeError(f"'{_shown(text)}' is no date; write a year, a month or a day: 2024, 2024-05 or 2024-05-17.")
    return text


def _known_values(field: str, wanted: Iterable[str], known: Mapping[str, int]) -> tuple[str, ...]:
    names = [name for text in wanted if (name := " ".join(text.split()))]
    if len(names) > MOST_VALUES:
        raise ScopeError(f"Choose at most {MOST_VALUES} values of one kind.")
    by_folded = {value.casefold(): value for value in known}
    return tuple(dict.fromkeys(_known_value(field, name, by_folded) for name in names))


def _known_value(field: str, name: str, known: Mapping[str, str]) -> str:
    """The catalog's own form of a name; parties go by any of theirs."""
    party = directory_of(()).get(name.casefold()) if field == PARTY else None
    found = known.get(name.casefold()) or (known.get(party.name.casefold()) if party else None)
    if found is None:
        raise ScopeError(_nothing_has(field, name, known))
    return found


def _nothing_has(field: str, name: str, known: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(name[:_LONGEST_SHOWN].casefold(), known, n=_NEAR_MATCHES)
    near += [value for value in known if name.casefold() in value and value not in near][: _NEAR_MATCHES - len(near)]
    if near:
        advice = f"near it: {', '.join(known[value] for value in near)}"
    elif len(known) <= 2 * _NEAR_MATCHES:
        advice = f"there is: {', '.join(known.values())}" if known else "none has any"
    else:
        advice = "see the values there are: assistant filters"
    return f"No document has the {field} '{_shown(name)}'; {advice}."


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
