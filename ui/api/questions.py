"""Questions in, answers out: as JSON, or as server-sent events while the answer is made."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Header, Request
from fastapi.responses import Response

from ui.access.audit import note_answer, noted
from ui.access.scoping import scope_of
from ui.api.streaming import (
    ANSWER,
    DRAFT,
    EVENT_STREAM,
    PROBLEM,
    STEP,
    as_bytes,
    event_schema,
    event_stream,
    events_of,
    started,
    wants_events,
)
from ui.wire.answer_queue import AnswerQueue
from ui.wire.problems import PROBLEM_JSON, documented
from ui.wire.shapes import ANSWER_EXAMPLE, AnswerShape, Asking

if TYPE_CHECKING:
    from assistant.assembly import Assistant

_STREAMED = (
    'event: step\ndata: {"stage": "reading", "count": 12}\n\n'
    "event: draft\ndata: {…the answer as far as it goes…}\n\n: still working\n\nevent: answer\ndata: {…the answer…}\n\n"
)
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, or with `Accept: text/event-stream` (or `stream`) its making: a `step` event as "
        "each begins (searching so many passages, reading so many, writing from so many sentences, checking so many "
        "citations), `draft` events that each replace the one before, "
        f"then `answer`, or `problem` with the data of `{PROBLEM_JSON}`.",
        "content": {
            "application/json": {"example": ANSWER_EXAMPLE},
            EVENT_STREAM: {"schema": event_schema(STEP, DRAFT, ANSWER, PROBLEM), "example": _STREAMED},
        },
    },
    **documented(400, 422, 503),
}


def add_questions(app: FastAPI, assistant: "Assistant", queue: AnswerQueue) -> None:
    """`POST /api/v1/ask`."""

    @app.post("/api/v1/ask", response_model=AnswerShape, responses=_RESPONSES, tags=["answers"])
    async def ask(
        asking: Asking, request: Request, accept: Annotated[str, Header(include_in_schema=False)] = ""
    ) -> Any:
        """Answer a question, every sentence with its verified citation."""
        if asking.stream or wants_events(accept):
            return await _streamed(assistant, asking, queue, request)
        scope = scope_of(request, asking.filters.scope())
        answer = await queue.run(partial(assistant.ask, asking.question, asking.history, scope=scope))
        note_answer(request, answer, "api")
        return answer.to_dict()


async def _streamed(assistant: "Assistant", asking: Asking, queue: AnswerQueue, request: Request) -> Response:
    scope = scope_of(request, asking.filters.scope())
    following = partial(assistant.follow, asking.question, asking.history, scope=scope)
    told = await started(queue, lambda: noted(request, following(), "api"))
    return event_stream(as_bytes(events_of(told)))
