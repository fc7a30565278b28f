"""What documents can be filtered by, as JSON."""

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict

from ui.access.scoping import scope_of
from ui.wire.filters import values_as_json
from ui.wire.problems import documented

if TYPE_CHECKING:
    from assistant.assembly import Assistant


VALUES_EXAMPLE: dict[str, Any] = {
    "parties": [{"value": "Azerbaijan", "documents": 58}, {"value": "Latvia", "documents": 28}],
    "topics": [{"value": "health agreement", "documents": 12}],
    "publishers": [{"value": "WHO/Europe", "documents": 16}],
    "languages": [{"value": "en", "documents": 99}],
    "sources": [{"value": "briefs", "documents": 99}],
    "published": {"first": "2010-11-23", "last": "2026-02-24"},
}


class ValueCount(BaseModel):
    """A value, and how many documents have it."""

    value: str
    documents: int


class Published(BaseModel):
    """The oldest and the newest date of publication."""

    first: str | None
    last: str | None


class FilterValues(BaseModel):
    """What can be chosen of each kind, most frequent first."""

    model_config = ConfigDict(json_schema_extra={"examples": [VALUES_EXAMPLE]})

    parties: list[ValueCount]
    topics: list[ValueCount]
    publishers: list[ValueCount]
    languages: list[ValueCount]
    sources: list[ValueCount]
    published: Published


def add_filters(app: FastAPI, assistant: "Assistant") -> None:
    """`GET /api/v1/filters`."""

    @app.get("/api/v1/filters", response_model=FilterValues, responses=documented(503), tags=["documents"])
    def filters(request: Request) -> dict[str, Any]:
        """The parties, topics, publishers, languages and sources there are, each with its number of documents."""
        scope = scope_of(request)
        return values_as_json(assistant.filters(scope=scope), assistant.period(scope=scope))
