"""Scopes as people write them: in an address and in JSON.

The names are the same everywhere: party, topic, publisher, language, source (each may be given several times), since,
until. What they mean and whether there is such a value is `assistant.scope.scope`'s business.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assistant.scope.scope import FIELD_OF, MOST_VALUES, Scope

LONGEST_VALUE = 300
SINCE, UNTIL, QUESTION = "since", "until", "q"

Value = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_VALUE)]
Values = Annotated[list[Value], Field(max_length=MOST_VALUES)]


class Filters(BaseModel):
    """Which documents may be read: of each field any of the values, of all fields each; empty fields allow all."""

    model_config = ConfigDict(extra="forbid")

    parties: Values = Field(default_factory=list)
    topics: Values = Field(default_factory=list)
    publishers: Values = Field(default_factory=list)
    languages: Values = Field(default_factory=list)
    sources: Values = Field(default_factory=list)
    since: Value | None = None
    until: Value | None = None

    def scope(self) -> Scope:
        """The same as a scope, with no one's groups yet."""
        values: dict[str, Any] = {name: tuple(getattr(self, name)) for name in FIELD_OF}
        return Scope(since=self.since, until=self.until, **values)


def scope_from_query(pairs: Iterable[tuple[str, str]]) -> Scope:
    """The scope that an address asks for; what is no filter is passed over, and of a date given twice the last counts.

    The person's groups are not in it: nobody gets any by writing them into an address.
    """
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if text := " ".join(value.split())[:LONGEST_VALUE]:
            given.setdefault(name, []).append(text)
    values: dict[str, Any] = {
        name: tuple(dict.fromkeys(given.get(field, ())))[:MOST_VALUES] for name, field in FIELD_OF.items()
    }
    since, until = (given.get(name, [None])[-1] for name in (SINCE, UNTIL))
    return Scope(since=since, until=until, **values)


def query_of(scope: Scope, question: str = "") -> str:
    """The scope, and a question with it, as the query of an address; empty where there is neither."""
    pairs = [(field, value) for field, values in scope.chosen().items() for value in values]
    pairs += [(name, value) for name, value in ((SINCE, scope.since), (UNTIL, scope.until)) if value]
    return urlencode(pairs + ([(QUESTION, question)] if question else []))


def values_as_json(values: Mapping[str, Mapping[str, int]], period: tuple[str, str] | None) -> dict[str, Any]:
    """What there is to choose from, by the names of `Filters`, most frequent first."""
    listed = {
        name: [{"value": value, "documents": count} for value, count in values[field].items()]
        for name, field in FIELD_OF.items()
    }
    first, last = period or (None, None)
    return {**listed, "published": {"first": first, "last": last}}
