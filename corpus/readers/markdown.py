"""Markdown, character for character; what its front matter says of the document, and marked as furniture."""

import re

from corpus.document import Extraction, Span
from corpus.readers.characters import decoded
from corpus.readers.front_matter import NotForIndexing, split_front_matter
from corpus.readers.metadata import iso_date, one_line, strings


def read_markdown(content: bytes) -> Extraction:
    """The whole file as its text. Raises `NotForIndexing` where its front matter asks for that."""
    text, remarks = decoded(content)
    metadata, start = split_front_matter(text)
    if metadata.get("index") is False:
        raise NotForIndexing
    return Extraction(
        text=text,
        title=one_line(metadata.get("title")) or _first_heading(text[start:]),
        publisher=one_line(metadata.get("publisher")) or None,
        published=iso_date(metadata.get("published", metadata.get("date"))),
        url=one_line(metadata.get("url")) or None,
        language=one_line(metadata.get("language")) or None,
        parties=strings(metadata.get("parties")),
        topics=strings(metadata.get("topics")),
        furniture=(Span(0, start),) if start else (),
        remarks=remarks,
    )


def _first_heading(text: str) -> str:
    match = re.search(r"^#{1,2}[ \t]+(?=\S)(?P<words>.*[^\s#])", text, re.MULTILINE)
    return one_line(match.group("words")) if match else ""
