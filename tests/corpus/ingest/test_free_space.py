"""A full disk is noticed before anything is written."""

import shutil
from collections import namedtuple

import pytest
from servers import ON_ALL

from corpus.errors import DataFolderDamaged
from corpus.ingest.rebuild import reindex
from corpus.ingest.sync import sync

ON_SERVERS = ON_ALL
Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize("write", [sync, reindex])
def test_a_full_disk_is_said_in_words_before_anything_is_written(filled, folder, monkeypatch, write):
    (folder / "four.txt").write_text("Document four speaks of telemedicine.")
    generation = filled.catalog.generation
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100, 90, 5 * 2**20))
    with pytest.raises(DataFolderDamaged, match=r"is full \(5 MB left\); free some space"):
        write(filled)
    assert filled.catalog.generation == generation
    monkeypatch.undo()
    assert sync(filled).new == ["s/four.txt"]
