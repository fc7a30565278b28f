"""The values everything else speaks of: text with exact offsets.

Offsets are Python string indices (code points) into `Document.text`, start inclusive, end exclusive.
For plain text and Markdown that text is the file, character for character, so anyone can check a citation
with an editor; for PDF, Word and HTML it is the extracted text, kept in the catalog.
"""

from bisect import bisect_right
from dataclasses import dataclass

# Where what a document says of itself was found: stated as such (front matter, a page's marks, a heading), in a line of
# place and day, or in the file's name, address or properties.
ORIGINS = ("stated", "dateline", "file name", "address", "file properties")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters, `start <= end`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of `text` that this span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Whether at least one character belongs to both spans."""
        return max(self.start, other.start) < min(self.end, other.end)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file within a file: what came with an e-mail, a member of an archive."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a reader makes of a file: its text, and what the file says about itself.

    `furniture` are spans of `text` that are not the document's own words (front matter, share buttons, date lines);
    they stay in the text, so that offsets hold, and never become passages. `pages` are the spans of a PDF's pages.
    `remarks` are what a reader of the text should know about how it was read ("2 of 6 pages have no text").
    `attachments` are files within the file, which become documents of their own (`intake`); only readers fill them,
    and none is stored.
    `identifiers` are the numbers and signs the document goes by ("WHA66.12", "Decree No. 1234"). `origins` say where
    the title, the publisher and the day of publication were found, as pairs of a field's name and one of `ORIGINS`.
    """

    text: str
    title: str
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None
    parties: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    pages: tuple[Span, ...] = ()
    furniture: tuple[Span, ...] = ()
    remarks: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    identifiers: tuple[str, ...] = ()
    origins: tuple[tuple[str, str], ...] = ()

    def origin_of(self, name: str) -> str | None:
        """Where the value of a field was found; None where that is not known."""
        return dict(self.origins).get(name)


@dataclass(frozen=True, slots=True)
class Document(Extraction):
    """One version of one file: an extraction with an identity.

    `path` is relative to the folder of its `source`, with forward slashes; `sha256` is of the file's bytes.
    `published` is an ISO 8601 date, possibly cut to the month or year.
    """

    id: str = ""
    source: str = ""
    path: str = ""
    sha256: str = ""

    def page_of(self, offset: int) -> int | None:
        """The one-based page that holds the character at `offset`, or None where the format has no pages."""
        number = bisect_right(self.pages, offset, key=lambda page: page.end) + 1
        return min(number, len(self.pages)) or None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one document, short enough for the encoder to read in full."""

    id: str
    document_id: str
    ordinal: int
    span: Span
    text: str


def passage_id(document_id: str, ordinal: int) -> str:
    """The id of a document's passage; ids of one document's passages sort in their order."""
    return f"{document_id}-{ordinal:05d}"


def document_of(passage_id: str) -> str:
    """The id of the document that a passage is of."""
    return passage_id.rpartition("-")[0]
