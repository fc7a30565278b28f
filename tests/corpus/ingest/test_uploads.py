"""Files added one by one: kept whole or not at all, searchable as soon as they are kept, and gone when removed."""

import errno
import io
import os
import signal
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest
from fakes import FakeEncoder, child_command, child_environment, everything_found, open_store, passage_ids
from servers import ON_ALL

from corpus.catalog.entries import Source
from corpus.errors import DataFolderBusy, DiskFull, NoSuchDocument, NotAnUpload
from corpus.ingest import uploads
from corpus.ingest.sync import sync
from corpus.ingest.uploads import add_files, remove_upload, uploads_folder
from corpus.store.lock import writers_lock
from corpus.store.store import Store

ON_SERVERS = ON_ALL
WORDS = b"Iceland and Malta signed a health agreement in Valletta."
OTHER = b"Peru and Fiji discussed ambulances in Lima."
# Run in another process and killed there: an addition that stops at the call named.
KILLED = """
import io, os, sys
from pathlib import Path
from fakes import open_store
from corpus.ingest import uploads
from corpus.ingest.sync import Run
def die(*_, **__): os.kill(os.getpid(), 9)
store = open_store(Path(sys.argv[1]))
owner, name = {"fsync": (os, "fsync"), "replace": (Path, "replace"), "index": (Run, "index"), "step": (Run, "step")}[
    sys.argv[2]]
setattr(owner, name, die)
uploads.add_files(store, [("a.txt", io.BytesIO(sys.argv[3].encode()))])
"""


def add(store: Store, *files: tuple[str, bytes]) -> list[uploads.Addition]:
    return add_files(store, [(name, io.BytesIO(content)) for name, content in files])


def kept(store: Store) -> dict[str, bytes]:
    """What lies in the folder of added files, hidden files too; or in the catalog."""
    if store.catalog.kept_files is not None:
        return {name: store.catalog.kept_files.read(name) for name in store.catalog.kept_files.names()}
    folder = uploads_folder(store)
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def test_an_added_file_is_kept_and_found_at_once(store: Store) -> None:
    (addition,) = add(store, ("visit.txt", WORDS))
    assert (addition.outcome, addition.path, addition.passages, addition.replaced) == ("indexed", "visit.txt", 1, None)
    assert kept(store) == {"visit.txt": WORDS}
    assert "Valletta" in everything_found(store)
    document = store.document(addition.document_id)
    assert (document.source, document.path, document.title) == ("uploads", "visit.txt", addition.title)


def test_the_same_file_again_changes_nothing_and_another_of_its_name_is_a_new_version(store: Store) -> None:
    (first,) = add(store, ("visit.txt", WORDS))
    generation = store.catalog.generation
    (same,) = add(store, ("visit.txt", WORDS))
    assert (same.outcome, same.document_id, store.catalog.generation) == ("unchanged", first.document_id, generation)
    (new,) = add(store, ("visit.txt", OTHER))
    assert (new.outcome, new.replaced) == ("indexed", first.document_id)
    assert kept(store) == {"visit.txt": OTHER}
    assert "Valletta" not in everything_found(store)
    assert "Valletta" in store.document(first.document_id).text


def test_bad_files_have_reasons_leave_no_trace_and_stop_no_good_one(store: Store, folder: Path) -> None:
    results = add(
        store,
        ("a.txt", b"\x00\x01"),
        ("b.pdf", b"no"),
        ("c.xyz", WORDS),
        ("d.md", b"---\nindex: false\n---\nWords."),
        ("good.txt", WORDS),
        ("x/good.txt", OTHER),
        ("e.txt", b""),
        ("f.txt", b"Share on social media"),
    )
    assert [result.outcome for result in results] == [*["failed"] * 4, "indexed", *["failed"] * 3]
    assert all(result.reason for result in results if result.outcome == "failed")
    assert "same name" in results[5].reason
    assert "index: false" in results[3].reason
    assert kept(store) == {"good.txt": WORDS}
    assert store.catalog.failures() == []
    assert passage_ids(store)


def test_an_unreadable_new_version_does_not_touch_the_old_one(store: Store) -> None:
    add(store, ("a.txt", WORDS))
    (result,) = add(store, ("a.txt", b"\x00"))
    assert result.outcome == "failed"
    assert kept(store) == {"a.txt": WORDS}
    assert "Valletta" in everything_found(store)


@pytest.mark.one_folder
def test_a_name_stays_within_the_folder(store: Store, tmp_path: Path) -> None:
    names = ("../../escaped.txt", "/tmp/escaped2.txt", "..\\..\\escaped3.txt", "x" * 300 + ".txt", "CON.txt", ".x.txt")
    results = add(store, *((name, WORDS + name[:20].encode()) for name in names))
    assert {result.outcome for result in results} == {"indexed"}
    assert {path.parent for path in tmp_path.rglob("*escaped*")} == {uploads_folder(store)}
    assert set(kept(store)) == {result.path for result in results}


def test_a_later_sync_agrees_with_what_was_added(store: Store, folder: Path) -> None:
    (folder / "own.txt").write_text("The minister spoke in Oslo.")
    add(store, ("a.txt", WORDS), ("b.txt", OTHER))
    ids = passage_ids(store)
    report = sync(store)
    assert (report.new, sorted(report.unchanged)) == (["s/own.txt"], ["uploads/a.txt", "uploads/b.txt"])
    assert ids < passage_ids(store)
    assert not sync(store).changes


