"""Indexes of several data folders follow one catalog: what one adds, changes or removes, the others find or lose."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from fakes import SERVERS_OF, FakeEncoder, child_environment, everything_found, open_store, passage_ids
from servers import KINDS

from assistant.search.retrieval import HybridRetriever
from corpus.errors import DataFolderBusy, IndexMismatch, NotFollowing
from corpus.index.servers import Servers
from corpus.ingest.rebuild import reindex
from corpus.ingest.sync import sync
from corpus.store.following import NOTE, Follower
from corpus.store.store import Store
from ui.api.health import readiness

pytestmark = [pytest.mark.servers, pytest.mark.processes]

if TYPE_CHECKING:
    from assistant.assembly import Assistant

ON_SERVERS = KINDS[1:]


@pytest.fixture
def other(store: Store, tmp_path: Path, servers: Servers) -> Iterator[Store]:
    """Another machine's store over the same servers: a data folder of its own."""
    SERVERS_OF[str(tmp_path / "other")] = servers
    other = open_store(tmp_path / "other")
    yield other
    other.close()


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def noted(store: Store) -> int:
    return int(json.loads((store.folder / "indexes" / store.build / NOTE).read_text())["generation"])


def test_what_one_adds_changes_and_removes_the_other_follows(store: Store, other: Store, folder: Path) -> None:
    write(folder, "kept.txt", "Latvia spoke of telemedicine.")
    write(folder, "edited.txt", "Latvia spoke of vaccines.")
    write(folder, "gone.txt", "Latvia spoke of ambulances.")
    sync(store)
    assert other.refresh()
    assert {word: bool(other.index.keywords.search(word, 5)) for word in ("telemedicine", "ambulances")} == {
        "telemedicine": True,
        "ambulances": True,
    }
    write(folder, "edited.txt", "Latvia spoke of hospitals.")
    (folder / "gone.txt").unlink()
    sync(store)
    assert other.refresh()
    assert not other.refresh()
    assert everything_found(other) == everything_found(store)
    assert not other.index.keywords.search("ambulances vaccines", 5)
    assert other.index.keywords.search("hospitals", 5)
    assert noted(other) == other.generation == store.generation


def test_a_store_that_was_closed_meanwhile_follows_from_where_it_was(
    store: Store, other: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "one.txt", "Latvia spoke of telemedicine.")
    sync(store)
    assert len(passage_ids(other)) == 1
    other.close()
    write(folder, "two.txt", "Latvia spoke of vaccines.")
    sync(store)
    again = open_store(other.folder)
    asked: list[int] = []
    since = again.catalog.changes.since
    monkeypatch.setattr(again.catalog.changes, "since", lambda begun: asked.append(begun) or since(begun))
    assert len(passage_ids(again)) == 2
    assert asked == [1], "only what changed after the first generation is read"
    again.close()


@pytest.mark.parametrize("note", [None, "{", '{"catalog": "another", "generation": 1}', "ahead"])
def test_an_index_that_is_not_known_to_follow_this_catalog_is_begun_anew(
    store: Store, other: Store, folder: Path, note: str | None
) -> None:
    write(folder, "one.txt", "Latvia spoke of telemedicine.")
    sync(store)
    place = other.index.folder / NOTE
    ids = passage_ids(other)
    other.close()
    if note == "ahead":  # as after the database was restored from an older backup
        note = json.dumps({"catalog": other.catalog.identity, "generation": 1_000})
        other.catalog.close()
    place.unlink() if note is None else place.write_text(note)
    (place.parent / "stale").write_text("of what was there before")
    again = open_store(other.folder)
    assert passage_ids(again) == ids
    assert not (place.parent / "stale").exists()
    again.close()


@pytest.mark.parametrize("damaged", ["keywords/*/meta.json", "keywords/*"])
def test_a_damaged_index_is_begun_anew_by_itself(store: Store, other: Store, folder: Path, damaged: str) -> None:
    write(folder, "one.txt", "Latvia spoke of telemedicine.")
    sync(store)
    ids, (path,) = passage_ids(other), other.index.folder.glob(damaged)
    other.close()
    if path.is_dir():
        for file in path.iterdir():
            file.unlink()
    else:
        path.write_bytes(b"garbage" * 100)
    again = open_store(other.folder)
    assert passage_ids(again) == ids
    again.close()


KILLED = """
import os, sys
from pathlib import Path
from fakes import open_store
from corpus.index.keywords import KeywordIndex
from corpus.store.following import Follower
owner, name = {"commit": (KeywordIndex, "commit"), "note": (Follower, "note")}[sys.argv[2]]
store = open_store(Path(sys.argv[1]))
store.index
setattr(owner, name, lambda *_: os.kill(os.getpid(), 9))
print("ready", flush=True)
sys.stdin.readline()
store.refresh()
"""


@pytest.mark.parametrize("moment", ["commit", "note"])
def test_who_is_killed_as_it_follows_repeats_it(store: Store, other: Store, folder: Path, moment: str) -> None:
    write(folder, "one.txt", "Latvia spoke of telemedicine.")
    sync(store)
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(other.folder), moment],
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    write(folder, "two.txt", "Latvia spoke of vaccines.")
    (folder / "one.txt").unlink()
    sync(store)
    child.communicate("go\n")
    assert child.returncode == -9
    assert noted(other) < store.generation
    other.refresh()
    assert passage_ids(other) == passage_ids(store)
    assert noted(other) == store.generation


