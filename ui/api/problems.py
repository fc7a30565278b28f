"""What goes wrong over HTTP, as `application/problem+json` (RFC 9457) whose `detail` is the sentence for people."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from assistant.timeline import TimelineError
from corpus.errors import AssistantError, DataFolderBusy, DiskFull, NoSuchDocument, NotAnUpload

# What else fails as expected is the service's own state.
_STATUSES = {NoSuchDocument: 404, NotAnUpload: 409, DataFolderBusy: 409, DiskFull: 507}


class RefusedRequest(AssistantError):
    """A request that is not carried out, with the status that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def add_problems(app: FastAPI) -> None:
    """Answer expected failures and unusable requests in this form, whichever route they come from."""
    app.add_exception_handler(AssistantError, _expected_failure)
    app.add_exception_handler(TimelineError, _unusable_request)
    app.add_exception_handler(RequestValidationError, _invalid_request)


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """A response that says what failed and what to do."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(content, status_code=status, media_type="application/problem+json")


def status_of(error: Exception) -> int:
    """The HTTP status of an expected failure."""
    if isinstance(error, RefusedRequest):
        return error.status
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 503)


async def _expected_failure(_request: Request, error: Exception) -> JSONResponse:
    status = status_of(error)
    return problem(status, HTTPStatus(status).phrase, str(error))


async def _unusable_request(_request: Request, error: Exception) -> JSONResponse:
    return problem(422, "Unprocessable Content", str(error))


async def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    reasons = error.errors() if isinstance(error, RequestValidationError) else ()
    told = "; ".join(f"{'.'.join(str(part) for part in reason['loc'])}: {reason['msg']}" for reason in reasons)
    return problem(422, "Unprocessable Content", told)
