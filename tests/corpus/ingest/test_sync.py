import os
import shutil

import pytest
from fakes import everything_found, open_store, passage_ids
from servers import ON_ALL

from corpus.catalog.entries import Source
from corpus.encoder.protocol import LONGEST_TITLE_TOKENS
from corpus.errors import SourceError
from corpus.files import DEEPEST
from corpus.ingest import sync as sync_module
from corpus.ingest.rebuild import reindex
from corpus.ingest.sync import sync
from corpus.store.store import Store

ON_SERVERS = ON_ALL


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def long_text(word, sentences=12):
    """A text of several passages, all of which hold `word`."""
    return "\n\n".join(f"The {word} programme number {n} helps doctors in both countries." for n in range(sentences))


def found_by_keyword(store, word):
    return {passage_id for passage_id, _ in store.index.keywords.search(word, 100)}


def found_by_vector(store, word):
    """The texts of all passages that the vector store holds, as Chroma itself has them."""
    (source,) = store.index.vectors._sources.values()
    texts = source.collection.get(include=["documents"])["documents"]
    return [text for text in texts if word in text]


def assert_nowhere(store, word):
    assert word not in everything_found(store)
    assert not found_by_keyword(store, word)
    assert not found_by_vector(store, word)


def test_a_sync_tells_new_changed_unchanged_removed_and_failed_apart(store, folder):
    write(folder, "same.txt", "This one stays as it is.")
    write(folder, "edited.txt", "This one will be edited.")
    write(folder, "deleted.txt", "This one will be deleted.")
    write(folder, "broken.pdf", "not a PDF")
    first = sync(store)
    assert sorted(first.new) == ["s/deleted.txt", "s/edited.txt", "s/same.txt"]
    assert list(first.failed) == ["s/broken.pdf"]
    assert first.passages == len(passage_ids(store)) == 3
    write(folder, "edited.txt", "This one was edited.")
    (folder / "deleted.txt").unlink()
    write(folder, "added.md", "# This one is new\n\nIt says so.")
    second = sync(store)
    assert second.new == ["s/added.md"]
    assert second.changed == ["s/edited.txt"]
    assert second.unchanged == ["s/same.txt"]
    assert second.removed == ["s/deleted.txt"]
    assert list(second.failed) == ["s/broken.pdf"]
    assert second.changes


def test_a_second_sync_changes_nothing(store, folder):
    write(folder, "a.txt", long_text("exchange"))
    write(folder, "b.pdf", "not a PDF")
    sync(store)
    ids, generation = passage_ids(store), store.catalog.generation
    report = sync(store)
    assert not report.changes
    assert report.passages == 0
    assert report.unchanged == ["s/a.txt"]
    assert (passage_ids(store), store.catalog.generation) == (ids, generation)


def test_an_edit_leaves_no_stale_passage(store, folder):
    write(folder, "a.txt", long_text("telemedicine"))
    sync(store)
    write(folder, "a.txt", "Only vaccination is left.")
    sync(store)
    assert_nowhere(store, "telemedicine")
    assert len(passage_ids(store)) == 1


def test_a_renamed_file_leaves_no_stale_passage(store, folder):
    path = write(folder, "a.txt", long_text("telemedicine"))
    sync(store)
    old = passage_ids(store)
    path.rename(folder / "b.txt")
    report = sync(store)
    assert (report.new, report.removed) == (["s/b.txt"], ["s/a.txt"])
    assert not passage_ids(store) & old
    assert len(passage_ids(store)) == len(old)
    (source,) = store.index.vectors._sources.values()
    assert {entry["path"] for entry in source.collection.get()["metadatas"]} == {"b.txt"}


def test_a_deleted_file_leaves_no_stale_passage(store, folder):
    write(folder, "a.txt", long_text("telemedicine"))
    write(folder, "b.txt", long_text("vaccination"))
    sync(store)
    (folder / "a.txt").unlink()
    sync(store)
    assert_nowhere(store, "telemedicine")
    assert found_by_keyword(store, "vaccination") == passage_ids(store)


def test_a_removed_source_leaves_no_stale_passage(store, folder):
    write(folder, "a.txt", long_text("telemedicine"))
    sync(store)
    store.catalog.remove_source("s")
    assert sync(store).removed == ["s/a.txt"]
    assert_nowhere(store, "telemedicine")


