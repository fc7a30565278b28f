"""What is read for a question: what the whole of it finds, and what names each party and person."""

from dataclasses import replace
from pathlib import Path

import pytest
from evidence import ask

from assistant.search.retrieval import HybridRetriever
from assistant.search.searching import find_passages
from corpus.ingest.sync import sync
from corpus.store.store import Store


@pytest.fixture
def retriever(store: Store, folder: Path) -> HybridRetriever:
    for number in range(60):
        (folder / f"{number:02}.txt").write_text(f"Latvia signed agreement {number} on health with Norway.")
    (folder / "fund.txt").write_text("The United Nations Children's Fund opened a school of nursing.")
    sync(store)
    return HybridRetriever(store=store)


def test_a_party_is_looked_up_by_its_name_alone_too(retriever: HybridRetriever) -> None:
    question = replace(ask("Which agreement on health did Latvia sign?"), organisations=ask("UNICEF").organisations)
    found = find_passages(question, retriever, None)
    assert "fund.txt" not in {hit.document.path for hit in found.by_question}
    assert "fund.txt" in {hit.document.path for hit in found.hits}
    assert found.hits[: len(found.by_question)] == found.by_question
    assert found.absent == ()


def test_a_party_is_absent_where_no_document_names_it(retriever: HybridRetriever) -> None:
    found = find_passages(ask("Which agreement did Latvia sign with South Korea?"), retriever, None)
    assert [party.name for party in found.absent] == ["South Korea"]


def test_a_status_asked_of_one_country_is_looked_for_in_more_passages(retriever: HybridRetriever) -> None:
    one, two = ("With whom did Latvia sign agreements?", "Which agreement did Latvia sign with Norway?")
    assert len(find_passages(ask(one), retriever, None).by_question) == 40
    assert len(find_passages(ask(two), retriever, None).by_question) < 40
