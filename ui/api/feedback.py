"""Judgements of answers. What was answered is not taken from whoever judges: only the question is."""

from typing import TYPE_CHECKING, Annotated

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from ui import LONGEST_HISTORY
from ui.access.scoping import scope_of
from ui.keeping.feedback_store import LONGEST_REASON
from ui.wire.problems import documented
from ui.wire.shapes import QuestionText

if TYPE_CHECKING:
    from ui.keeping.user_data import UserData


class Judgement(BaseModel):
    """A question with the earlier ones of its conversation, oldest first, and whether its answer was of use."""

    question: QuestionText
    history: list[QuestionText] = Field(default_factory=list, max_length=LONGEST_HISTORY)
    liked: StrictBool
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_REASON)] = ""


class Stored(BaseModel):
    """The judgement's own id, by which an administrator finds it again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "3f0c9a7be1d2"}]})

    id: str


def add_feedback(app: FastAPI, user_data: "UserData") -> None:
    """`POST /api/v1/feedback`."""

    @app.post("/api/v1/feedback", status_code=201, responses=documented(400, 422, 503), tags=["answers"])
    def feedback(judgement: Judgement, request: Request) -> Stored:
        """Say whether an answer was of use, and why; nothing is stored of who says so."""
        judged = user_data.judge(
            judgement.question, judgement.history, scope_of(request), liked=judgement.liked, reason=judgement.reason
        )
        return Stored(id=judged)
