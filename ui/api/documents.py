"""Cited documents as pages."""

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from ui.access.scoping import scope_of
from ui.pages.documents.page import document_page, missing_document_page, span_within
from ui.style import STYLE_HASH
from ui.wire.problems import documented

if TYPE_CHECKING:
    from assistant.assembly import Assistant

_DOCUMENT_POLICY = (
    f"default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HTML: dict[str, Any] = {"text/html": {"example": "<!doctype html>…"}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The document, its passage marked.", "content": _HTML},
    404: {"description": "A page that says that there is no such document.", "content": _HTML},
    **documented(422, 503),
}


def add_documents(app: FastAPI, assistant: "Assistant") -> None:
    """`GET /documents/ID`."""

    @app.get("/documents/{document_id}", response_class=HTMLResponse, responses=_RESPONSES, tags=["pages"])
    def document(request: Request, document_id: str, start: int | None = None, end: int | None = None) -> HTMLResponse:
        """A cited document, current or superseded, with the characters from `start` to `end` highlighted."""
        headers = {"Content-Security-Policy": _DOCUMENT_POLICY}
        found = assistant.document(document_id, scope=scope_of(request))
        if found is None:
            return HTMLResponse(missing_document_page(), status_code=404, headers=headers)
        catalog = assistant.store.catalog
        newer, _ = catalog.current_versions().get((found.source, found.path), (None, None))
        current = newer == found.id
        page = document_page(found, span_within(found, start, end), current=current, newer=None if current else newer)
        return HTMLResponse(page, headers=headers)
