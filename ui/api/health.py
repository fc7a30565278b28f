"""Health, for an orchestrator or a proxy."""

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

if TYPE_CHECKING:
    from assistant.assembly import Assistant


def add_health(app: FastAPI, assistant: "Assistant") -> None:
    """`GET /health/live` and `GET /health/ready`."""

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """Whether the process answers at all."""
        return {"status": "live"}

    @app.get("/health/ready")
    def ready() -> dict[str, Any]:
        """Whether questions can be answered: the catalog and the indexes open."""
        assistant.refresh()
        return {
            "status": "ready",
            "generation": assistant.store.generation,
            "passages": assistant.store.catalog.passage_count(),
            "indexed": assistant.store.index.keywords.count(),
        }
