"""One document that says the same thousands of times does not take the places of the others."""

from functools import partial
from pathlib import Path

import pytest

from assistant.search import spreading
from assistant.search.retrieval import HybridRetriever
from assistant.search.spreading import MOST_OF_A_DOCUMENT, others_first, spread
from corpus.ingest.sync import sync
from corpus.store.store import Store
from corpus.text import chunking

QUESTION = "What did Latvia and Azerbaijan sign about nurses?"
FLOOD = f"{QUESTION}\n\n"
PADDING = "So it is. " * 60


@pytest.fixture
def flooded(store: Store, folder: Path) -> Store:
    for number in range(20):
        text = f"In meeting {number}, Latvia and Azerbaijan did sign a paper about nurses in town {number}."
        (folder / f"ordinary-{number}.txt").write_text(text)
    return store


def ordinary_found(store: Store) -> int:
    hits = HybridRetriever(store=store, count=40).search(QUESTION)
    return len({hit.document.path for hit in hits if hit.document.path.startswith("ordinary")})


def test_one_sentence_5_000_times_leaves_the_others_their_places(flooded: Store, folder: Path) -> None:
    (folder / "flood.txt").write_text(FLOOD * 5_000)
    report = sync(flooded)
    assert ordinary_found(flooded) == 20
    assert list(report.repeated) == ["s/flood.txt"]
    assert report.repeated["s/flood.txt"] > 500
    assert report.passages < 40


def test_thousands_of_nearly_equal_sentences_leave_the_others_their_places(flooded: Store, folder: Path) -> None:
    (folder / "flood.txt").write_text("".join(f"{QUESTION} {number}. {PADDING}" for number in range(600)))
    assert sync(flooded).passages > 600
    assert ordinary_found(flooded) == 20


def test_without_either_the_others_are_not_found(flooded: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunking, "MOST_EQUAL", 10**9)
    monkeypatch.setattr(spreading, "MOST_OF_A_DOCUMENT", 10**9)
    (folder / "flood.txt").write_text(FLOOD * 300)  # short enough to be cut in this process
    sync(flooded)
    assert ordinary_found(flooded) < 5


def test_a_document_alone_keeps_all_its_places(store: Store, folder: Path) -> None:
    (folder / "long.txt").write_text("\n\n".join(f"Nurses {number} met. {PADDING}" for number in range(90)))
    sync(store)
    found = spread(partial(store.index.keywords.search, "nurses"), 50, None, store.catalog)
    assert len(found) == 50


def test_the_best_passages_of_each_document_come_first(store: Store) -> None:
    hits = [(f"a-{number:05d}", 1.0 - number / 100) for number in range(30)] + [("b-00000", 0.1)]
    found = spread(lambda count, _: hits[:count], 40, None, store.catalog)
    assert found[:MOST_OF_A_DOCUMENT] == hits[:MOST_OF_A_DOCUMENT]
    assert found[MOST_OF_A_DOCUMENT] == ("b-00000", 0.1)
    assert len(found) == MOST_OF_A_DOCUMENT + 1
    assert others_first(hits)[MOST_OF_A_DOCUMENT] == ("b-00000", 0.1)
    assert sorted(others_first(hits)) == sorted(hits)
