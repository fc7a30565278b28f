"""Nobody but its owner reads anything of a data folder, whoever wrote it and whatever the mask was."""

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeEncoder, open_store

from corpus.catalog.privacy import close_to_others
from corpus.ingest.rebuild import reindex
from corpus.ingest.sync import sync
from corpus.ingest.uploads import add_files
from corpus.operations.backup import back_up, restore


@pytest.fixture(autouse=True)
def _open_mask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    paths = [folder, *folder.rglob("*")]
    return [f"{path}: {stat.S_IMODE(path.stat().st_mode):o}" for path in paths if path.stat().st_mode & 0o077]


def test_nothing_of_a_data_folder_is_open_to_others(tmp_path: Path, folder: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    (folder / "a.txt").write_text("Latvia and Azerbaijan signed a paper about nurses.")
    store = open_store(data, FakeEncoder(), s=folder)
    sync(store)
    add_files(store, [("b.txt", io.BytesIO(b"Latvia and Estonia signed a paper about ambulances."))])
    assert len(list(data.rglob("*"))) > 10
    assert open_to_others(data) == []
    reindex(store)
    assert open_to_others(data) == []
    store.close()
    back_up(data, tmp_path / "backup.tar.gz")
    assert stat.S_IMODE((tmp_path / "backup.tar.gz").stat().st_mode) == 0o600
    restore(tmp_path / "backup.tar.gz", copy)
    assert open_to_others(copy) == []
    assert open_to_others(data) == []


def test_a_folder_left_open_is_closed_at_opening(tmp_path: Path, folder: Path) -> None:
    store = open_store(tmp_path / "data", FakeEncoder(), s=folder)
    sync(store)
    store.close()
    for path in (tmp_path / "data", *(tmp_path / "data").rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    assert open_to_others(tmp_path / "data")
    open_store(tmp_path / "data", FakeEncoder()).close()
    assert open_to_others(tmp_path / "data") == []


def test_a_shared_folder_and_what_links_lead_to_stay_as_they_are(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.touch(0o666)
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / "link").symlink_to(outside)
    close_to_others(shared)
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
    assert stat.S_IMODE(outside.stat().st_mode) == 0o666
