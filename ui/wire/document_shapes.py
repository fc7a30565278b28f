"""What goes over the wire of documents: the list, one document in full, and what became of files sent.

Values are made in `ui.api.holdings` and `ui.api.uploads`; a test holds these models to them.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

_PATH = "2025-12-04_azerbaijan-latvia_agreement-signed.md"
_HEAD: dict[str, Any] = {
    "id": "1f0c6a1d9b7e4c52",
    "source": "briefs",
    "path": _PATH,
    "title": "Azerbaijan and Latvia sign a health agreement",
    "publisher": "Report",
    "published": "2025-12-04",
    "language": "en",
    "parties": ["Azerbaijan", "Latvia"],
}
LIST_EXAMPLE: dict[str, Any] = {
    "documents": [_HEAD | {"passages": 3}],
    "total": 1,
    "page": 1,
    "pages": 1,
    "sources": [{"source": "briefs", "documents": 1, "passages": 3, "failed": 1}],
    "failed": [{"source": "briefs", "path": "scan.pdf", "reason": "The PDF holds no text; it may be a scan."}],
}
DOCUMENT_EXAMPLE: dict[str, Any] = _HEAD | {
    "url": "https://report.example/health",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "text": "The health ministries of Azerbaijan and Latvia signed a Cooperation Agreement in Riga.",
    "topics": ["agreement"],
    "identifiers": ["Agreement No. 17"],
    "origins": {"title": "stated", "published": "dateline", "publisher": "stated"},
    "remarks": ["2 of 6 pages have no text."],
    "current": True,
    "newer": None,
    "passages": [{"id": "1f0c6a1d9b7e4c52-0", "start": 0, "end": 86, "page": None}],
    "highlight": {"start": 80, "end": 84, "quote": "Riga", "page": None},
}
ADDED_EXAMPLE: dict[str, Any] = {
    "results": [
        {
            "name": "report.pdf",
            "outcome": "indexed",
            "path": "report.pdf",
            "document_id": "1f0c6a1d9b7e4c52",
            "title": "Report",
            "passages": 12,
            "replaced": None,
            "reason": None,
        }
    ]
}


class ListedDocument(BaseModel):
    """A current document without its text; `passages` is how many it has."""

    id: str
    source: str
    path: str
    title: str
    publisher: str | None
    published: str | None
    language: str | None
    parties: list[str]
    passages: int


class SourceShape(BaseModel):
    """What one source has: documents, their passages, and files that could not be read."""

    source: str
    documents: int
    passages: int
    failed: int


class FailureShape(BaseModel):
    """A file that could not become a document, and why."""

    source: str
    path: str
    reason: str


class DocumentList(BaseModel):
    """One page of the documents asked for, what each source has, and the files that could not be read."""

    model_config = ConfigDict(json_schema_extra={"examples": [LIST_EXAMPLE]})

    documents: list[ListedDocument]
    total: int
    page: int
    pages: int
    sources: list[SourceShape]
    failed: list[FailureShape]


class PassagePlace(BaseModel):
    """Where a passage stands in its document's text: characters, end excluded."""

    id: str
    start: int
    end: int
    page: int | None


class Highlight(BaseModel):
    """The part of the text that was asked for."""

    start: int
    end: int
    quote: str
    page: int | None


class FullDocument(BaseModel):
    """A document with its text; `newer` is the id of the version that took its place, where it is not current.

    `origins` say where title, day and publisher were found: stated, dateline, file name, address or file properties.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [DOCUMENT_EXAMPLE]})

    id: str
    source: str
    path: str
    title: str
    publisher: str | None
    published: str | None
    url: str | None
    language: str | None
    sha256: str
    text: str
    parties: list[str]
    topics: list[str]
    identifiers: list[str]
    origins: dict[str, str]
    remarks: list[str]
    current: bool
    newer: str | None
    passages: list[PassagePlace]
    highlight: Highlight | None


class AdditionShape(BaseModel):
    """What became of one file: which document it is, or the reason why it is none."""

    name: str
    outcome: Literal["indexed", "unchanged", "failed"]
    path: str | None
    document_id: str | None
    title: str | None
    passages: int
    replaced: str | None
    reason: str | None


class Added(BaseModel):
    """What became of each file, in the order in which they were sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [ADDED_EXAMPLE]})

    results: list[AdditionShape]
