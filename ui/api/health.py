"""Health, for an orchestrator or a proxy."""

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request

from assistant.scope.scope import Scope, hidden_sources
from corpus.errors import DataFolderDamaged
from ui.access.scoping import scope_of
from ui.identity.identity import may_administer
from ui.wire.problems import documented
from ui.wire.shapes import Live, Ready

if TYPE_CHECKING:
    from assistant.assembly import Assistant


def add_health(app: FastAPI, assistant: "Assistant") -> None:
    """`GET /health/live` and `GET /health/ready`, the latter once what `app.state.warming` loads is there."""
    app.state.warming = None

    @app.get("/health/live", tags=["health"])
    async def live() -> Live:
        """Whether the process answers at all."""
        return Live()

    @app.get("/health/ready", responses=documented(503), tags=["health"])
    def ready(request: Request) -> Ready:
        """Whether questions can be answered: all is loaded, the catalog and the indexes open and hold the same."""
        if request.app.state.warming is not None:
            request.app.state.warming.require()
        return readiness(assistant, None if may_administer(request) else scope_of(request))


def readiness(assistant: "Assistant", seen: Scope | None = None) -> Ready:
    """What there is to answer from; raises `AssistantError` with the reason where nothing can be.

    All is looked at; with `seen`, what that lets somebody see is told, and no number in which the rest has a part.
    """
    assistant.refresh()
    store = assistant.store
    passages, indexed = store.catalog.passage_count(), store.index.count()
    store.require_following()
    # What is written goes into the indexes first, so more of them is no fault; where they follow the catalog, fewer
    # are one only once they have caught up.
    if indexed < passages and store.generation == store.catalog.generation:
        lacking = f"The index holds {indexed} of {passages} passages" if seen is None else "The index lacks passages"
        raise DataFolderDamaged(f"{lacking}; run: assistant reindex")
    if seen is None:
        return Ready(generation=store.generation, passages=passages, indexed=indexed)
    hidden = hidden_sources(store.catalog.facets, seen)
    return Ready(passages=store.catalog.facets.passage_count(hidden), indexed=store.index.count(hidden))
