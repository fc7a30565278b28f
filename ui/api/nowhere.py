"""What no route is for, at our own paths and below those that programs use: told as a problem, not by the page."""

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

# Programs call these; everything else that is unknown is for the page to answer.
PREFIXES = ("/api/", "/v1/", "/health/")


def add_nowhere(app: FastAPI) -> None:
    """To be called after all routes and before the page is mounted, which would answer for them."""
    routes = [route for route in app.routes if isinstance(route, Route)]
    paths = dict.fromkeys((*(route.path for route in routes), *(f"{prefix}{{path:path}}" for prefix in PREFIXES)))
    nowhere = Nowhere(routes)
    app.router.routes.extend(Route(path, nowhere, include_in_schema=False) for path in paths)


class Nowhere:
    """Refuses: with 405 and the methods there are where only the method is wrong, with 404 elsewhere."""

    def __init__(self, routes: list[Route]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raise what the application's handlers turn into a problem."""
        fitting = [route for route in self._routes if route.matches(scope)[0] is Match.PARTIAL]
        methods = sorted({method for route in fitting for method in route.methods or ()})
        if methods:
            raise HTTPException(405, headers={"Allow": ", ".join(methods)})
        raise HTTPException(404)
