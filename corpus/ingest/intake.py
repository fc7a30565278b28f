"""A file's content and its place become documents, cut into passages, each with an id that no other has.

A file is one document, and so is each file within it: what came with an e-mail, a member of an archive. Those have the
place of the file as their folder ("visit.eml/agreement.pdf") and say what they came with; what of them cannot be read,
the file's own document says. Reading and cutting are for `isolation`; what becomes of the documents for whoever asked.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from corpus.document import Attachment, Document, Passage
from corpus.errors import UnreadableFile
from corpus.ingest.file_names import safe_name
from corpus.ingest.isolation import IsolatedReader
from corpus.readers.front_matter import NotForIndexing
from corpus.text.chunking import passages_at
from corpus.text.cutting import Pieces, as_document

# Files within files within files; further down nobody looks.
DEEPEST = 3
# With all that lies in it, one file makes no more documents than this.
MOST_DOCUMENTS = 500
_MOST_REMARKS = 20
_LONGEST_PATH_BYTES = 2_000
Made = tuple[Document, list[Passage], Pieces]


def document_from(content: bytes, key: tuple[str, str], reader: IsolatedReader) -> Made:
    """The document that the content of the file at (source, path) makes, alone: its passages, and what else was found.

    Raises `UnreadableFile` where it makes none, and `NotForIndexing` where the file asks to be left out.
    """
    return _cut(content, key, reader)[0]


def documents_from(content: bytes, key: tuple[str, str], reader: IsolatedReader) -> list[Made]:
    """The document that the file at (source, path) makes, and after it those of the files within it.

    Raises as `document_from`, of the file itself only.
    """
    return _Unpacking(reader).documents(content, key)


class _Unpacking:
    """One file with all that lies in it, counted."""

    def __init__(self, reader: IsolatedReader) -> None:
        self._reader = reader
        self._made = 0

    def documents(self, content: bytes, key: tuple[str, str], depth: int = 0) -> list[Made]:
        (document, passages, pieces), attachments = _cut(content, key, self._reader)
        self._made += 1
        within: list[Made] = []
        untold: list[str] = []
        for place, attachment in _placed(attachments, key[1]):
            try:
                if depth >= DEEPEST or self._made >= MOST_DOCUMENTS:
                    raise UnreadableFile("there is too much within this file to look into")
                (first, cut, found), *deeper = self.documents(attachment.content, (key[0], place), depth + 1)
                within += [(_came_with(first, key[1]), cut, found), *deeper]
            except (UnreadableFile, NotForIndexing) as error:
                reason = str(error) if isinstance(error, UnreadableFile) else "it asks to be left out"
                untold.append(f"“{attachment.name}” within it was not read: {reason.partition(';')[0].rstrip('.')}.")
        if len(untold) > _MOST_REMARKS:
            untold[_MOST_REMARKS:] = [f"{len(untold) - _MOST_REMARKS} more files within it were not read."]
        return [(replace(document, remarks=(*document.remarks, *untold)), passages, pieces), *within]


def _cut(content: bytes, key: tuple[str, str], reader: IsolatedReader) -> tuple[Made, tuple[Attachment, ...]]:
    sha256 = hashlib.sha256(content).hexdigest()
    document_id = identity(key, sha256)
    extraction, pieces = reader.read_and_cut(content, key[1], document_id)
    if not pieces.spans:
        raise UnreadableFile("it holds nothing but page furniture (share buttons, dates, menus)")
    alone = replace(extraction, attachments=())
    document = as_document(alone, document_id, *key, sha256)
    return (document, passages_at(document, pieces.spans), pieces), extraction.attachments


def _placed(attachments: Sequence[Attachment], path: str) -> Iterator[tuple[str, Attachment]]:
    """Each attachment with a place of its own, also where two have one name."""
    taken: set[str] = set()
    for attachment in attachments:
        name = PurePosixPath(safe_name(attachment.name))
        free = str(name)
        while free.lower() in taken:
            free = f"{name.stem} ({len(taken) + 1}){name.suffix}"
        taken.add(free.lower())
        yield shortened(f"{path}/{free}"), attachment


def _came_with(document: Document, path: str) -> Document:
    return replace(document, remarks=(f"It came with {path}.", *document.remarks))


def identity(key: tuple[str, str], sha256: str) -> str:
    """A document's id: its place and its bytes, so that same-named files elsewhere are other documents."""
    return hashlib.sha256("\0".join((*key, sha256)).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def printable_path(path: Path) -> str:
    r"""The path with forward slashes; bytes of a file name that are no UTF-8, which no store accepts, as \xNN.

    Of an extremely long one, which a database's index would refuse, the middle is a digest.
    """
    return shortened(os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace"))


def shortened(path: str) -> str:
    """A path that every database's index takes."""
    if len(path.encode()) <= _LONGEST_PATH_BYTES:
        return path
    return f"{path[:200]}…{hashlib.sha256(path.encode()).hexdigest()}…{path[-200:]}"
