import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakes import FakeEncoder, child_command, child_environment, everything_found, findable, open_store, passage_ids
from servers import ON_ALL

from corpus.catalog.entries import Change
from corpus.errors import DataFolderBusy, DataFolderDamaged, IndexMismatch
from corpus.ingest.rebuild import reindex
from corpus.ingest.sync import sync
from corpus.store.store import Store
from corpus.text.chunking import ChunkingParameters

ON_SERVERS = ON_ALL
# Run in another process: the same store, brought up to date or rebuilt.
ELSEWHERE = """
import sys
from pathlib import Path
from corpus.ingest.rebuild import reindex
from corpus.ingest.sync import sync
from fakes import FakeEncoder, open_store
store = open_store(Path(sys.argv[1]))
{command}(store)
store.close()
"""


def elsewhere(command, data):
    subprocess.run(
        child_command("-c", ELSEWHERE.format(command=command), str(data)), env=child_environment(), check=True
    )


@pytest.mark.processes
def test_a_second_writer_is_refused_at_once_and_told_why(filled, monkeypatch):
    monkeypatch.setattr("corpus.catalog.database._PATIENCE_SECONDS", 0.2)
    holder = subprocess.Popen(
        child_command(
            "-c",
            "import sys; from pathlib import Path; from fakes import open_store\n"
            "store = open_store(Path(sys.argv[1]))\n"
            "with store.writing():\n    print('held', flush=True); sys.stdin.read()",
            str(filled.folder),
        ),
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    for write in (sync, reindex):
        started = time.monotonic()
        with pytest.raises(DataFolderBusy, match="Another process is writing"):
            write(filled)
        assert time.monotonic() - started < 1
    assert passage_ids(filled), "reading goes on"
    holder.communicate()
    assert sync(filled).unchanged
    assert holder.returncode == 0


@pytest.mark.processes
def test_a_killed_writer_leaves_no_lock(filled):
    code = (
        "import os, signal, sys; from pathlib import Path; from fakes import open_store\n"
        "with open_store(Path(sys.argv[1])).writing(): os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run(child_command("-c", code, str(filled.folder)), env=child_environment(), check=False)
    assert killed.returncode == -9
    with filled.writing():
        pass


def test_another_encoder_is_refused_with_the_command_that_helps(filled):
    with pytest.raises(IndexMismatch, match="run: assistant reindex"):
        open_store(filled.folder, FakeEncoder("other"))


def test_other_chunking_is_refused_too(filled):
    with pytest.raises(IndexMismatch):
        Store(filled.folder, FakeEncoder(), chunking=ChunkingParameters(longest=30), servers=filled.servers)


def test_documents_are_opened_together_as_one_by_one_also_those_withdrawn(filled):
    ids = [document.id for document in filled.catalog.documents()]
    filled.catalog.apply(Change(withdrawn=ids[:1]))
    assert filled.documents([*ids, "none"]) == {identity: filled.document(identity) for identity in ids}
    assert filled.documents([]) == {}


@pytest.mark.one_folder
def test_opening_a_store_to_read_writes_nothing(filled):
    filled.close()
    before = {path: path.read_bytes() for path in sorted(filled.folder.rglob("*.sqlite3"))}
    store = open_store(filled.folder)
    assert store.document("none") is None
    store.close()
    assert before == {path: path.read_bytes() for path in sorted(filled.folder.rglob("*.sqlite3"))}
    assert not store.refresh()


def test_a_reader_sees_what_another_process_added_after_a_refresh(filled, folder):
    assert findable(filled, "health") == 3
    (folder / "four.txt").write_text("Document four speaks of telemedicine.")
    elsewhere("sync", filled.folder)
    assert filled.refresh()
    assert not filled.refresh()
    assert "telemedicine" in everything_found(filled)
    assert findable(filled, "telemedicine") == 4
    assert filled.index.keywords.search("telemedicine", 5)


def test_how_wide_vectors_are_searched_follows_what_another_process_added(filled, folder):
    keywords, vectors, (key,) = filled.index.keywords, filled.index.vectors, filled.index.vectors._sources
    assert keywords.size_of(key) == vectors.count() == len(passage_ids(filled))
    (folder / "d.txt").write_text("A fourth document about polio.")
    elsewhere("sync", filled.folder)
    filled.refresh()
    assert keywords.size_of(key) == vectors.count() == len(passage_ids(filled))


def test_a_reader_follows_a_rebuild_in_another_process(filled):
    build = filled.index.build
    elsewhere("reindex", filled.folder)
    assert filled.refresh()
    assert filled.index.build != build
    assert findable(filled, "health") == len(passage_ids(filled)) == 3


@pytest.mark.parametrize("command", ["sync", "reindex"])
def test_a_writer_first_sees_what_another_process_wrote(filled, folder, command):
    assert findable(filled, "health") == 3  # the index is open before the other process writes
    (folder / "four.txt").write_text("Document four speaks of telemedicine.")
    elsewhere(command, filled.folder)
    (folder / "five.txt").write_text("Document five speaks of vaccines.")
    sync(filled)
    assert findable(filled, "vaccines") == len(passage_ids(filled)) == 5
    filled.close()
    again = open_store(filled.folder)
    assert findable(again, "vaccines") == len(passage_ids(again)) == 5
    again.close()


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataFolderDamaged, match="cannot be made"):
        Store(tmp_path / "file" / "data", FakeEncoder())


def test_many_threads_may_be_the_first_to_ask(filled):
    for _ in range(3):
        filled.close()
        store = open_store(filled.folder)
        with ThreadPoolExecutor(8) as pool:
            indexes = set(pool.map(lambda _, store=store: store.index, range(8)))
        assert len(indexes) == 1
        assert findable(store, "health") == 3
        store.close()


def test_closing_lets_go_of_every_file(filled):
    filled.close()
    until = time.monotonic() + 5  # Chroma lets go of its database in a thread of its own, some milliseconds later
    while held := [path for path in _open_files() if str(filled.folder) in path]:
        assert time.monotonic() < until, held
        time.sleep(0.01)


def _open_files():
    found = [os.path.realpath(descriptor) for descriptor in Path("/proc/self/fd").iterdir()]
    assert found
    return found