def test_a_file_that_goes_back_to_an_earlier_version_is_found_again(store, folder):
    write(folder, "a.txt", long_text("telemedicine"))
    sync(store)
    ids = passage_ids(store)
    write(folder, "a.txt", long_text("vaccination"))
    sync(store)
    write(folder, "a.txt", long_text("telemedicine"))
    assert sync(store).changed == ["s/a.txt"]
    assert passage_ids(store) == ids
    assert_nowhere(store, "vaccination")


def test_two_files_that_change_places_are_both_right(store, folder):
    write(folder, "a.txt", long_text("telemedicine"))
    write(folder, "b.txt", long_text("vaccination"))
    sync(store)
    write(folder, "a.txt", long_text("vaccination"))
    write(folder, "b.txt", long_text("telemedicine"))
    sync(store)
    by_path = {document.path: document.text for document in store.catalog.documents()}
    assert "vaccination" in by_path["a.txt"]
    assert "telemedicine" in by_path["b.txt"]
    assert passage_ids(store)


def test_a_superseded_text_still_opens_by_its_id(store, folder):
    write(folder, "a.txt", "The first version.")
    sync(store)
    (old,) = store.catalog.documents()
    write(folder, "a.txt", "The second version.")
    sync(store)
    (folder / "a.txt").unlink()
    sync(store)
    assert store.document(old.id).text == "The first version."
    assert store.catalog.documents() == []


def test_files_of_the_same_name_and_text_do_not_collide(tmp_path, store, folder):
    other = tmp_path / "other"
    for place in (folder / "x", folder / "y", other / "x"):
        write(place, "a.txt", long_text("exchange"))
    store.catalog.add_source(Source("t", other))
    assert sorted(sync(store).new) == ["s/x/a.txt", "s/y/a.txt", "t/x/a.txt"]
    ids = passage_ids(store)
    assert len(ids) == 3 * len(store.catalog.passages(store.catalog.documents()[0]))
    shutil.rmtree(folder / "x")
    sync(store)
    assert len(passage_ids(store)) == len(ids) // 3 * 2
    store.close()


@pytest.mark.parametrize("mend", ["mended", "deleted", "hidden from the index"])
def test_a_failure_is_remembered_until_the_file_is_mended_or_gone(store, folder, mend):
    path = write(folder, "a.md", "---\ntitle: *a\n---\nWords.")
    assert "aliases such as" in sync(store).failed["s/a.md"]
    (failure,) = store.catalog.failures()
    assert (failure.source, failure.path) == ("s", "a.md")
    assert "aliases such as" in sync(store).failed["s/a.md"]
    assert store.catalog.failures() == [failure]
    match mend:
        case "mended":
            path.write_text("Words.")
        case "deleted":
            path.unlink()
        case _:
            path.write_text("---\nindex: false\n---\nWords.")
    assert sync(store).failed == {}
    assert store.catalog.failures() == []


def test_a_document_whose_file_breaks_is_found_no_more(store, folder):
    write(folder, "a.txt", long_text("telemedicine"))
    sync(store)
    write(folder, "a.txt", bytes(range(256)) * 20)
    report = sync(store)
    assert "binary" in report.failed["s/a.txt"]
    assert report.removed == []
    assert_nowhere(store, "telemedicine")
    write(folder, "a.txt", long_text("telemedicine"))
    assert sync(store).new == ["s/a.txt"]
    assert store.catalog.failures() == []


def test_one_unreadable_file_stops_no_other(store, folder):
    bad = {"a.pdf": b"no", "b.docx": b"no", "c.txt": b"", "d.xyz": b"words", "e.html": b"<p>", "f.txt": b"\x00\x01"}
    for name, content in bad.items():
        write(folder, name, content)
    write(folder, "furniture.txt", "Share on social media\nSubscribe to our newsletter")
    write(folder, "good.txt", "These words are found.")
    report = sync(store)
    assert report.new == ["s/good.txt"]
    assert set(report.failed) == {*(f"s/{name}" for name in bad), "s/furniture.txt"}
    assert "nothing but page furniture" in report.failed["s/furniture.txt"]
    assert all(report.failed.values())


