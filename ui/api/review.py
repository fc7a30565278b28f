"""What was asked and how answers were judged, for whoever looks after the corpus: a page, and a table.

Both need the right to administer (`ui.access.rules`).
"""

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import FastAPI, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator

from ui.keeping.feedback_store import ReviewPeriod
from ui.pages.review.page import POLICY, review_page
from ui.pages.review.table import review_as_csv
from ui.wire.problems import PAGE, documented

if TYPE_CHECKING:
    from ui.keeping.user_data import UserData


def _written_as_a_day(given: object) -> object:
    """Raises `ValueError` for what pydantic would take for seconds since 1970."""
    if given and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(given)):
        raise ValueError("a day is written as 2026-02-09")
    return given


Day = Annotated[
    date | Literal[""] | None,  # a form sends its empty fields too
    BeforeValidator(_written_as_a_day),
    Query(description="A day, as 2026-02-09; included."),
]
Which = Annotated[Literal["questions", "feedback"], Query(description="The questions recorded, or the judgements.")]

_TABLE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The table; its first row names the columns.",
        "content": {"text/csv": {"schema": {"type": "string"}, "example": "question,times asked\r\nWhat?,3\r\n"}},
    }
}


def add_review(app: FastAPI, user_data: "UserData") -> None:
    """`GET /review` and `GET /api/v1/review.csv`."""

    @app.get("/review", response_class=HTMLResponse, responses=PAGE | documented(422, 503), tags=["pages"])
    def review(since: Day = None, until: Day = None) -> HTMLResponse:
        """The page for whoever looks after the corpus: refused, disliked and most asked questions."""
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        page = review_page(
            user_data.records, ReviewPeriod(since or None, until or None), recording=user_data.records_questions
        )
        return HTMLResponse(page, headers=headers)

    @app.get("/api/v1/review.csv", response_class=Response, responses=_TABLE | documented(422, 503), tags=["review"])
    def table(since: Day = None, until: Day = None, which: Which = "questions") -> Response:
        """The same as a table for a spreadsheet; no cell of it is taken for a formula."""
        text = review_as_csv(user_data.records, ReviewPeriod(since or None, until or None), which)
        headers = {"Content-Disposition": f'attachment; filename="{which}.csv"', "Cache-Control": "no-store"}
        return Response(text.encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)
