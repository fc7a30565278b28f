"""What was stored last, and the furthest step of each document. All documents are invented."""

from pathlib import Path

import pytest
from fakes import open_store

from assistant.language.parties import countries
from assistant.record.news import news
from assistant.record.record import Record
from corpus.catalog import tables
from corpus.ingest.sync import sync
from corpus.store.store import Store

OLD = "Latvia and Kenya discussed eye care on 4 May 2019."
NEW = "Norway and Peru met in Lima. Norway and Peru signed a memorandum on eye surgery on 4 May 2020."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "old.md").write_text(OLD, encoding="utf-8")
    store = open_store(tmp_path / "data", documents=folder)
    sync(store)
    with store.catalog._engine.begin() as connection:
        connection.execute(tables.documents.update().values(added="2026-01-01T00:00:00+00:00"))
    (folder / "new.md").write_text(NEW, encoding="utf-8")
    sync(store)
    return store


def test_the_newest_document_comes_first_with_its_furthest_step(store: Store) -> None:
    found = news(store.catalog, Record(store))
    assert [item.document.path for item in found] == ["new.md", "old.md"]
    assert found[0].step is not None
    assert found[0].step.text.startswith("Norway and Peru signed a memorandum")
    assert found[0].added > "2026-01-01"


def test_only_what_was_stored_since_a_day_is_told(store: Store) -> None:
    assert [item.document.path for item in news(store.catalog, Record(store), since="2026-01-02")] == ["new.md"]
    assert news(store.catalog, Record(store), since="2999-01-01") == []


def test_sources_that_are_hidden_are_left_out(store: Store) -> None:
    assert news(store.catalog, Record(store), hidden=frozenset({"documents"})) == []


def test_of_parties_the_documents_that_name_them_all_are_told(store: Store) -> None:
    norway, peru, kenya = countries("Norway, Peru and Kenya")
    assert [item.document.path for item in news(store.catalog, Record(store), parties=(norway, peru))] == ["new.md"]
    assert news(store.catalog, Record(store), parties=(norway, kenya)) == []
