"""Health, for an orchestrator or a proxy."""

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request

from corpus.errors import DataFolderDamaged
from ui.api.problems import documented
from ui.api.shapes import Live, Ready

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
        return readiness(assistant)


def readiness(assistant: "Assistant") -> Ready:
    """What there is to answer from; raises `AssistantError` with the reason where nothing can be."""
    assistant.refresh()
    store = assistant.store
    passages, indexed = store.catalog.passage_count(), store.index.count()
    store.require_following()
    # What is written goes into the indexes first, so more of them is no fault; where they follow the catalog, fewer
    # are one only once they have caught up.
    if indexed < passages and store.generation == store.catalog.generation:
        raise DataFolderDamaged(f"The index holds {indexed} of {passages} passages; run: assistant reindex")
    return Ready(generation=store.generation, passages=passages, indexed=indexed)
