"""What the assistant holds, as JSON: the list of documents, and one document with its text and passages."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from pydantic import Field, StringConstraints

from assistant.scope.holdings import Order, Wanted, listed
from corpus.document import Document
from corpus.errors import NoSuchDocument
from ui.access.scoping import scope_of
from ui.pages.documents.page import span_within
from ui.wire.document_shapes import DocumentList, FullDocument
from ui.wire.problems import RefusedRequest, documented

if TYPE_CHECKING:
    from assistant.assembly import Assistant

LONGEST_FILTER = 500  # characters
_MOST_AT_ONCE = 200

Filter = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_FILTER)]
Words = Annotated[Filter, Query(description="Words that all stand in a document's title, publisher, parties or path.")]
Publisher = Annotated[Filter, Query(description="A publisher, as documents name it.")]
Language = Annotated[Filter, Query(description="A language, as its ISO 639-1 code.")]
SourceName = Annotated[Filter, Query(description="The source, by its name.")]
Sorting = Annotated[Order, Query(description="In which order.")]
PageNumber = Annotated[int, Field(ge=1, le=1_000_000), Query(description="Which page, from 1.")]
PageSize = Annotated[int, Field(ge=1, le=_MOST_AT_ONCE), Query(description="Documents on a page.")]


def wanted_documents(
    q: Words = "",
    publisher: Publisher = "",
    language: Language = "",
    source: SourceName = "",
    sort: Sorting = Order.NEWEST,
) -> Wanted:
    """Which documents an address asks for."""
    return Wanted(q, publisher, language, source, sort)


Asked = Annotated[Wanted, Depends(wanted_documents)]


def add_holdings(app: FastAPI, assistant: "Assistant") -> None:
    """`GET /api/v1/documents` and `GET /api/v1/documents/ID`."""

    @app.get("/api/v1/documents", response_model=DocumentList, responses=documented(422, 503), tags=["documents"])
    def documents(request: Request, wanted: Asked, page: PageNumber = 1, page_size: PageSize = 50) -> dict[str, Any]:
        """The documents asked for, what each source has, and the files that could not be read, with the reason."""
        overview = assistant.holdings.overview(scope_of(request))
        found = listed(overview.documents, wanted)
        return {
            "documents": [asdict(document) for document in found[(page - 1) * page_size : page * page_size]],
            "total": len(found),
            "page": page,
            "pages": max(1, -(-len(found) // page_size)),
            "sources": [asdict(held) for held in overview.sources],
            "failed": [{"source": f.source, "path": f.path, "reason": f.reason} for f in overview.failures],
        }

    @app.get(
        "/api/v1/documents/{document_id}",
        response_model=FullDocument,
        responses=documented(404, 422, 503),
        tags=["documents"],
    )
    def document(
        request: Request, document_id: str, start: int | None = None, end: int | None = None
    ) -> dict[str, Any]:
        """A document, current or superseded, with its text and passages; `start` and `end` quote a part of it."""
        found = assistant.document(document_id, scope=scope_of(request))
        if found is None:
            raise NoSuchDocument("There is no such document here; take an id from a citation or from the list.")
        catalog = assistant.store.catalog
        newer, _ = catalog.current_versions().get((found.source, found.path), (None, None))
        told = _described(found) | {"current": newer == found.id, "newer": newer if newer != found.id else None}
        passages = catalog.passages(found) if newer == found.id else []
        told["passages"] = [
            {"id": p.id, "start": p.span.start, "end": p.span.end, "page": found.page_of(p.span.start)}
            for p in passages
        ]
        told["highlight"] = _highlight(found, start, end)
        return told


def _described(document: Document) -> dict[str, Any]:
    names = ("id", "source", "path", "title", "publisher", "published", "url", "language", "sha256", "text")
    told: dict[str, Any] = {name: getattr(document, name) for name in names}
    lists = {name: list(getattr(document, name)) for name in ("parties", "topics", "identifiers", "remarks")}
    return told | lists | {"origins": dict(document.origins)}


def _highlight(document: Document, start: int | None, end: int | None) -> dict[str, Any] | None:
    if start is None and end is None:
        return None
    span = span_within(document, start, end)
    if span is None:
        raise RefusedRequest(422, f"start and end must be a stretch of its {len(document.text)} characters.")
    return {"start": span.start, "end": span.end, "quote": span.of(document.text), "page": document.page_of(span.start)}
