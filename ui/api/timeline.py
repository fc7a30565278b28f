"""The timeline of commitments, as JSON and as a page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator, Field, StringConstraints

from assistant.record.timeline import Timeline, TimelineError
from ui import EARLIEST_YEAR, LATEST_YEAR
from ui.access.scoping import scope_of
from ui.outward import outward
from ui.pages.timeline.drawing import passage_url
from ui.pages.timeline.page import LONGEST_NAMES, POLICY, timeline_page
from ui.wire.problems import PAGE, documented, documented_pages
from ui.wire.shapes import TimelineShape

if TYPE_CHECKING:
    from assistant.assembly import Assistant

Names = Annotated[
    Sequence[Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NAMES)]],
    Query(
        description="Countries and organisations by name, separated by commas; may be given several times.",
        examples=[["Latvia,Azerbaijan"]],
    ),
]
Year = Annotated[
    Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR)] | None,
    BeforeValidator(lambda given: given or None),  # a form sends its empty fields too
    Query(description="A year; commitments of that year are included, undated ones are not.", examples=[2022]),
]


def add_timeline(app: FastAPI, assistant: "Assistant") -> None:
    """`GET /api/v1/timeline` and `GET /timeline`."""

    @app.get("/api/v1/timeline", response_model=TimelineShape, responses=documented(422, 503), tags=["answers"])
    def timeline(request: Request, parties: Names, since: Year = None, until: Year = None) -> dict[str, Any]:
        """What documents report of commitments between parties, oldest first; each opens at its `passage_url`."""
        return told_with_links(assistant.timeline(parties, since, until, scope=scope_of(request)))

    @app.get(
        "/timeline",
        response_class=HTMLResponse,
        responses=PAGE | documented_pages(422) | documented(503),
        tags=["pages"],
    )
    def page(request: Request, parties: Names = (), since: Year = None, until: Year = None) -> HTMLResponse:
        """The same as a page: a form, a picture and a table."""
        chosen, scope = [name for name in parties if name], scope_of(request)
        found: Timeline | str | None
        try:
            found = assistant.timeline(chosen, since, until, scope=scope) if chosen else None
        except TimelineError as error:
            found = outward(error)
        text = timeline_page(assistant.parties(scope=scope), chosen, (since, until), found)
        status = 422 if isinstance(found, str) else 200
        return HTMLResponse(text, status_code=status, headers={"Content-Security-Policy": POLICY})


def told_with_links(found: Timeline) -> dict[str, Any]:
    """A timeline in the shape of `TimelineShape`."""
    told = found.to_dict()
    for item, commitment in zip(told["commitments"], found.commitments, strict=True):
        item["passage_url"] = passage_url(commitment)
    return told
