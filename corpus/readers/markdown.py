"""Markdown, character for character; what its front matter says of the document, and marked as furniture.

So are comments and elements of HTML in it that a browser would not show, and lines that are nothing but tags.
"""

from collections.abc import Mapping
from typing import Any

from corpus.document import Extraction, Span
from corpus.readers.characters import decoded
from corpus.readers.front_matter import NotForIndexing, split_front_matter
from corpus.readers.markdown_markup import unshown
from corpus.readers.metadata import iso_date, language_code, one_line, strings
from corpus.readers.stated.datelines import stated_day

# Which of the names that people and programs give these comes first.
_PUBLISHED = ("published", "date", "published_time", "published_at", "publication_date", "pubdate", "date_published")
_ADDRESS = ("url", "source_url", "canonical_url", "canonical", "link")
_PUBLISHER = ("publisher", "site_name", "site", "organisation", "organization")


def read_markdown(content: bytes) -> Extraction:
    """The whole file as its text. Raises `NotForIndexing` where its front matter asks for that."""
    text, remarks = decoded(content)
    written, start, problems = split_front_matter(text)
    metadata = {str(name).lower(): value for name, value in written.items()}
    if metadata.get("index") is False or str(metadata.get("index")).lower() == "false":
        raise NotForIndexing
    return Extraction(
        text=text,
        title=one_line(metadata.get("title")),
        publisher=_first(metadata, _PUBLISHER),
        published=_day(metadata),
        url=_first(metadata, _ADDRESS),
        language=language_code(metadata.get("language", metadata.get("lang"))),
        parties=strings(metadata.get("parties")),
        topics=strings(metadata.get("topics")),
        furniture=(*((Span(0, start),) if start else ()), *unshown(text, start)),
        remarks=(*remarks, *problems),
    )


def _first(metadata: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((told for name in names if (told := one_line(metadata.get(name)))), None)


def _day(metadata: Mapping[str, Any]) -> str | None:
    """The first that is a day; `published: true` says something else."""
    values = (metadata[name] for name in _PUBLISHED if name in metadata)
    return next((day for value in values if (day := iso_date(value) or stated_day(value))), None)
