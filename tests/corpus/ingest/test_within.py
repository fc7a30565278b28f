"""Files within files become documents of their own, and come, change and go with the file they are in."""

import io
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from fakes import FakeEncoder, open_store

from corpus.catalog.catalog import declared_parties
from corpus.document import Attachment, Document, Extraction
from corpus.errors import NotAnUpload
from corpus.ingest.intake import DEEPEST, documents_from
from corpus.ingest.isolation import IsolatedReader
from corpus.ingest.sync import sync
from corpus.ingest.uploads import add_files, remove_upload
from corpus.readers.attaching import LARGEST_ATTACHMENTS_BYTES, MOST_ATTACHMENTS, bounded
from corpus.readers.formats import read_content
from corpus.store.store import Store
from corpus.text.chunking import ChunkingParameters
from corpus.text.cutting import Cutting

TEXT = "Latvia and Ecuador signed an agreement on dengue on 4 June 2025 in Quito."
OTHER = "Latvia and Chile signed an agreement on nursing on 5 June 2025 in Santiago."


def mail(**attached: str) -> bytes:
    made = EmailMessage()
    made["Subject"] = "The signed agreement"
    made.set_content("Please find the agreement in the annex to this mail.")
    for name, text in attached.items():
        made.add_attachment(text.encode(), "application", "octet-stream", filename=name.replace("_", "."))
    return made.as_bytes()


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


@pytest.fixture(scope="module")
def reader() -> Iterator[IsolatedReader]:
    with IsolatedReader(cutting=Cutting(FakeEncoder().counter, ChunkingParameters(), declared_parties)) as reader:
        yield reader


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    return tmp_path / "documents"


@pytest.fixture
def here(tmp_path: Path, folder: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "data", FakeEncoder(), s=folder)
    yield store
    store.close()


def current(store: Store) -> dict[str, Document]:
    return {document.path: document for document in store.catalog.documents()}


def found(store: Store) -> set[str]:
    """What the keyword index holds: the ids of all documents in it."""
    return {
        passage.rpartition("-")[0]
        for word in ("Ecuador", "Chile")
        for passage, _ in store.index.keywords.search(word, 50)
    }


def test_attachments_come_back_from_the_child_as_they_are(reader: IsolatedReader) -> None:
    content = mail(a_bin="\x00bytes", b_txt=TEXT)
    assert reader.read(content, "a.eml").attachments == read_content(content, "a.eml").attachments
    assert reader.read(content, "a.eml").attachments[0] == Attachment("a.bin", b"\x00bytes")


def test_an_attachment_is_a_document_that_says_what_it_came_with(reader: IsolatedReader) -> None:
    (whole, *_), (part, passages, _) = documents_from(mail(a_txt=TEXT), ("s", "visit.eml"), reader)
    assert (whole.path, part.path) == ("visit.eml", "visit.eml/a.txt")
    assert part.remarks == ("It came with visit.eml.",)
    assert [passage.text for passage in passages] == [TEXT]
    assert not whole.attachments
    assert part.sha256 != whole.sha256


def test_what_cannot_be_read_is_told_by_the_file_it_came_with(reader: IsolatedReader) -> None:
    ((whole, *_),) = documents_from(mail(photo_jpg="x", a_pdf="no"), ("s", "visit.eml"), reader)
    assert whole.remarks[0] == "“photo.jpg” within it was not read: the format .jpg is not supported."
    assert whole.remarks[1].startswith("“a.pdf” within it was not read: the PDF")


def test_two_of_one_name_are_two_and_no_name_leads_out(reader: IsolatedReader) -> None:
    content = packed(**{"a/n_txt": TEXT.encode(), "../a/N_txt": OTHER.encode()})
    paths = [document.path for document, *_ in documents_from(content, ("s", "x.zip"), reader)]
    assert paths == ["x.zip", "x.zip/a - n.txt", "x.zip/a - N (2).txt"]


