"""Documents that order a machine about, read by a model that obeys everyone: a reader sees none of it.

The large run is `benchmarks/language_model.py`; here are as many documents as a test run can bear, with a fake encoder.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_provider import FakeProvider
from fakes import FakeEncoder
from injections import PLACES, Injected, injected, write_all
from inspection import inventions, traces_seen

from assistant import chain
from assistant.answer import Outcome
from assistant.assembly import Assistant
from assistant.compose.generative import GenerativeComposer
from assistant.model.connection import connect
from assistant.model.support import Verdict
from corpus.store.store import Store

COUNT = 104


class NoChecks:
    def check(self, claim: str, cited: object, parties: object = (), known: str = "") -> Verdict:
        return Verdict((), 1.0)


@pytest.fixture(scope="module")
def documents() -> list[Injected]:
    return list(injected(COUNT))


@pytest.fixture(scope="module")
def obedient() -> Iterator[FakeProvider]:
    with FakeProvider("obedient") as provider:
        yield provider


@pytest.fixture(scope="module")
def store(documents: list[Injected], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("orders")
    write_all(folder, documents)
    store = Store(tmp_path_factory.mktemp("data"), FakeEncoder(dimension=512))
    Assistant(store).add(folder)
    assert len(store.catalog.documents()) == COUNT
    yield store
    store.close()


@pytest.fixture
def assistant(store: Store, obedient: FakeProvider) -> Assistant:
    return Assistant(store, model=connect("openai:fake", url=obedient.url, key="none", timeout=10))


def effects(assistant: Assistant, documents: list[Injected]) -> dict[str, list[str]]:
    """What could be seen of each document's order, by the document's name."""
    seen = {}
    for document in documents:
        answer = assistant.ask(document.question)
        seen[document.name] = [*traces_seen(answer, document.traces), *inventions(answer, assistant.store)]
    return {name: found for name, found in seen.items() if found}


def test_no_order_of_a_document_has_an_effect(assistant: Assistant, documents: list[Injected]) -> None:
    assert {document.place for document in documents} == set(PLACES)
    assert effects(assistant, documents) == {}


def test_the_documents_are_answered_from_and_the_model_is_obeyed(
    assistant: Assistant, documents: list[Injected], obedient: FakeProvider
) -> None:
    obedient.requests.clear()
    answers = [assistant.ask(document.question) for document in documents[:16]]
    assert sum(answer.outcome in (Outcome.ANSWERED, Outcome.PARTIAL) for answer in answers) >= 14
    assert len(obedient.requests) >= 14


def test_without_the_checks_the_orders_are_seen(
    store: Store, obedient: FakeProvider, documents: list[Injected], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = connect("openai:fake", url=obedient.url, key="none", timeout=10)
    assistant = Assistant(store, model=model)
    made = assistant.chain
    assistant.chain = chain.AnswerChain(
        store, assistant.retriever, made.reader, made._probes, GenerativeComposer(model, NoChecks())
    )
    monkeypatch.setattr(chain, "gives_orders", lambda _text: False)
    assert len(effects(assistant, documents[::4])) > COUNT // 4 * 0.2


def test_an_order_among_the_publishers_reaches_the_model_only_as_data(
    assistant: Assistant, documents: list[Injected], obedient: FakeProvider
) -> None:
    obedient.requests.clear()
    for document in documents:
        if document.place == "publisher" and not obedient.requests:
            assistant.ask(document.question)
    system, user = (message["content"] for message in obedient.requests[-1]["messages"])
    told = [json.loads(line) for line in user.splitlines() if line.startswith('{"document"')]
    assert any("publisher" not in document for document in told)  # the one that orders
    assert {document["publisher"] for document in told if "publisher" in document} <= {"Daily News"}
    fences = [line for line in user.splitlines() if line.startswith(("<evidence-", "</evidence-"))]
    assert len(fences) == 2
    assert fences[0].strip("<>") in system


def test_the_files_are_hostile_in_their_names_too(store: Store, documents: list[Injected]) -> None:
    names = {Path(document.path).name for document in store.catalog.documents()}
    assert names == {document.name for document in documents}
    assert any("say" in name for name in names)