def test_a_file_that_asks_not_to_be_indexed_is_no_failure(store, folder):
    write(folder, "a.md", "Words at first.")
    sync(store)
    write(folder, "a.md", "---\nindex: false\n---\nWords.")
    report = sync(store)
    assert (report.removed, report.failed) == (["s/a.md"], {})
    assert passage_ids(store) == set()


def test_what_no_database_takes_is_read_without_and_offsets_stay(store, folder):
    text = "# A\0B\n\nThe minister\0spoke in Riga of health cooperation, and of much else." + " Doctors spoke too." * 9
    write(folder, "nul.md", text.encode("utf-16"))
    assert sync(store).new == ["s/nul.md"]
    (document,) = store.catalog.documents()
    assert document.text == text.replace("\0", " ")
    assert passage_ids(store)


def test_a_path_too_long_for_a_database_is_shortened_and_stays_itself(store, folder):
    parts = [str(number).zfill(3) * 80 for number in range(11)]
    path = folder.joinpath(*parts)
    path.mkdir(parents=True)
    for name in ("one.txt", "two.txt"):
        (path / name).write_text(f"File {name} speaks of health.")
    assert len(sync(store).new) == 2
    assert len({document.path for document in store.catalog.documents()}) == 2
    assert max(len(document.path) for document in store.catalog.documents()) < 500
    assert len(sync(store).unchanged) == 2
    shutil.rmtree(folder / parts[0])
    assert len(sync(store).removed) == 2


def test_a_missing_source_folder_refuses_and_empties_nothing(tmp_path, store, folder):
    write(folder, "a.txt", long_text("telemedicine"))
    sync(store)
    ids, generation = passage_ids(store), store.catalog.generation
    store.catalog.add_source(Source("t", tmp_path / "unmounted"))
    with pytest.raises(SourceError, match=r"source 't' is missing.*sources remove t"):
        sync(store)
    store.catalog.remove_source("t")
    folder.rename(tmp_path / "moved")
    with pytest.raises(SourceError, match="is missing"):
        sync(store)
    assert (passage_ids(store), store.catalog.generation) == (ids, generation)


