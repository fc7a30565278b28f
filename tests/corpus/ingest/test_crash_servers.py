"""A sync killed at its writes to servers is completed by the next, of whichever machine; nothing half is visible."""

import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fakes import SERVERS_OF, catalog_passage_ids, open_store, passage_ids
from servers import KINDS, with_schema, without_schema

from corpus.index.servers import Servers
from corpus.ingest.sync import sync
from corpus.store.store import Store

pytestmark = [pytest.mark.servers, pytest.mark.processes]

Killer = Callable[..., dict[str, Any]]
# Each kill needs a catalog of its own, which cannot be copied as a folder can; every sixth write, of another first.
_APART = 6


@contextmanager
def changed(folder: Path, postgres: str, vectors: str | None) -> Iterator[Path]:
    """A data folder in step with its source, whose files have since been edited, deleted and added to."""
    name, documents = f"crash_{secrets.token_hex(6)}", folder / "documents"
    documents.mkdir(parents=True)
    data = folder / "data"
    SERVERS_OF[str(data)] = Servers(with_schema(postgres, name), vectors)
    for word in ("same", "edited", "deleted"):
        (documents / f"{word}.txt").write_text(text(word))
    store = open_store(data, s=documents)
    sync(store)
    store.close()
    (documents / "edited.txt").write_text(text("correction"))
    (documents / "deleted.txt").unlink()
    (documents / "added.txt").write_text(text("addition"))
    yield data
    without_schema(postgres, name)


def text(word: str) -> str:
    return "\n\n".join(f"The {word} programme number {n} helps doctors in both countries." for n in range(4))


def shown(store: Store) -> set[tuple[str, str]]:
    return {(document.path, document.text) for document in store.catalog.documents()}


@pytest.mark.parametrize("kind", KINDS[1:])
@pytest.mark.parametrize("work", ["sync", "reindex"])
def test_a_killed_writer_is_completed_by_the_next(
    killer: Killer, postgres: str, request: pytest.FixtureRequest, tmp_path: Path, kind: str, work: str
) -> None:
    vectors = request.getfixturevalue("chroma_server") if kind == KINDS[2] else None

    def kill(place: Path, data: Path, number: int | None = None) -> dict[str, Any]:
        servers = SERVERS_OF[str(data)]
        job = {} if number is None else {"write": number}
        return killer(data, work, servers=(servers.catalog, servers.vectors), **job)

    with changed(tmp_path / "counted", postgres, vectors) as data:
        writes = kill(tmp_path, data)["writes"]
    assert {"Catalog.apply" if work == "sync" else "Catalog.replace_passages", "KeywordIndex.commit"} <= set(writes)
    for number in range(KINDS.index(kind), len(writes), _APART):
        with changed(tmp_path / str(number), postgres, vectors) as data:
            killed = kill(tmp_path, data, number)
            assert killed == {"signal": signal.SIGKILL, "writes": writes[:number]}
            assert_recovers(data, tmp_path / f"{number}-elsewhere")


def assert_recovers(data: Path, elsewhere: Path) -> None:
    """Another machine sees whole documents and completes the sync; the first then follows it."""
    SERVERS_OF[str(elsewhere)] = SERVERS_OF[str(data)]
    other, store = open_store(elsewhere), open_store(data)
    for seen in (other, store):
        visible = catalog_passage_ids(seen)
        assert visible <= seen.index.vectors.ids()
        assert all(seen.catalog.passages(document) for document in seen.catalog.documents())
    sync(other)
    assert other.catalog.unsettled() == []
    assert {path for path, _ in shown(other)} == {"same.txt", "edited.txt", "added.txt"}
    store.refresh()
    assert passage_ids(other) == passage_ids(store)
    assert not sync(store).changes
    for opened in (other, store):
        opened.close()
