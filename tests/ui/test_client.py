"""The Python client over a real server: what it returns is typed, and what is refused is raised with its sentence."""

from collections.abc import Iterator

import httpx
import pytest
from fakes import FakeEncoder
from serving import served

from assistant.answer import Outcome
from assistant.assembly import Assistant, open_assistant
from corpus.errors import DataFolderDamaged
from ui.client import Client, Refused, StreamEvent

QUESTION = "What did Iceland and Malta agree on?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("corpus")
    text = "Iceland and Malta signed a health agreement on 3 May 2024. It covers ambulances."
    (folder / "agreement.txt").write_text(text, encoding="utf-8")
    assistant = open_assistant(tmp_path_factory.mktemp("data"), folder=folder, encoder=FakeEncoder())
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[Client]:
    with served(assistant) as url, Client(url) as client:
        yield client


def test_an_answer_and_its_citations_are_typed(client: Client, assistant: Assistant) -> None:
    answer = client.ask(QUESTION)
    assert answer.outcome is Outcome.ANSWERED
    for citation in answer.citations:
        document = assistant.store.document(citation.document.id)
        assert document is not None
        assert document.text[citation.start : citation.end] == citation.quote


def test_a_follow_up_takes_its_history(client: Client) -> None:
    assert "Iceland" in client.ask("when was it signed?", [QUESTION]).standalone_question


def test_a_stream_ends_with_the_answer(client: Client) -> None:
    asked = f"{QUESTION} And when?"  # one that was not answered before
    *before, last = client.stream(asked)
    assert [told.stage for told in before if told.stage] == ["searching", "reading", "checking"]
    assert before[0] == StreamEvent(stage="searching", count=1)
    assert any(told.answer for told in before)
    assert not any(told.is_final for told in before)
    assert last.is_final
    assert last.answer is not None
    assert last.answer.answer == client.ask(asked).answer


def test_a_timeline_is_typed_and_its_period_kept(client: Client) -> None:
    (commitment,) = client.timeline(["Iceland", "Malta"], since=2024).commitments
    assert (commitment.date, commitment.status) == ("2024-05-03", "signed")
    assert client.timeline(["Iceland"], until=2020).commitments == []


def test_documents_are_listed_and_read_in_full(client: Client) -> None:
    (listed,) = client.documents("agreement").documents
    whole = client.document(listed.id)
    assert whole.text.startswith("Iceland and Malta signed")
    assert whole.current
    assert client.documents("nothing of this name").total == 0
    with pytest.raises(Refused, match="no such document") as refused:
        client.document("none")
    assert refused.value.problem.status == 404


def test_health_is_told(client: Client) -> None:
    assert client.live().status == "live"
    assert client.ready().passages == 1


def test_what_is_refused_is_raised_with_its_sentence_and_the_requests_id(client: Client) -> None:
    with pytest.raises(Refused, match="the nearest name is Iceland") as refused:
        client.timeline(["Icelnad"])
    assert refused.value.problem.status == 422
    assert refused.value.request_id
    for ask in (client.ask, lambda question: list(client.stream(question))):
        with pytest.raises(Refused, match=r"body\.question"):
            ask("x" * 2_001)


class Broken:
    """An assistant that fails while it answers."""

    model = None

    def __init__(self, assistant: Assistant) -> None:
        self.store = assistant.store

    def refresh(self) -> None:
        raise DataFolderDamaged("The index cannot be opened; run: assistant reindex")

    def follow(self, *_: object, **_choices: object) -> Iterator[None]:
        raise DataFolderDamaged("The index cannot be opened; run: assistant reindex")


def test_a_failure_in_the_middle_of_a_stream_is_raised_too(assistant: Assistant) -> None:
    with served(Broken(assistant)) as url, Client(url) as client:
        with pytest.raises(Refused, match="run: assistant reindex"):
            list(client.stream(QUESTION))
        with pytest.raises(Refused, match="run: assistant reindex") as refused:
            client.ready()
        assert refused.value.problem.status == 503
        assert client.live().status == "live"


def test_what_stands_between_may_refuse_in_words_of_its_own() -> None:
    def proxy(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer secret"
        return httpx.Response(502, text="<html>Bad Gateway</html>")

    with (
        Client("http://127.0.0.1:1", key="secret", transport=httpx.MockTransport(proxy)) as client,
        pytest.raises(Refused, match="Bad Gateway") as refused,
    ):
        client.ask(QUESTION)
    assert refused.value.problem.status == 502


def test_a_key_is_shown_nowhere() -> None:
    with Client("http://127.0.0.1:1", key="secret") as client:
        assert "secret" not in f"{client!r}{vars(client)}"
