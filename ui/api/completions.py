"""OpenAI's chat protocol over the assistant, for chat clients that know no other: one model, which cites its sources.

The last user message is the question, the user messages before it are the conversation. Nothing is sent of an answer
before it is complete, because that protocol cannot take a word back; comments keep the connection alive meanwhile.
"""

import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.sse import format_sse_event

from assistant.answer import Answer
from assistant.progress import ProgressEvent
from corpus.errors import AssistantError
from ui import LONGEST_HISTORY, LONGEST_QUESTION
from ui.access.audit import note_answer, noted
from ui.access.scoping import scope_of
from ui.api.markdown import MarkdownAnswer, passage_address, written
from ui.api.streaming import EVENT_STREAM, STILL_WORKING, event_schema, event_stream, started
from ui.outward import outward
from ui.wire.addresses import own_address
from ui.wire.answer_queue import AnswerQueue
from ui.wire.completion_shapes import (
    COMPLETION_EXAMPLE,
    MODEL,
    Annotation,
    Choice,
    Completing,
    Completion,
    ModelList,
    ModelShape,
    ReplyMessage,
    TokenUsage,
    UrlCitation,
)
from ui.wire.problems import documented_for_openai, openai_error, unexpected

if TYPE_CHECKING:
    from assistant.assembly import Assistant

_NO_SUCH_MODEL = f"There is no model of this name here; the one there is is called {MODEL}."
_NO_QUESTION = "The last user message is the question, and there is none with text in it."
_NOT_TEXT = "Only text is read here; the last user message has a part of another kind."
_TOO_LONG = f"The last user message has more than {LONGEST_QUESTION} characters; a question is shorter."
_END = format_sse_event(data_str="[DONE]")
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The reply, or with `stream` its chunks as server-sent events, closed by `[DONE]`.",
        "content": {
            "application/json": {"example": COMPLETION_EXAMPLE},
            EVENT_STREAM: {"schema": event_schema("message"), "example": "data: {…a chunk…}\n\ndata: [DONE]\n\n"},
        },
    },
    **documented_for_openai(400, 404, 503),
}

WAY = "openai"  # how an answer was asked for, in the audit record


class _Unusable(AssistantError):
    """A request that cannot be answered as it is; `status`, `code` and `param` are OpenAI's."""

    def __init__(self, message: str, *, status: int = 400, code: str | None = None, param: str = "messages") -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param


def add_completions(app: FastAPI, assistant: "Assistant", queue: AnswerQueue) -> None:
    """`POST /v1/chat/completions`, `GET /v1/models` and `GET /v1/models/NAME`."""
    model = ModelShape(id=MODEL, created=int(time.time()))
    app.add_exception_handler(_Unusable, _refused)

    @app.post("/v1/chat/completions", response_model=Completion, responses=_RESPONSES, tags=["openai"])
    async def complete(completing: Completing, request: Request) -> Any:
        """Answer the last user message."""
        (question, history), scope = _asked(completing), scope_of(request)
        reply = _Replying(own_address(request))
        if completing.stream:
            usage = bool(completing.stream_options and completing.stream_options.include_usage)
            told = await started(queue, lambda: noted(request, assistant.follow(question, history, scope=scope), WAY))
            return event_stream(_chunks(told, reply, with_usage=usage))
        answer = await queue.run(partial(assistant.ask, question, history, scope=scope))
        note_answer(request, answer, WAY)
        return reply.whole(answer)

    @app.get("/v1/models", tags=["openai"])
    async def models() -> ModelList:
        """The one model there is."""
        return ModelList(data=[model])

    @app.get("/v1/models/{name}", responses=documented_for_openai(404), tags=["openai"])
    async def one_model(name: str) -> ModelShape:
        """The model of this name."""
        _require_model(name)
        return model


def _require_model(name: str) -> None:
    if name != MODEL:
        raise _Unusable(_NO_SUCH_MODEL, status=404, code="model_not_found", param="model")


def _asked(completing: Completing) -> tuple[str, list[str]]:
    """The question and the earlier ones; of those, what is no question is left out."""
    _require_model(completing.model)
    messages = [message for message in completing.messages if message.role == "user"]
    if not messages or (not messages[-1].text and messages[-1].is_text):
        raise _Unusable(_NO_QUESTION)
    *before, last = messages
    if not last.is_text:
        raise _Unusable(_NOT_TEXT)
    if len(last.text) > LONGEST_QUESTION:
        raise _Unusable(_TOO_LONG, code="string_above_max_length")
    earlier = [message.text for message in before if 0 < len(message.text) <= LONGEST_QUESTION]
    return last.text, earlier[-LONGEST_HISTORY:]


async def _chunks(
    told: AsyncIterator[ProgressEvent | None], reply: "_Replying", *, with_usage: bool
) -> AsyncIterator[bytes]:
    """The reply in chunks: its role at once, its words when the answer stands, then its citations and its end."""
    answer: Answer | None = None
    yield _event(reply.chunk({"role": "assistant", "content": ""}))
    try:
        async for item in told:
            if isinstance(item, Answer):
                answer = item
            elif item is None:
                yield STILL_WORKING
    except AssistantError as error:
        yield _event(openai_error(503, outward(error)))
        return
    except Exception:
        yield _event(openai_error(500, str(unexpected()["detail"])))
        raise
    if answer is not None:
        for chunk in reply.parts(answer):
            yield _event(chunk)
    if with_usage:
        yield _event({**reply.chunk(None), "usage": TokenUsage().model_dump()})
    yield _END


def _event(data: Mapping[str, Any]) -> bytes:
    return format_sse_event(data_str=json.dumps(data))


@dataclass(frozen=True, slots=True)
class _Replying:
    """One reply, whole or in chunks; `address` is where its sources open."""

    address: str
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer) -> Completion:
        """The reply in one."""
        told = written(answer, self.address)
        choice = Choice(message=ReplyMessage(content=told.text, annotations=self._annotations(told)))
        head = {"id": self.id, "created": self.created, "model": MODEL, "choices": [choice]}
        return Completion.model_validate(head | self._extras(answer))

    def parts(self, answer: Answer) -> Iterator[Mapping[str, Any]]:
        """The chunks that hold the reply: its text piece by piece, then its citations."""
        told = written(answer, self.address)
        yield from (self.chunk({"content": piece}) for piece in told.pieces)
        annotations = [annotation.model_dump() for annotation in self._annotations(told)]
        yield self.chunk({"annotations": annotations} if annotations else {}) | self._extras(answer)
        yield self.chunk({}, finish="stop")

    def chunk(self, delta: Mapping[str, Any] | None, finish: str | None = None) -> dict[str, Any]:
        """A chunk with one choice, or with none."""
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        head = {"id": self.id, "object": "chat.completion.chunk", "created": self.created, "model": MODEL}
        return {**head, "choices": choices}

    def _annotations(self, told: MarkdownAnswer) -> list[Annotation]:
        return [
            Annotation(
                url_citation=UrlCitation(
                    start_index=marker.start,
                    end_index=marker.end,
                    title=marker.citation.document.title,
                    url=passage_address(marker.citation, self.address),
                )
            )
            for marker in told.markers
        ]

    def _extras(self, answer: Answer) -> dict[str, Any]:
        """What OpenAI's own replies do not have: the sources' addresses, as others give them, and the whole answer."""
        addresses = [passage_address(citation, self.address) for citation in answer.citations]
        return {"citations": addresses, "answer": answer.to_dict()}


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    status, code, param = (getattr(error, name, None) for name in ("status", "code", "param"))
    return JSONResponse(openai_error(status or 400, outward(error), code, param), status_code=status or 400)
