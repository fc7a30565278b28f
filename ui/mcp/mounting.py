"""The tools at `/mcp` of the application, where the SDK is installed: an extra, which nothing else needs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus.errors import AssistantError
from ui.mcp.server import PATH, build_server, running
from ui.wire.answer_queue import AnswerQueue

if TYPE_CHECKING:
    from assistant.assembly import Assistant

METHODS = ("GET", "POST", "DELETE")


def is_installed() -> bool:
    """Whether the SDK is."""
    return find_spec("mcp") is not None


def require_installed() -> None:
    """Raise `AssistantError` with the command that installs the SDK, where it is missing."""
    if not is_installed():
        raise AssistantError(
            "The Model Context Protocol needs the package mcp; run: pip install 'health-cooperation-assistant[mcp]'"
        )


def add_mcp(app: FastAPI, assistant: "Assistant", queue: AnswerQueue, hosts: Sequence[str]) -> None:
    """`/mcp`, for as long as the application runs; before and after it, there is nothing at that path."""
    if not is_installed():
        return
    door = _Door()
    app.router.routes.append(Route(PATH, door, methods=list(METHODS), include_in_schema=False))
    lifespan = app.router.lifespan_context

    @asynccontextmanager
    async def with_tools(app: FastAPI) -> AsyncIterator[Any]:
        async with running(build_server(assistant, queue), hosts) as door.inside, lifespan(app) as state:
            try:
                yield state
            finally:
                door.inside = None

    app.router.lifespan_context = with_tools


class _Door:
    """Stands in the application's routes; what is behind it comes with each start and goes with each end."""

    inside: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if self.inside is None:
            raise HTTPException(503, "The server is starting or ending")
        await self.inside(scope, receive, send)
