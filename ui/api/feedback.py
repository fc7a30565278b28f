"""Judgements of answers. What was answered is not taken from whoever judges: only the question is."""

from typing import TYPE_CHECKING, Annotated

from fastapi import FastAPI
from pydantic import BaseModel, Field, StringConstraints

from ui import LONGEST_HISTORY
from ui.api.shapes import QuestionText
from ui.keeping.records import LONGEST_REASON

if TYPE_CHECKING:
    from ui.keeping.desk import Desk


class Judgement(BaseModel):
    """A question with the earlier ones of its conversation, oldest first, and whether its answer was of use."""

    question: QuestionText
    history: list[QuestionText] = Field(default_factory=list, max_length=LONGEST_HISTORY)
    liked: bool
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_REASON)] = ""


def add_feedback(app: FastAPI, desk: "Desk") -> None:
    """`POST /api/v1/feedback`."""

    @app.post("/api/v1/feedback", status_code=201)
    def feedback(judgement: Judgement) -> dict[str, str]:
        """Say whether an answer was of use, and why; nothing is stored of who says so."""
        assistant = desk.assistant
        answer = assistant.answer_again(judgement.question, judgement.history)
        generation = assistant.store.generation
        stored = desk.records.add_feedback(answer, generation, liked=judgement.liked, reason=judgement.reason)
        return {"id": stored}
