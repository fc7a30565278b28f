"""What goes wrong over HTTP, as `application/problem+json` (RFC 9457) whose `detail` is the sentence for people."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from assistant.timeline import TimelineError
from corpus.errors import AssistantError


def add_problems(app: FastAPI) -> None:
    """Answer expected failures and unusable requests in this form, whichever route they come from."""
    app.add_exception_handler(AssistantError, _expected_failure)
    app.add_exception_handler(TimelineError, _unusable_request)
    app.add_exception_handler(RequestValidationError, _invalid_request)


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """A response that says what failed and what to do."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(content, status_code=status, media_type="application/problem+json")


async def _expected_failure(_request: Request, error: Exception) -> JSONResponse:
    return problem(503, "Service Unavailable", str(error))


async def _unusable_request(_request: Request, error: Exception) -> JSONResponse:
    return problem(422, "Unprocessable Content", str(error))


async def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    reasons = error.errors() if isinstance(error, RequestValidationError) else ()
    told = "; ".join(f"{'.'.join(str(part) for part in reason['loc'])}: {reason['msg']}" for reason in reasons)
    return problem(422, "Unprocessable Content", told)
