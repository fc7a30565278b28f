"""A file's content and its place become a document, cut into passages, with an id that no other has.

Reading is for `isolation`; what becomes of the document for whoever asked.
"""

import hashlib
import os
from dataclasses import fields
from pathlib import Path

from corpus.chunking import passages
from corpus.document import Document, Extraction, Passage
from corpus.errors import UnreadableFile
from corpus.isolation import IsolatedReader
from corpus.store import Store

_LONGEST_PATH_BYTES = 2_000


def document_from(
    content: bytes, key: tuple[str, str], reader: IsolatedReader, store: Store
) -> tuple[Document, list[Passage]]:
    """The document that the content of the file at (source, path) makes, cut into its passages.

    Raises `UnreadableFile` where it makes none, and `NotForIndexing` where the file asks to be left out.
    """
    extraction = reader.read(content, key[1])
    values = {item.name: getattr(extraction, item.name) for item in fields(Extraction)}
    # UTF-16 may hold NULs, which PostgreSQL refuses; all offsets stay what they are.
    values["text"] = values["text"].replace("\0", "\N{REPLACEMENT CHARACTER}")
    values["title"] = values["title"].replace("\0", " ")
    sha256 = hashlib.sha256(content).hexdigest()
    document = Document(**values, id=identity(key, sha256), source=key[0], path=key[1], sha256=sha256)
    document_passages = passages(document, store.encoder.count_tokens, store.chunking)
    if not document_passages:
        raise UnreadableFile("it holds nothing but page furniture (share buttons, dates, menus)")
    return document, document_passages


def identity(key: tuple[str, str], sha256: str) -> str:
    """A document's id: its place and its bytes, so that same-named files elsewhere are other documents."""
    return hashlib.sha256("\0".join((*key, sha256)).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def printable_path(path: Path) -> str:
    r"""The path with forward slashes; bytes of a file name that are no UTF-8, which no store accepts, as \xNN.

    Of an extremely long one, which a database's index would refuse, the middle is a digest.
    """
    text = os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
    if len(text.encode()) <= _LONGEST_PATH_BYTES:
        return text
    return f"{text[:200]}…{hashlib.sha256(text.encode()).hexdigest()}…{text[-200:]}"