def test_two_processes_of_one_data_folder_follow_in_turn_and_see_each_other(
    store: Store, other: Store, folder: Path
) -> None:
    twin = open_store(other.folder)
    for number in range(4):
        write(folder, f"{number}.txt", f"Latvia spoke of subject{number}.")
        sync(store)
        for follower in (other, twin)[:: 1 if number % 2 else -1]:
            follower.refresh()
            assert len(passage_ids(follower)) == number + 1
            assert follower.index.keywords.search(f"subject{number}", 5)
    twin.close()


def test_while_one_process_follows_another_of_the_data_folder_waits_and_then_says_why(
    store: Store, other: Store, folder: Path
) -> None:
    write(folder, "one.txt", "Latvia spoke of telemedicine.")
    sync(store)
    assert other._follower is not None
    twin = open_store(other.folder)
    assert twin._follower is not None
    with (
        other._follower.alone(),
        pytest.raises(DataFolderBusy, match=r"bringing the indexes .* up to date; try again"),
        twin._follower.alone(patience=0.1),
    ):
        pass
    twin.close()


def test_a_rebuild_is_followed_and_the_old_build_goes(store: Store, other: Store, folder: Path) -> None:
    write(folder, "one.txt", "Latvia spoke of telemedicine.")
    sync(store)
    assert passage_ids(other)
    reindex(store)
    assert other.refresh()
    assert passage_ids(other) == passage_ids(store)
    assert [path.name for path in (other.folder / "indexes").iterdir()] == ["0002"] == [other.index.build]
    sync(store)
    assert passage_ids(other) == passage_ids(store), "the next writer deletes what is not in use, and only that"


def test_a_question_under_way_while_another_rebuilds_is_answered(store: Store, other: Store, folder: Path) -> None:
    write(folder, "one.txt", "Latvia spoke of telemedicine.")
    sync(store)
    retriever = HybridRetriever(store=other)
    assert [hit.document.path for hit in retriever.search("telemedicine")] == ["one.txt"]
    reindex(store)
    sync(store)  # the next writer deletes what was replaced
    assert [hit.document.path for hit in retriever.search("telemedicine")] == ["one.txt"]


def test_a_rebuild_by_another_encoder_is_refused_by_who_has_the_old_one(
    store: Store, other: Store, folder: Path
) -> None:
    write(folder, "one.txt", "Latvia spoke of telemedicine.")
    sync(store)
    assert passage_ids(other)
    changed = open_store(store.folder, FakeEncoder("other", 32), rebuild=True)
    reindex(changed)
    with pytest.raises(IndexMismatch, match="run: assistant reindex"):
        other.refresh()
    with pytest.raises(IndexMismatch):
        _ = other.index
    changed.close()


def test_in_a_server_a_thread_follows_and_no_question_does(store: Store, other: Store, folder: Path) -> None:
    write(folder, "one.txt", "Latvia spoke of telemedicine.")
    sync(store)
    assert other.index.keywords.search("telemedicine", 5)
    with other.following():
        write(folder, "two.txt", "Latvia spoke of vaccines.")
        sync(store)
        started = time.monotonic()
        assert not other.refresh()
        assert time.monotonic() - started < 0.05
        until(lambda: other.generation == store.generation)
        assert other.index.keywords.search("vaccines", 5)
        assert time.monotonic() - started < 5
    assert "following" not in {thread.name for thread in threading.enumerate()}


def test_a_thread_that_failed_as_nobody_expected_goes_on_and_meanwhile_the_server_is_not_ready(
    store: Store, other: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "one.txt", "Latvia spoke of telemedicine.")
    sync(store)
    assert other.index.keywords.search("telemedicine", 5)
    is_ill, follow = threading.Event(), Follower.follow

    def followed(self: Follower, *arguments: Any) -> None:
        if is_ill.is_set() and self is other._follower:
            raise OSError("no such device")
        follow(self, *arguments)

    monkeypatch.setattr(Follower, "follow", followed)
    replica = cast("Assistant", Replica(other))
    with other.following():
        assert readiness(replica).indexed == 1
        is_ill.set()
        write(folder, "two.txt", "Latvia spoke of vaccines.")
        sync(store)
        until(lambda: other._beside is not None and other._beside.failure is not None)
        with pytest.raises(NotFollowing, match="behind the shared catalog and do not follow it: its log says why"):
            readiness(replica)
        assert other.index.keywords.search("telemedicine", 5), "questions are answered from what there is"
        is_ill.clear()
        until(lambda: other.generation == store.generation)
        assert other.index.keywords.search("vaccines", 5)
        assert readiness(replica).indexed == 2


class Replica:
    """What readiness looks at of an assistant."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.refresh = store.refresh


def until(true: Callable[[], bool]) -> None:
    patience = time.monotonic() + 10
    while not true():
        assert time.monotonic() < patience
        time.sleep(0.02)
