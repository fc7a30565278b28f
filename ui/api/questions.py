"""Questions in, answers out, as JSON."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Request
from pydantic import BaseModel, Field, StringConstraints

from ui import LONGEST_HISTORY, LONGEST_QUESTION
from ui.access.audit import note_answer

if TYPE_CHECKING:
    from assistant.assembly import Assistant

QuestionText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION)]


class Asking(BaseModel):
    """A question, and the earlier questions of the conversation, oldest first."""

    question: QuestionText
    history: list[QuestionText] = Field(default_factory=list, max_length=LONGEST_HISTORY)


def add_questions(app: FastAPI, assistant: "Assistant") -> None:
    """`POST /api/v1/ask`."""

    # A plain function, so that Starlette runs it in its thread pool and the event loop stays free.
    @app.post("/api/v1/ask")
    def ask(asking: Asking, request: Request) -> dict[str, Any]:
        """Answer a question, every sentence with its verified citation."""
        answer = assistant.ask(asking.question, asking.history)
        note_answer(request, answer, "api")
        return answer.to_dict()
