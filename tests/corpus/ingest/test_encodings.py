"""Nothing is encoded twice: vectors are kept by what was encoded, through changes, kills and rebuilds."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder, document
from servers import ON_ALL

from corpus.catalog.catalog import Catalog
from corpus.catalog.encodings import Cut
from corpus.catalog.entries import Source
from corpus.document import Passage, Span
from corpus.encoder.protocol import Vectors
from corpus.index.servers import Servers
from corpus.ingest.rebuild import reindex
from corpus.ingest.sync import sync
from corpus.store.store import Store

PARAGRAPHS = [f"Paragraph {number} tells of health cooperation. " * 12 for number in range(6)]


ON_SERVERS = ON_ALL


class Counting(FakeEncoder):
    """Counts the passages it was asked to encode."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[str] = []

    def encode_passages(self, titles: Sequence[str], texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return super().encode_passages(titles, texts)


class Other(Counting):
    """Another model."""

    @property
    def fingerprint(self) -> str:
        return "another:0:64"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "note.md").write_text("---\ntitle: A note\n---\n\n" + "\n\n".join(PARAGRAPHS), encoding="utf-8")
    return folder


@pytest.fixture
def store(tmp_path: Path, folder: Path, servers: Servers) -> Iterator[Store]:
    store = Store(tmp_path / "data", Counting(), servers=servers)
    sync(store, register=Source("notes", folder))
    yield store
    store.close()


def encoded(store: Store) -> list[str]:
    """What was encoded since this was last asked."""
    encoder = store.encoder
    assert isinstance(encoder, Counting)
    found, encoder.encoded = encoder.encoded, []
    return found


def stored(store: Store) -> dict[str, Vectors]:
    """What the vector index holds."""
    ids, matrix = store.index.vectors.vectors_of(sorted(store.index.vectors.ids()))
    return dict(zip(ids, matrix, strict=True))


def test_a_changed_paragraph_costs_one_passage_and_not_its_document(store: Store, folder: Path) -> None:
    assert len(encoded(store)) == len(PARAGRAPHS)
    changed = (folder / "note.md").read_text(encoding="utf-8").replace("Paragraph 3 tells", "Paragraph 3 reports")
    (folder / "note.md").write_text(changed, encoding="utf-8")
    assert sync(store).changed == ["notes/note.md"]
    assert [text.partition(" of")[0] for text in encoded(store)] == ["Paragraph 3 reports"]
    assert store.catalog.encodings.count() == len(PARAGRAPHS), "what was replaced is forgotten"


def test_a_rebuild_costs_no_encoding_and_gives_the_same_vectors(store: Store) -> None:
    before = stored(store)
    encoded(store)
    reindex(store)
    assert encoded(store) == []
    after = stored(store)
    assert after.keys() == before.keys()
    assert all(np.allclose(after[key], before[key], atol=1e-6) for key in before)


def test_another_title_or_another_model_is_encoded_anew(store: Store, folder: Path, tmp_path: Path) -> None:
    encoded(store)
    note = (folder / "note.md").read_text(encoding="utf-8")
    (folder / "note.md").write_text(note.replace("title: A note", "title: A report"), encoding="utf-8")
    sync(store)
    assert len(encoded(store)) == len(PARAGRAPHS), "the title is encoded with each passage"
    store.close()
    other = Store(tmp_path / "data", Other(), rebuild=True, servers=store.servers)
    reindex(other)
    assert len(encoded(other)) == len(PARAGRAPHS)
    other.close()


def test_the_same_text_elsewhere_is_not_encoded_again(store: Store, folder: Path) -> None:
    encoded(store)
    (folder / "copy.md").write_bytes((folder / "note.md").read_bytes())
    assert sync(store).new == ["notes/copy.md"]
    assert encoded(store) == []
    (folder / "note.md").unlink()
    sync(store)
    assert store.catalog.encodings.count() == len(PARAGRAPHS)
    assert stored(store).keys() == {
        passage.id for d in store.catalog.documents() for passage in store.catalog.passages(d)
    }


@pytest.mark.servers
def test_who_lost_the_writers_turn_and_goes_on_is_in_nobodys_way(schema: str, tmp_path: Path) -> None:
    """Without waiting for each other, about half of these writes were refused: as duplicates, or as deadlocks."""
    catalogs = [Catalog(tmp_path, server=schema) for _ in range(2)]
    passages = [
        (
            document("One. " * 40, id=f"d{n}"),
            [Passage(f"d{n}-{k}", f"d{n}", k, Span(0, 4), f"One {k}.") for k in range(20)],
        )
        for n in range(6)
    ]
    orders = (passages, passages[::-1])

    def encode(number: int) -> list[Vectors]:
        return [catalogs[number].encodings.encode(FakeEncoder(), orders[number]) for _ in range(12)]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(encode, range(2))
    assert np.array_equal(first[-1], FakeEncoder().encode_passages(["A title"] * 120, texts(passages)))
    assert np.array_equal(second[-1], FakeEncoder().encode_passages(["A title"] * 120, texts(passages[::-1])))
    assert catalogs[0].encodings.count() == 120
    catalogs[1].encodings.forget_superseded()
    assert catalogs[0].encodings.count() == 0, "these documents were never shown"
    assert np.array_equal(catalogs[0].encodings.encode(FakeEncoder(), passages), first[-1])
    for catalog in catalogs:
        catalog.close()


def texts(documents: Cut) -> list[str]:
    return [passage.text for _, found in documents for passage in found]


def test_what_a_stopped_sync_encoded_is_not_encoded_again(tmp_path: Path, folder: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(*_: object) -> None:
        raise Stopped

    store = Store(tmp_path / "stopped", Counting())
    store.index.add = stop  # type: ignore[method-assign]
    with pytest.raises(Stopped):
        sync(store, register=Source("notes", folder))
    assert len(encoded(store)) == len(PARAGRAPHS)
    assert store.catalog.documents() == []
    del store.index.add
    assert sync(store).new == ["notes/note.md"]
    assert encoded(store) == []
    store.close()
