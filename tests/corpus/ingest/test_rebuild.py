"""Indexes are built anew from the catalog alone; until they are whole, the old ones stay in use."""

import shutil

import pytest
from fakes import FakeEncoder, findable, open_store, passage_ids
from servers import ON_ALL

from corpus.errors import DataFolderDamaged, IndexMismatch
from corpus.ingest.rebuild import reindex
from corpus.ingest.sync import sync
from corpus.store.store import Store

ON_SERVERS = ON_ALL


def test_a_rebuild_with_another_encoder_makes_it_the_right_one(filled):
    other = Store(filled.folder, FakeEncoder("other", 32), rebuild=True, servers=filled.servers)
    with pytest.raises(IndexMismatch):
        sync(other)  # vectors of two encoders must never meet in one index
    assert reindex(other) == len(passage_ids(other)) == 3
    other.close()
    with pytest.raises(IndexMismatch):
        open_store(filled.folder)
    with pytest.raises(IndexMismatch):  # a store that was open all the time notices too
        sync(filled)


def test_only_the_build_in_use_is_kept(filled):
    reindex(filled)
    reindex(filled)
    assert [path.name for path in (filled.folder / "indexes").iterdir()] == ["0003"] == [filled.build]


@pytest.mark.one_folder
def test_a_reindex_needs_no_files_and_no_old_index(filled, folder):
    ids = passage_ids(filled)
    filled.close()
    shutil.rmtree(folder)
    shutil.rmtree(filled.folder / "indexes")
    store = open_store(filled.folder)
    with pytest.raises(DataFolderDamaged, match="holds 0 of 3 passages; run: assistant reindex"):
        _ = store.index
    assert reindex(store) == 3
    assert passage_ids(store) == ids
    assert findable(store, "health") == 3
    store.close()


@pytest.mark.one_folder
@pytest.mark.parametrize("damaged", ["chroma/chroma.sqlite3", "keywords/*/meta.json"])
def test_a_damaged_index_is_refused_and_a_reindex_mends_it(filled, damaged):
    ids = passage_ids(filled)
    filled.catalog.note_unsettled(["a document of a killed sync"])
    filled.close()
    (file,) = (filled.folder / "indexes" / "0001").glob(damaged)
    file.write_bytes(b"garbage" * 1000)
    store = open_store(filled.folder)
    for _ in range(2):
        with pytest.raises(DataFolderDamaged, match="run: assistant reindex"):
            _ = store.index
    assert reindex(store) == 3
    assert passage_ids(store) == ids
    store.close()


def test_a_reindex_of_nothing_is_an_empty_index(store):
    assert reindex(store) == 0
    assert passage_ids(store) == set()


class Interrupted(FakeEncoder):
    """Fails at its third call, as an interrupt from the keyboard would."""

    calls = 0

    def count_tokens(self, texts):
        self.calls += 1
        if self.calls == 3:
            raise KeyboardInterrupt
        return super().count_tokens(texts)


def test_an_interrupted_reindex_changes_nothing_and_can_be_tried_again(filled):
    ids, generation = passage_ids(filled), filled.catalog.generation
    filled.encoder = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        reindex(filled)
    assert (passage_ids(filled), filled.catalog.generation) == (ids, generation)
    assert reindex(filled) == 3
    assert passage_ids(filled) == ids


def test_a_rebuilt_index_that_lost_a_passage_is_not_used(filled, monkeypatch):
    build = filled.build
    monkeypatch.setattr("corpus.index.vectors.VectorStore.ids", lambda self: {"something else"})
    with pytest.raises(DataFolderDamaged, match="the old one stays in use"):
        reindex(filled)
    assert filled.build == build