def test_adding_looks_at_no_other_source(store: Store, folder: Path, tmp_path: Path) -> None:
    (folder / "own.txt").write_text("The minister spoke in Oslo.")
    store.catalog.add_source(Source("unmounted", tmp_path / "nowhere"))
    assert [result.outcome for result in add(store, ("a.txt", WORDS))] == ["indexed"]
    assert "Oslo" not in everything_found(store)


@pytest.mark.one_folder
def test_a_source_that_is_called_uploads_already_stays_what_it_is(tmp_path: Path, folder: Path) -> None:
    store = open_store(tmp_path / "data", FakeEncoder(), uploads=folder)
    (addition,) = add(store, ("a.txt", WORDS))
    assert store.document(addition.document_id).source == "uploads-2"
    assert {source.name: source.folder for source in store.catalog.sources()}["uploads"] == folder
    store.close()


def test_a_removed_document_and_its_file_are_gone_and_its_citations_open(store: Store) -> None:
    (addition, other) = add(store, ("a.txt", WORDS), ("b.txt", OTHER))
    remove_upload(store, addition.document_id)
    assert kept(store) == {"b.txt": OTHER}
    assert "Valletta" not in everything_found(store)
    assert "Valletta" in store.document(addition.document_id).text
    assert not sync(store).changes
    with pytest.raises(NoSuchDocument):
        remove_upload(store, addition.document_id)
    remove_upload(store, other.document_id)
    assert passage_ids(store) == set()


def test_a_document_of_a_folder_is_not_removed(store: Store, folder: Path) -> None:
    path = folder / "own.txt"
    path.write_text("The minister spoke in Oslo.")
    sync(store)
    (document,) = store.catalog.documents()
    with pytest.raises(NotAnUpload, match=r"delete its file there and run: assistant ingest.* sources remove s$"):
        remove_upload(store, document.id)
    assert path.is_file()


@pytest.mark.one_folder
def test_another_writer_is_respected_and_nothing_is_kept(store: Store) -> None:
    with writers_lock(store.folder), pytest.raises(DataFolderBusy, match="Another process is writing"):
        add(store, ("a.txt", WORDS))
    assert kept(store) == {}


@pytest.mark.one_folder
def test_a_full_disk_is_said_in_words_and_nothing_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add(store, ("a.txt", WORDS))
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(100, 100, 1))
    with pytest.raises(DiskFull, match=r"disk of .* is full"):
        add(store, ("b.txt", OTHER))
    monkeypatch.undo()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match="free some space and add the file again"):
        add(store, ("b.txt", OTHER))
    monkeypatch.undo()
    assert kept(store) == {"a.txt": WORDS}
    assert add(store, ("b.txt", OTHER))[0].outcome == "indexed"


def test_there_is_a_limit_to_how_many_files_and_how_large(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_FILES", 1)
    monkeypatch.setattr(uploads, "LARGEST_FILE_BYTES", 1000)
    first, second, large = add(store, ("a.txt", WORDS), ("b.txt", OTHER), ("c.txt", b"word " * 300))
    assert (first.outcome, second.outcome, large.outcome) == ("indexed", "failed", "failed")
    assert "1 added files are the limit" in second.reason
    assert "over the limit" in large.reason
    assert add(store, ("a.txt", OTHER))[0].outcome == "indexed"


@pytest.mark.processes
@pytest.mark.one_folder
@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_an_addition_killed_as_its_file_is_kept_leaves_nothing_half(store: Store, moment: str) -> None:
    assert_nothing_half(store, moment)


@pytest.mark.processes
@pytest.mark.parametrize("moment", ["index", "step"])
def test_an_addition_killed_later_leaves_a_whole_file(store: Store, moment: str) -> None:
    assert_nothing_half(store, moment)


def assert_nothing_half(store: Store, moment: str) -> None:
    add(store, ("before.txt", OTHER))
    store.close()
    killed = subprocess.run(
        child_command("-c", KILLED, str(store.folder), moment, WORDS.decode()), env=child_environment(), check=False
    )
    assert killed.returncode == -signal.SIGKILL
    again = open_store(store.folder)
    assert "Valletta" not in everything_found(again)
    visible = {name: content for name, content in kept(again).items() if not name.startswith(".")}
    assert visible in ({"before.txt": OTHER}, {"before.txt": OTHER, "a.txt": WORDS})
    assert ("a.txt" in visible) == (moment in ("index", "step"))
    add(again, ("after.txt", b"The minister spoke in Oslo."))
    assert not [name for name in kept(again) if name.startswith(".")]
    assert ("Valletta" in everything_found(again)) == ("a.txt" in visible)
    again.close()


@pytest.mark.one_folder
def test_the_data_folder_may_be_moved_with_what_was_added(store: Store, tmp_path: Path) -> None:
    add(store, ("a.txt", WORDS))
    store.close()
    moved = store.folder.rename(tmp_path / "moved")
    again = open_store(moved)
    report = sync(again)
    assert report.unchanged == ["uploads/a.txt"]
    assert add(again, ("a.txt", WORDS))[0].outcome == "unchanged"
    again.close()
