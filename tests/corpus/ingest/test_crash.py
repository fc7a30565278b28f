"""A sync or a reindex killed anywhere is completed by the next sync, and nothing half done is ever visible."""

import random
import shutil
import signal
import time

import pytest
from fakes import (
    catalog_passage_ids,
    keyword_passage_ids,
    open_store,
    passage_ids,
)

from corpus.ingest.sync import sync

pytestmark = pytest.mark.processes

RANDOM_KILLS = 15


def text(word, sentences=5):
    return "\n\n".join(f"The {word} programme number {n} helps doctors in both countries." for n in range(sentences))


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A data folder in step with its source, whose files have since been edited, renamed, deleted and added to."""
    root = tmp_path_factory.mktemp("crash")
    folder, data = root / "documents", root / "data"
    folder.mkdir()
    for name in ("same", "edited", "renamed", "deleted", "breaks"):
        (folder / f"{name}.txt").write_text(text(name))
    store = open_store(data, s=folder)
    sync(store)
    store.close()
    (folder / "edited.txt").write_text(text("correction"))
    (folder / "renamed.txt").rename(folder / "new-name.txt")
    (folder / "deleted.txt").unlink()
    (folder / "breaks.txt").write_bytes(b"\x00\x01")
    (folder / "added.txt").write_text(text("addition"))
    return data


@pytest.fixture(scope="module")
def clean(before, tmp_path_factory):
    """What a sync that nobody kills comes to."""
    data = shutil.copytree(before, tmp_path_factory.mktemp("clean") / "data")
    store = open_store(data)
    report = sync(store)
    assert (len(report.new), len(report.changed), len(report.removed), len(report.failed)) == (2, 1, 2, 1)
    state = final_state(store)
    store.close()
    return state


def final_state(store):
    documents = {(document.path, document.id) for document in store.catalog.documents()}
    return documents, passage_ids(store), [failure.path for failure in store.catalog.failures()]


def assert_recovers(data, clean):
    """Nothing half done is visible; the next sync completes it; the one after has nothing to do."""
    store = open_store(data)
    visible = catalog_passage_ids(store)
    assert visible <= store.index.vectors.ids()
    assert visible <= keyword_passage_ids(store)
    assert {"same.txt"} <= {document.path for document in store.catalog.documents()}
    assert all(store.catalog.passages(document) for document in store.catalog.documents())
    sync(store)
    assert final_state(store) == clean
    assert store.catalog.unsettled() == []
    for passage_id, _ in store.index.vectors.search(store.encoder.encode_query("programme doctors"), 200):
        assert passage_id in clean[1]
    generation = store.catalog.generation
    assert not sync(store).changes
    assert store.catalog.generation == generation
    assert [path.name for path in (data / "indexes").iterdir()] == [store.build]
    store.close()


def kill_at_each_write(killer, before, clean, tmp_path, work):
    """Kill before every single write and after the last; returns the names of the writes."""
    counted = killer(shutil.copytree(before, tmp_path / "counted"), work)
    assert counted["signal"] == 0
    *writes, end = counted["writes"]
    assert end == "end"
    for number in range(len(writes) + 1):
        data = shutil.copytree(before, tmp_path / f"{number}")
        killed = killer(data, work, write=number)
        assert killed == {"signal": signal.SIGKILL, "writes": writes[:number]}
        assert_recovers(data, clean)
        shutil.rmtree(data)
    return writes


def test_a_sync_killed_at_any_write_is_completed_by_the_next(killer, before, clean, tmp_path):
    writes = kill_at_each_write(killer, before, clean, tmp_path, "sync")
    assert set(writes) == {
        *("Catalog.note_unsettled", "Catalog.apply", "Catalog.settle", "Store.sweep"),
        *("VectorStore.add", "VectorStore.remove", "KeywordIndex.add", "KeywordIndex.remove", "KeywordIndex.commit"),
    }
    assert writes.count("Catalog.note_unsettled") > 1, "the sync must have several steps"


def test_a_reindex_killed_at_any_write_is_completed_by_the_next_sync(killer, before, clean, tmp_path):
    writes = kill_at_each_write(killer, before, clean, tmp_path, "reindex")
    assert {"Catalog.replace_passages", "Store.switch_to", "VectorStore.add", "KeywordIndex.commit"} <= set(writes)


def test_a_first_sync_killed_at_any_write_is_completed_by_the_next(killer, before, clean, tmp_path):
    empty = tmp_path / "empty"
    store = open_store(before)
    (source,) = store.catalog.sources()
    store.close()
    open_store(empty, s=source.folder).close()
    writes = len(killer(shutil.copytree(empty, tmp_path / "counted"))["writes"])
    for number in range(0, writes, 4):
        data = shutil.copytree(empty, tmp_path / f"{number}")
        assert killer(data, write=number)["signal"] == signal.SIGKILL
        store = open_store(data)
        assert catalog_passage_ids(store) <= store.index.vectors.ids() & keyword_passage_ids(store)
        sync(store)
        assert final_state(store) == clean
        store.close()
        shutil.rmtree(data)


def test_a_sync_killed_at_any_moment_is_completed_by_the_next(killer, before, clean, tmp_path):
    moments, killed_while_writing = random.Random(20220919), 0
    started = time.monotonic()
    killer(shutil.copytree(before, tmp_path / "counted"))
    longest = time.monotonic() - started
    for number in range(RANDOM_KILLS):
        data = shutil.copytree(before, tmp_path / f"{number}")
        killed = killer(data, seconds=moments.uniform(0, longest))
        assert killed["signal"] in (0, signal.SIGKILL)
        killed_while_writing += bool(killed["signal"] and killed["writes"])
        assert_recovers(data, clean)
        shutil.rmtree(data)
    assert killed_while_writing >= RANDOM_KILLS // 3, "most children ended before they were killed: adjust the moments"


@pytest.mark.parametrize("noted", [True, False])
def test_what_a_killed_sync_left_is_found_only_because_it_was_noted(killer, before, tmp_path, monkeypatch, noted):
    """The control: a sync that forgets what is unsettled leaves stale passages, and the checks here notice."""
    if not noted:
        monkeypatch.setattr("corpus.catalog.catalog.Catalog.unsettled", lambda self: [])
    documents = shutil.copytree(before.parent / "documents", tmp_path / "documents")
    data = shutil.copytree(before, tmp_path / "data")
    open_store(data, s=documents).close()
    writes = killer(shutil.copytree(data, tmp_path / "counted"))["writes"]
    visible = writes.index("Catalog.apply", writes.index("KeywordIndex.commit"))
    assert killer(data, write=visible)["signal"] == signal.SIGKILL
    (documents / "added.txt").unlink()
    store = open_store(data)
    sync(store)
    stale = store.index.vectors.ids() - catalog_passage_ids(store)
    assert bool(stale) == (not noted)
    store.close()
