"""What a file's content and its place make: which document it is, and what no store would take."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeEncoder

from corpus.catalog.catalog import declared_parties
from corpus.errors import UnreadableFile
from corpus.ingest.intake import document_from, identity, printable_path
from corpus.ingest.isolation import IsolatedReader
from corpus.text.chunking import ChunkingParameters
from corpus.text.cutting import Cutting

KEY = ("notes", "riga.txt")
TEXT = "Latvia and Azerbaijan signed a health agreement on 3 May 2024. It covers ambulances and nurses."


@pytest.fixture(scope="module")
def reader() -> Iterator[IsolatedReader]:
    with IsolatedReader(cutting=Cutting(FakeEncoder().counter, ChunkingParameters(), declared_parties)) as reader:
        yield reader


def test_a_document_is_its_place_and_its_bytes(reader: IsolatedReader) -> None:
    document, passages, _ = document_from(TEXT.encode(), KEY, reader)
    assert (document.source, document.path, document.text) == (*KEY, TEXT)
    assert [passage.text for passage in passages] == [TEXT]
    assert {passage.document_id for passage in passages} == {document.id} == {identity(KEY, document.sha256)}
    again, *_ = document_from(TEXT.encode(), KEY, reader)
    elsewhere, *_ = document_from(TEXT.encode(), ("notes", "copies/riga.txt"), reader)
    changed, *_ = document_from(TEXT.replace("3", "4").encode(), KEY, reader)
    assert again.id == document.id
    assert len({document.id, elsewhere.id, changed.id}) == 3
    assert elsewhere.sha256 == document.sha256 != changed.sha256


def test_what_no_database_takes_is_replaced_and_moves_nothing(reader: IsolatedReader) -> None:
    document, (passage,), _ = document_from(TEXT.replace(". It", ".\0It").encode("utf-16"), KEY, reader)
    assert "\0" not in document.text + document.title
    assert len(document.text) == len(TEXT)
    assert passage.span.of(document.text) == passage.text


def test_nothing_but_furniture_is_no_document(reader: IsolatedReader) -> None:
    with pytest.raises(UnreadableFile, match="nothing but page furniture"):
        document_from(b"Share on Facebook\n\nTweet\n", KEY, reader)


def test_every_file_name_can_be_printed_and_stored() -> None:
    assert printable_path(Path("a") / "rīga.txt") == "a/rīga.txt"
    assert printable_path(Path(os.fsdecode(b"r\xff.txt"))) == r"r\xff.txt"
    longest = printable_path(Path("x" * 3_000 + ".txt"))
    assert longest.endswith(".txt")
    assert len(longest.encode()) < 2_000
    assert longest != printable_path(Path("x" * 3_001 + ".txt"))
