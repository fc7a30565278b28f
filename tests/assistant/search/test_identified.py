"""Who names a document by its number asks of that one. All documents are invented."""

import pytest
from asking import ask
from each import each
from fakes import open_store

from assistant.search.retrieval import HybridRetriever
from assistant.search.searching import find_passages
from corpus.ingest.sync import sync

DOCUMENTS = {
    "ABC66.12.md": "# ABC66.12 Snake bites\n\nThe assembly asks for more antivenom in district hospitals.",
    "ABC66.24.md": "# ABC66.24 Digital health\n\nRecalling resolution ABC66.12 on bites, the assembly asks for data.",
    "report-a.md": "# Situation report 21\n\nFive new cases were confirmed in the north.",
    "report-b.md": "# Situation report 2\n\nNo case was confirmed; report 21 is to follow.",
    "decree.md": "# Decree No. 1234\n\nThe ministry sets up a register of nurses.",
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> HybridRetriever:
    folder = tmp_path_factory.mktemp("documents")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    store = open_store(tmp_path_factory.mktemp("data"), documents=folder)
    sync(store)
    return HybridRetriever(store=store)


@each(
    ("question", "path"),
    [
        ("What is resolution ABC66.12 about?", "ABC66.12.md"),
        ("what does abc66.24 ask for", "ABC66.24.md"),
        ("О чём резолюция ABC66.12?", "ABC66.12.md"),
        ("How many cases does situation report 21 confirm?", "report-a.md"),
        ("What does Situation Report No. 2 say?", "report-b.md"),
        ("What does decree 1234 set up?", "decree.md"),
        ("What does Decree № 1234 set up?", "decree.md"),
    ],
)
def test_the_document_named_by_its_number_is_the_only_one_read(
    question: str, path: str, retriever: HybridRetriever
) -> None:
    found = find_passages(ask(question), retriever, None)
    assert {hit.document.path for hit in found.hits} == {path}


@each(
    "question",
    ["What does the assembly ask for in 2012?", "Which report speaks of 5 cases?", "What does ABC66.99 say?", "Who?"],
)
def test_a_number_by_which_no_document_goes_leaves_all_of_them_to_be_read(
    question: str, retriever: HybridRetriever
) -> None:
    assert len({hit.document.path for hit in find_passages(ask(question), retriever, None).hits}) > 1
