"""A file's content and its place become a document, cut into passages, with an id that no other has.

Reading and cutting are for `isolation`; what becomes of the document for whoever asked.
"""

import hashlib
import os
from pathlib import Path

from corpus.document import Document, Passage
from corpus.errors import UnreadableFile
from corpus.ingest.isolation import IsolatedReader
from corpus.text.chunking import passages_at
from corpus.text.cutting import Pieces, as_document

_LONGEST_PATH_BYTES = 2_000


def document_from(
    content: bytes, key: tuple[str, str], reader: IsolatedReader
) -> tuple[Document, list[Passage], Pieces]:
    """The document that the content of the file at (source, path) makes, its passages, and what else was found.

    Raises `UnreadableFile` where it makes none, and `NotForIndexing` where the file asks to be left out.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    document_id = identity(key, sha256)
    extraction, pieces = reader.read_and_cut(content, key[1], document_id)
    if not pieces.spans:
        raise UnreadableFile("it holds nothing but page furniture (share buttons, dates, menus)")
    document = as_document(extraction, document_id, *key, sha256)
    return document, passages_at(document, pieces.spans), pieces


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