def test_files_within_files_are_looked_into_so_deep_and_no_deeper(reader: IsolatedReader) -> None:
    content = TEXT.encode()
    name = "a_txt"
    for depth in range(DEEPEST + 2):
        content, name = packed(**{name: content}), f"z{depth}_zip"
    documents = [document for document, *_ in documents_from(content, ("s", "top.zip"), reader)]
    assert len(documents) == DEEPEST + 1
    assert "too much within this file" in documents[-1].remarks[-1]


def test_number_and_size_of_what_is_handed_on_are_limited() -> None:
    small = Attachment("a", b"x")
    assert len(bounded([small] * (MOST_ATTACHMENTS + 5))[0]) == MOST_ATTACHMENTS
    kept, remarks = bounded([small, Attachment("b", bytes(LARGEST_ATTACHMENTS_BYTES)), small])
    assert kept == (small, small)
    assert remarks == ("One file within it was not read: there are too many, or they are too large.",)


def test_they_come_change_and_go_with_the_file(here: Store, folder: Path) -> None:
    file = folder / "visit.eml"
    file.write_bytes(mail(a_txt=TEXT, b_txt=OTHER))
    report = sync(here)
    assert report.new == ["s/visit.eml", "s/visit.eml/a.txt", "s/visit.eml/b.txt"]
    first = current(here)
    assert found(here) == {first["visit.eml/a.txt"].id, first["visit.eml/b.txt"].id}

    report = sync(here)
    assert not report.changes
    assert report.unchanged == ["s/visit.eml", "s/visit.eml/a.txt", "s/visit.eml/b.txt"]

    file.write_bytes(mail(a_txt=TEXT, c_txt=OTHER))  # b is gone, a is as it was, c is new
    report = sync(here)
    assert (report.changed, report.new) == (["s/visit.eml"], ["s/visit.eml/c.txt"])
    assert (report.removed, report.unchanged) == (["s/visit.eml/b.txt"], ["s/visit.eml/a.txt"])
    second = current(here)
    assert sorted(second) == ["visit.eml", "visit.eml/a.txt", "visit.eml/c.txt"]
    assert second["visit.eml/a.txt"].id == first["visit.eml/a.txt"].id
    assert found(here) == {second["visit.eml/a.txt"].id, second["visit.eml/c.txt"].id}

    file.unlink()
    report = sync(here)
    assert sorted(report.removed) == ["s/visit.eml", "s/visit.eml/a.txt", "s/visit.eml/c.txt"]
    assert not current(here)
    assert not found(here)
    assert not sync(here).changes


def test_a_file_that_breaks_takes_its_parts_with_it(here: Store, folder: Path) -> None:
    file = folder / "x.zip"
    file.write_bytes(packed(a_txt=TEXT.encode()))
    sync(here)
    assert sorted(current(here)) == ["x.zip", "x.zip/a.txt"]
    file.write_bytes(b"PK\x03\x04 broken")
    report = sync(here)
    assert "s/x.zip" in report.failed
    assert not current(here)
    assert not found(here)


def test_a_folder_of_a_files_name_is_nothing_within_it(here: Store, folder: Path) -> None:
    (folder / "visit.eml").mkdir()
    (folder / "visit.eml" / "a.txt").write_text(TEXT)
    assert sync(here).new == ["s/visit.eml/a.txt"]
    assert sync(here).unchanged == ["s/visit.eml/a.txt"]


def test_an_added_file_brings_its_parts_and_takes_them_along(here: Store) -> None:
    (added,) = add_files(here, [("visit.eml", io.BytesIO(mail(a_txt=TEXT)))])
    assert added.outcome == "indexed"
    documents = current(here)
    assert sorted(documents) == ["visit.eml", "visit.eml/a.txt"]
    with pytest.raises(NotAnUpload, match=r"came with the added file visit\.eml"):
        remove_upload(here, documents["visit.eml/a.txt"].id)
    remove_upload(here, documents["visit.eml"].id)
    assert not current(here)


def test_no_bytes_are_stored(here: Store, folder: Path) -> None:
    (folder / "visit.eml").write_bytes(mail(a_txt=TEXT))
    sync(here)
    assert all(document.attachments == () for document in here.catalog.documents())
    assert Extraction("", "").attachments == ()
