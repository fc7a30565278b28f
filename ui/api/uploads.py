"""Documents added and removed over HTTP: as JSON for programs and the page's script, as forms for a page without one.

Who may do it is `ui.access.writing`. Whether he may is asked before the body is read, and the body is read only as far
as the limits go. The work is done in one thread of its own, one addition after another, while questions are answered.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from corpus.errors import AssistantError, NoSuchDocument
from corpus.ingest.free_space import require_free_space
from corpus.ingest.uploads import Addition, uploads_source
from ui.access.scoping import scope_of
from ui.access.writing import may_write, require_writer
from ui.api.holdings import Asked, PageNumber
from ui.outward import outward
from ui.pages.documents.listing import LIST_POLICY, SCRIPT, ListView, documents_page, removal_page
from ui.wire.document_shapes import Added
from ui.wire.problems import PAGE, RefusedRequest, documented, documented_pages, status_of

if TYPE_CHECKING:
    from assistant.assembly import Assistant

LARGEST_REQUEST_BYTES = 256 * 2**20
MOST_FILES_AT_ONCE = 100
_REFUSED_FILES = (400, 403, 409, 413, 415, 422, 503, 507)
_FILES: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                "required": ["files"],
            }
        }
    },
}
# The same sentence as `corpus.ingest.uploads` has: what may not be seen is told from what never was by nobody.
_NOT_HERE = "There is no such document; it may have been removed or replaced since."
_Result = TypeVar("_Result")


def add_uploads(app: FastAPI, assistant: "Assistant") -> None:
    """The page of all documents, and everything that adds to them or takes from them."""
    writing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="adding")

    async def done(work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(writing, work)

    async def added(request: Request) -> list[Addition]:
        require_writer(request)
        files = await _received(request, assistant)
        try:
            return await done(lambda: assistant.add_files((file.filename or "", file.file) for file in files))
        finally:
            for file in files:
                await file.close()

    @app.post(
        "/api/v1/documents",
        response_model=Added,
        responses=documented(*_REFUSED_FILES),
        openapi_extra={"requestBody": _FILES},
        tags=["documents"],
    )
    async def add(request: Request) -> dict[str, Any]:
        """Add files (multipart/form-data, one or several `files`); each is indexed, unchanged, or failed for a reason.

        A file whose name is there already is its new version.
        """
        return {"results": [asdict(addition) for addition in await added(request)]}

    @app.delete(
        "/api/v1/documents/{document_id}",
        status_code=204,
        responses=documented(403, 404, 409, 503),
        tags=["documents"],
    )
    async def remove(request: Request, document_id: str) -> Response:
        """Delete a document that was added over HTTP, with its file; one from a folder stays (409)."""
        require_writer(request)
        await done(lambda: _remove(assistant, request, document_id))
        return Response(status_code=204)

    _add_pages(app, assistant, added, done)


def _add_pages(app: FastAPI, assistant: "Assistant", added: Any, done: Any) -> None:
    def page(request: Request, status: int = 200, **values: Any) -> HTMLResponse:
        overview, writer = assistant.holdings.overview(scope_of(request)), may_write(request)
        own = uploads_source(assistant.store).name if writer else None
        text = documents_page(ListView(overview, removable=own, may_add=writer, **values))
        return HTMLResponse(text, status_code=status, headers={"Content-Security-Policy": LIST_POLICY})

    @app.get("/documents", response_class=HTMLResponse, responses=PAGE | documented(422, 503), tags=["pages"])
    def documents(request: Request, wanted: Asked, page_number: PageNumber = 1) -> HTMLResponse:
        """All documents as a page: search, sorting, what was not read, and, where allowed, a way to add some."""
        return page(request, wanted=wanted, number=page_number)

    @app.post(
        "/documents",
        response_class=HTMLResponse,
        responses=PAGE | documented_pages(*_REFUSED_FILES),
        openapi_extra={"requestBody": _FILES},
        tags=["pages"],
    )
    async def add(request: Request) -> HTMLResponse:
        """Add files by the page's form, and show what became of each."""
        try:
            return page(request, added=await added(request))
        except AssistantError as error:
            return page(request, status_of(error), notice=outward(error))

    @app.get("/documents/adding.js", include_in_schema=False)
    async def script() -> Response:
        return Response(SCRIPT, media_type="text/javascript")

    @app.get(
        "/documents/{document_id}/remove",
        response_class=HTMLResponse,
        responses=PAGE | documented(404, 503),
        tags=["pages"],
    )
    def ask(request: Request, document_id: str) -> HTMLResponse:
        """Ask whether a document shall really be removed."""
        found = assistant.store.catalog.documents_by_id([document_id]).get(document_id)
        if found is None or not may_write(request) or assistant.document(document_id, scope=scope_of(request)) is None:
            raise NoSuchDocument(_NOT_HERE)
        headers = {"Content-Security-Policy": LIST_POLICY}
        return HTMLResponse(removal_page(found), headers=headers)

    @app.post(
        "/documents/{document_id}/remove",
        response_class=Response,
        status_code=303,
        response_description="It is removed; the list follows.",
        responses=documented_pages(403, 404, 409, 503),
        tags=["pages"],
    )
    async def remove(request: Request, document_id: str) -> Response:
        """Remove a document by the page's form."""
        try:
            require_writer(request)
            await done(lambda: _remove(assistant, request, document_id))
        except AssistantError as error:
            return page(request, status_of(error), notice=outward(error))
        return RedirectResponse("/documents", status_code=303)


def _remove(assistant: "Assistant", request: Request, document_id: str) -> None:
    """Delete a document that whoever asks can see."""
    if assistant.store.document(document_id) and assistant.document(document_id, scope=scope_of(request)) is None:
        raise NoSuchDocument(_NOT_HERE)
    assistant.remove_document(document_id)


async def _received(request: Request, assistant: "Assistant") -> list[UploadFile]:
    """The files of a request, within the limits."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise RefusedRequest(415, "Send the files as multipart/form-data, each as a part named 'files'.")
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > LARGEST_REQUEST_BYTES:
        raise _too_large()
    require_free_space(assistant.store.folder, int(announced))
    limited = Request(request.scope, _Limited(request.receive))
    try:
        form = await limited.form(max_files=MOST_FILES_AT_ONCE, max_fields=10)
    except HTTPException as error:  # Starlette's way to say that the body is no such form, or holds too many files
        raise RefusedRequest(413 if "Too many files" in error.detail else 400, f"{error.detail}") from error
    except ClientDisconnect as error:
        raise RefusedRequest(400, "The files did not arrive in full; send them again.") from error
    files = [item for name, item in form.multi_items() if isinstance(item, UploadFile) and item.filename]
    if not files:
        raise RefusedRequest(422, "No file was sent; send at least one as a part named 'files'.")
    return files


class _Limited:
    """A request's body that ends in a refusal where it is larger than it may be, whatever it announced."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = LARGEST_REQUEST_BYTES

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _too_large()
        return message


def _too_large() -> RefusedRequest:
    return RefusedRequest(413, f"All files of a request together may have {LARGEST_REQUEST_BYTES // 2**20} MB.")
