"""Which passages are read, and which parties and years are told to be missing."""

from pathlib import Path

import pytest
from asking import ask
from fakes import open_store

from assistant.search.retrieval import HybridRetriever
from assistant.search.searching import find_passages, searched_words
from corpus.ingest.sync import sync


@pytest.fixture
def retriever(tmp_path: Path) -> HybridRetriever:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.md").write_text("---\npublished: 2025-12-04\n---\nLatvia and Azerbaijan signed an agreement in Riga.")
    (folder / "b.md").write_text("---\npublished: 2024-05-02\n---\nEstonia trained nurses for its hospitals.")
    store = open_store(tmp_path / "data", documents=folder)
    sync(store)
    return HybridRetriever(store=store)


def test_a_party_that_no_document_names_is_absent_and_one_that_another_names_is_not(retriever: HybridRetriever) -> None:
    found = find_passages(ask("What did Latvia and Japan sign?"), retriever, None)
    assert [party.name for party in found.absent] == ["Japan"]
    assert not find_passages(ask("What did Latvia and Estonia sign?"), retriever, None, count=1).absent


def test_what_names_a_party_is_read_although_the_question_found_something_else(retriever: HybridRetriever) -> None:
    found = find_passages(ask("Estonia: agreement signed in Riga?"), retriever, None, count=1)
    assert any("Estonia" in hit.passage.text for hit in found.hits)


def test_a_year_is_absent_where_no_document_names_it_or_is_of_it(retriever: HybridRetriever) -> None:
    assert find_passages(ask("What did Latvia sign in 1999?"), retriever, None).absent_year == "1999"
    assert find_passages(ask("What did Latvia sign in 2025?"), retriever, None).absent_year is None
    assert find_passages(ask("What did Latvia sign between 1998 and 1999?"), retriever, None).absent_year is None


def test_keywords_are_asked_for_the_parties_names_in_english_too() -> None:
    asked = ask("Ko parakstīja Latvija un Azerbaidžāna?", language="lv")
    assert {"Latvia", "Azerbaijan"} <= set(searched_words(asked).split())
    assert searched_words(ask("What did Latvia sign?")) == "What did Latvia sign?"