def test_a_folder_that_cannot_be_listed_refuses_and_empties_nothing(store, folder, monkeypatch):
    write(folder, "locked/a.txt", long_text("telemedicine"))
    sync(store)
    ids, listed = passage_ids(store), os.scandir

    def refusing(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(SourceError, match="locked cannot be listed"):
        sync(store)
    monkeypatch.undo()
    assert passage_ids(store) == ids


def test_a_link_out_of_the_folder_is_reported_and_not_read(tmp_path, store, folder):
    secret = write(tmp_path, "secret.txt", "A secret outside.")
    (folder / "link.txt").symlink_to(secret)
    (folder / "up.txt").symlink_to("../secret.txt")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "dangling.txt").symlink_to(folder / "nothing.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    write(folder, "a.txt", "Words inside.")
    (folder / "inside.txt").symlink_to(folder / "a.txt")
    report = sync(store)
    assert sorted(report.new) == ["s/a.txt", "s/inside.txt"]
    assert report.failed == {
        "s/dangling.txt": "the file cannot be opened: No such file or directory",
        "s/link.txt": "it is a link out of the folder; put a copy in its place",
        "s/linked": "it is a link to a folder, and those are not followed; add that folder itself",
        "s/loop.txt": "the file cannot be opened: Too many levels of symbolic links",
        "s/up.txt": "it is a link out of the folder; put a copy in its place",
    }
    assert "secret" not in everything_found(store)


def test_hidden_files_are_passed_over_and_what_is_no_file_has_a_reason(store, folder):
    write(folder, ".hidden.txt", "Hidden words.")
    write(folder, ".git/a.txt", "Hidden words.")
    os.mkfifo(folder / "pipe.txt")
    (folder / "folder.txt").mkdir()
    report = sync(store)
    assert report.new == []
    assert report.failed == {"s/pipe.txt": "it is a pipe or a socket between programs, not a file"}


def test_folders_within_folders_end_somewhere(store, folder):
    write(folder, "a.txt", "Words at the top.")
    deep = folder
    for _ in range(DEEPEST + 2):
        deep /= "d"
    write(deep, "a.txt", "Words at the bottom.")
    report = sync(store)
    assert report.new == ["s/a.txt"]
    (reason,) = report.failed.values()
    assert reason == "it lies more than 64 folders deep; move it up"


def test_strange_file_names_are_kept_apart_and_cleared_again(store, folder):
    names = [
        b"bad\xff.txt",
        b"bad\xfe.txt",
        "ē".encode() + b".txt",
        "e\u0304.txt".encode(),
        b"a\nb.txt",
        b"x" * 251 + b".txt",
    ]
    for name in names:
        (folder / os.fsdecode(name)).write_text("These words are found.")
    assert len(sync(store).new) == len(passage_ids(store)) == len(names)
    assert len(sync(store).unchanged) == len(names)
    shutil.rmtree(folder)
    folder.mkdir()
    assert len(sync(store).removed) == len(names)
    assert passage_ids(store) == set()


def test_progress_counts_every_file(store, folder):
    for name in ("a.txt", "b.pdf", "c/d.txt"):
        write(folder, name, "Words.")
    seen = []
    sync(store, lambda *step: seen.append(step))
    assert seen == [("a.txt", 1, 3), ("b.pdf", 2, 3), ("c/d.txt", 3, 3)]
    reindex(store, lambda *step: seen.append(step))
    assert seen[3:] == [("a.txt", 1, 2), ("c/d.txt", 2, 2)]


def test_a_sync_of_several_steps_indexes_every_document_once(store, folder, monkeypatch):
    monkeypatch.setattr(sync_module, "PASSAGES_PER_STEP", 3)
    for number in range(7):
        write(folder, f"{number}.txt", long_text(f"subject{number}", number))
    write(folder, "0.txt", "Few words.")
    sync(store)
    assert store.catalog.generation > 3
    assert len(store.catalog.documents()) == 7
    assert passage_ids(store)
    assert store.catalog.unsettled() == []


def test_a_sync_that_fails_is_completed_by_the_next_even_in_the_same_process(store, folder):
    for number in range(4):
        write(folder, f"{number}.txt", long_text(f"subject{number}"))
    add = store.index.vectors.add

    def failing(*arguments):
        add(*arguments)
        raise OSError("disk full")

    store.index.vectors.add = failing
    with pytest.raises(OSError, match="disk full"):
        sync(store)
    seen_before_it_is_followed = store.index.written.vectors is None
    assert len(store.catalog.documents()) == (4 if seen_before_it_is_followed else 0)
    store.close()
    again = open_store(store.folder)
    assert len(sync(again).new) == (0 if seen_before_it_is_followed else 4)
    assert len(passage_ids(again)) == again.catalog.passage_count() > 4
    again.close()


@pytest.mark.one_folder
def test_the_seed_articles_are_cut_without_their_furniture(shared, tmp_path, encoder):
    store = Store(tmp_path / "data", encoder)
    store.catalog.add_source(Source("seeds", shared / "seeds"))
    assert len(sync(store).new) == 2
    for document in store.catalog.documents():
        source = (shared / "seeds" / document.path).read_text(encoding="utf-8")
        assert document.text == source
        for passage in store.catalog.passages(document):
            assert source[passage.span.start : passage.span.end] == passage.text
            assert not [word for word in ("Share on social media", "2022-09-19", "↺", "16 px") if word in passage.text]
            room = 256 - 2 - LONGEST_TITLE_TOKENS
            assert encoder.count_tokens([passage.text])[0] <= room
    published = {document.publisher: document.published for document in store.catalog.documents()}
    assert published == {"The Caspian Post": None, "News.az": "2022-09-19"}
    (nearest, _), *_ = store.index.vectors.search(encoder.encode_query("How many experts are in the WHO mission?"), 3)
    text = store.catalog.document(nearest.rsplit("-", 1)[0]).text
    assert "9 international experts" in text
    assert passage_ids(store)
    store.close()


def test_the_order_of_files_does_not_depend_on_the_disk(store, folder):
    for name in ("b.txt", "a/z.txt", "a.txt", "c/d/e.txt"):
        write(folder, name, "Words.")
    seen = []
    sync(store, lambda path, *_: seen.append(path))
    assert seen == ["a.txt", "b.txt", "a/z.txt", "c/d/e.txt"]
