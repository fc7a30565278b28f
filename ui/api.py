"""The HTTP application: questions in and answers out as JSON, cited documents as pages, health for an orchestrator.

The page of `web` is mounted last, at the root, so these routes always come first. No other origin may call anything
here: `CORSMiddleware` without an allowed origin also makes Gradio drop its own, which answers any origin.
Expected failures are `application/problem+json` (RFC 9457) whose `detail` is the sentence.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from assistant.timeline import Timeline, TimelineError
from corpus.errors import AssistantError
from ui import EARLIEST_YEAR, LATEST_YEAR, LONGEST_HISTORY, LONGEST_QUESTION
from ui.document_page import STYLE_HASH, document_page, missing_document_page, span_within
from ui.security import SecurityHeaders
from ui.timeline import passage_url
from ui.timeline_page import LONGEST_NAMES, POLICY, timeline_page

if TYPE_CHECKING:
    from assistant.assembly import Assistant

_DOCUMENT_POLICY = (
    f"default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
QuestionText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION)]
Names = Annotated[
    Sequence[Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NAMES)]],
    Query(description="Countries and organisations by name, separated by commas; may be given several times."),
]
Year = Annotated[
    Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR)] | None,
    BeforeValidator(lambda given: given or None),  # a form sends its empty fields too
    Query(description="A year; commitments of that year are included, undated ones are not."),
]


class Asking(BaseModel):
    """A question, and the earlier questions of the conversation, oldest first."""

    question: QuestionText
    history: list[QuestionText] = Field(default_factory=list, max_length=LONGEST_HISTORY)


def create_app(assistant: "Assistant", *, examples: Sequence[str] | None = None) -> FastAPI:
    """The application over an open assistant, page included; `examples` are the questions that the page offers."""
    from ui.web import EXAMPLES, mount_page

    app = FastAPI(
        title="Health Cooperation Assistant",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # both pages load their scripts from another host
        redoc_url=None,
        middleware=[Middleware(SecurityHeaders), Middleware(CORSMiddleware, allow_origins=())],
    )
    app.add_exception_handler(AssistantError, _expected_failure)
    app.add_exception_handler(TimelineError, _unusable_request)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    _add_questions(app, assistant)
    _add_timeline(app, assistant)
    _add_documents(app, assistant)
    _add_health(app, assistant)
    app.add_api_route("/gradio_api/upload", _no_uploads, methods=["POST"], include_in_schema=False)
    mount_page(app, assistant, EXAMPLES if examples is None else examples)
    return app


def _add_questions(app: FastAPI, assistant: "Assistant") -> None:
    # A plain function, so that Starlette runs it in its thread pool and the event loop stays free.
    @app.post("/api/v1/ask")
    def ask(asking: Asking) -> dict[str, Any]:
        """Answer a question, every sentence with its verified citation."""
        return assistant.ask(asking.question, asking.history).to_dict()


def _add_timeline(app: FastAPI, assistant: "Assistant") -> None:
    @app.get("/api/v1/timeline")
    def timeline(parties: Names, since: Year = None, until: Year = None) -> dict[str, Any]:
        """What documents report of commitments between parties, oldest first; each opens at its `passage_url`."""
        found = assistant.timeline(parties, since, until)
        told = found.to_dict()
        for item, commitment in zip(told["commitments"], found.commitments, strict=True):
            item["passage_url"] = passage_url(commitment)
        return told

    @app.get("/timeline", response_class=HTMLResponse)
    def page(parties: Names = (), since: Year = None, until: Year = None) -> HTMLResponse:
        """The same as a page: a form, a picture and a table."""
        chosen = [name for name in parties if name]
        found: Timeline | str | None
        try:
            found = assistant.timeline(chosen, since, until) if chosen else None
        except TimelineError as error:
            found = str(error)
        text = timeline_page(assistant.parties(), chosen, (since, until), found)
        status = 422 if isinstance(found, str) else 200
        return HTMLResponse(text, status_code=status, headers={"Content-Security-Policy": POLICY})


def _add_documents(app: FastAPI, assistant: "Assistant") -> None:
    @app.get("/documents/{document_id}", response_class=HTMLResponse)
    def document(document_id: str, start: int | None = None, end: int | None = None) -> HTMLResponse:
        """A cited document, current or superseded, with the characters from `start` to `end` highlighted."""
        headers = {"Content-Security-Policy": _DOCUMENT_POLICY}
        found = assistant.store.document(document_id)
        if found is None:
            return HTMLResponse(missing_document_page(), status_code=404, headers=headers)
        catalog = assistant.store.catalog
        newer, _ = catalog.current_versions().get((found.source, found.path), (None, None))
        current = newer == found.id
        page = document_page(found, span_within(found, start, end), current=current, newer=None if current else newer)
        return HTMLResponse(page, headers=headers)


def _add_health(app: FastAPI, assistant: "Assistant") -> None:
    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """Whether the process answers at all."""
        return {"status": "live"}

    @app.get("/health/ready")
    def ready() -> dict[str, Any]:
        """Whether questions can be answered: the catalog and the indexes open."""
        assistant.refresh()
        return {
            "status": "ready",
            "generation": assistant.store.generation,
            "passages": assistant.store.catalog.passage_count(),
            "indexed": assistant.store.index.keywords.count(),
        }


def _problem(status: int, title: str, detail: str) -> JSONResponse:
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(content, status_code=status, media_type="application/problem+json")


async def _expected_failure(_request: Request, error: Exception) -> JSONResponse:
    return _problem(503, "Service Unavailable", str(error))


async def _unusable_request(_request: Request, error: Exception) -> JSONResponse:
    return _problem(422, "Unprocessable Content", str(error))


async def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    reasons = error.errors() if isinstance(error, RequestValidationError) else ()
    told = "; ".join(f"{'.'.join(str(part) for part in reason['loc'])}: {reason['msg']}" for reason in reasons)
    return _problem(422, "Unprocessable Content", told)


async def _no_uploads() -> JSONResponse:
    """Gradio takes files from anyone, even for a page without a file field."""
    return _problem(404, "Not Found", "This page takes no files; add documents with: assistant ingest FOLDER")
