"""What goes wrong over HTTP, as `application/problem+json` (RFC 9457) whose `detail` is the sentence for people.

Programs that speak OpenAI's protocol look for another shape: below `/v1/` the same failures are told in that one.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.record.timeline import TimelineError
from assistant.scope.scope import ScopeError
from corpus.errors import AssistantError, DataFolderBusy, DiskFull, NoSuchDocument, NotAnUpload
from ui.outward import outward
from ui.wire.answer_queue import COME_AGAIN, Busy

# What else fails as expected is the service's own state.
_STATUSES = {
    NoSuchDocument: 404,
    NotAnUpload: 409,
    DataFolderBusy: 409,
    DiskFull: 507,
    TimelineError: 422,
    ScopeError: 422,
}
PROBLEM_JSON = "application/problem+json"
# Everything below it speaks OpenAI's protocol, failures too.
OPENAI = "/v1/"
_UNEXPECTED = "Something went wrong here that should not; the log has the reason."
_WHY = {
    400: "The request's body cannot be read.",
    403: "It is not allowed here.",
    404: "There is nothing of this name.",
    409: "It cannot be done as things are now.",
    413: "What was sent is too large.",
    415: "What was sent is of a kind that is not taken here.",
    422: "The request makes no sense; the detail says which part.",
    503: "It cannot be answered now: the index cannot be opened, or too many questions are waiting.",
    507: "There is no room on the disk.",
}
_HTML: dict[str, Any] = {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}
# A page, for its route's description.
PAGE: dict[int | str, dict[str, Any]] = {200: {"description": "The page.", "content": _HTML}}


class RefusedRequest(AssistantError):
    """A request that is not carried out, with the status that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def add_problems(app: FastAPI) -> None:
    """Answer expected failures and unusable requests in this form, whichever route they come from."""
    app.add_exception_handler(AssistantError, _expected_failure)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _refused)


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """A response that says what failed and what to do."""
    return JSONResponse(_problem(status, detail, title), status_code=status, media_type=PROBLEM_JSON)


def problem_of(error: AssistantError) -> dict[str, Any]:
    """An expected failure in this form, without a response around it."""
    return _problem(status_of(error), outward(error))


def status_of(error: Exception) -> int:
    """The HTTP status of an expected failure."""
    if isinstance(error, RefusedRequest):
        return error.status
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 503)


def unexpected() -> dict[str, Any]:
    """A bug in this form, without its innards."""
    return _problem(500, _UNEXPECTED)


def openai_error(status: int, message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """A failure in OpenAI's shape."""
    kind = "invalid_request_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for its description."""
    return {status: _described(status, PROBLEM_JSON, "Problem", _problem(status, _WHY[status])) for status in statuses}


def documented_pages(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The same for a page, which says what is wrong itself; a request that makes no sense is a problem there too."""
    return {
        status: {"description": _WHY[status], "content": _HTML | documented(status)[status]["content"]}
        for status in statuses
    }


def documented_for_openai(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The same in OpenAI's shape."""
    return {
        status: _described(status, "application/json", "OpenAIError", openai_error(status, _WHY[status]))
        for status in statuses
    }


def _described(status: int, kind: str, schema: str, example: Mapping[str, Any]) -> dict[str, Any]:
    content = {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}}
    return {"description": _WHY[status], "content": content}


def _problem(status: int, detail: str, title: str = "") -> dict[str, Any]:
    return {"type": "about:blank", "title": title or _title(status), "status": status, "detail": detail}


def _title(status: int) -> str:
    # The name that RFC 9110 gave it; Python's own changed with its versions.
    return "Unprocessable Content" if status == 422 else HTTPStatus(status).phrase


def told_at(
    path: str,
    status: int,
    detail: str,
    *,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A refusal in the shape that callers of this path know."""
    if path.startswith(OPENAI):
        status = 400 if status == 422 else status  # which clients of that protocol know
        return JSONResponse(openai_error(status, detail, param=param), status_code=status, headers=headers)
    return JSONResponse(_problem(status, detail), status_code=status, media_type=PROBLEM_JSON, headers=headers)


async def _expected_failure(request: Request, error: Exception) -> JSONResponse:
    again = {"Retry-After": str(COME_AGAIN)} if isinstance(error, Busy) else None
    return told_at(request.url.path, status_of(error), outward(error), headers=again)


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    reasons = error.errors() if isinstance(error, RequestValidationError) else ()
    places = [".".join(str(part) for part in reason["loc"]) for reason in reasons]
    told = "; ".join(f"{place}: {reason['msg']}" for place, reason in zip(places, reasons, strict=True))
    return told_at(request.url.path, 422, told, param=places[0].removeprefix("body.") if places else None)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    """What Starlette and FastAPI themselves refuse: a body that is no text, a method that a route does not have."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    detail = str(error.detail) if isinstance(error, HTTPException) else _UNEXPECTED
    return told_at(request.url.path, status, f"{detail}." if detail[-1:].isalpha() else detail, headers=headers)
