"""What Prometheus is told: counts of what really happened, labels of few values, nothing that anybody asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_provider import FakeProvider
from fakes import FakeEncoder, app_over
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from assistant.answer import Answer
from assistant.assembly import Assistant, open_assistant
from assistant.model.connection import connect
from corpus.errors import DataFolderDamaged
from ui.api.metrics import MeteredAssistant, Metrics

QUESTION = "What did Iceland and Malta agree on?"


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "agreement.txt").write_text(
        "Iceland and Malta signed a health agreement on 3 May 2024.", encoding="utf-8"
    )
    (folder / "empty.txt").write_bytes(b"")
    assistant = open_assistant(tmp_path / "data", folder=folder, encoder=FakeEncoder())
    yield assistant
    assistant.close()


def figures(text: str) -> dict[str, float]:
    """Every sample by its name and labels, as in `name{label=value}`."""
    return {
        sample.name + "".join(f"{{{key}={value}}}" for key, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scraped(client: TestClient) -> dict[str, float]:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    return figures(response.text)


def test_every_way_to_ask_is_counted_by_outcome_and_composer(assistant: Assistant) -> None:
    client = TestClient(app_over(assistant))
    client.post("/api/v1/ask", json={"question": QUESTION})
    client.post("/api/v1/ask", json={"question": QUESTION, "stream": True})
    client.post("/api/v1/ask", json={"question": "What is the capital of Chad?"})
    message = {"role": "user", "content": QUESTION}
    client.post("/v1/chat/completions", json={"model": "health-cooperation-assistant", "messages": [message]})
    told = scraped(client)
    assert told["assistant_questions_total{composer=extractive}{outcome=answered}"] == 3
    assert told["assistant_questions_total{composer=extractive}{outcome=not_found}"] == 1
    assert told["assistant_question_seconds_count"] == 4
    assert told["assistant_question_seconds_bucket{le=60.0}"] == 4
    steps = {"retrieve": 2, "read": 2, "compose": 2, "remember": 2}  # of four questions two were asked before
    assert {name: value for name, value in told.items() if name.startswith("assistant_step_seconds_count")} == {
        f"assistant_step_seconds_count{{step={step}}}": count for step, count in steps.items()
    }


def test_what_is_held_is_read_at_each_look(assistant: Assistant, tmp_path: Path) -> None:
    client = TestClient(app_over(assistant))
    before = scraped(client)
    assert before["assistant_documents"] == 1
    assert before["assistant_passages"] == 1
    assert before["assistant_unreadable_files"] == 1
    (tmp_path / "documents" / "more.txt").write_text("Chad and Peru met on 4 May 2024.", encoding="utf-8")
    assistant.sync()
    after = scraped(client)
    assert after["assistant_documents"] == 2
    assert after["assistant_generation"] > before["assistant_generation"]


def test_nothing_that_was_asked_and_no_document_is_told(assistant: Assistant) -> None:
    client = TestClient(app_over(assistant))
    client.post("/api/v1/ask", json={"question": "Did Zanzibar sign with Malta?"})
    client.get("/documents/secret-id")
    text = client.get("/metrics").text
    assert "Zanzibar" not in text
    assert "Malta" not in text
    assert "secret-id" not in text


def test_a_language_models_tokens_failures_and_cost_are_summed(assistant: Assistant) -> None:
    with FakeProvider() as provider:
        model = connect("openai:fake", url=provider.url, key="none", timeout=5.0, prices=(1_000_000.0, 2_000_000.0))
        client = TestClient(app_over(Assistant(assistant.store, model=model)))
        client.post("/api/v1/ask", json={"question": QUESTION})
        told = scraped(client)
        label = "{model=openai:fake}{purpose=compose}"
        assert told["assistant_questions_total{composer=openai:fake}{outcome=answered}"] == 1
        assert told[f"assistant_model_requests_total{label}"] == 1
        assert told[f"assistant_model_failures_total{label}"] == 0
        tokens = told[f"assistant_model_tokens_in_total{label}"], told[f"assistant_model_tokens_out_total{label}"]
        assert min(tokens) > 0
        assert told[f"assistant_model_cost_total{label}"] == pytest.approx(tokens[0] + 2 * tokens[1])
        provider.mode = "refusing"
        client.post("/api/v1/ask", json={"question": QUESTION})
        told = scraped(client)
        assert told[f"assistant_model_requests_total{label}"] == 2
        assert told[f"assistant_model_failures_total{label}"] == 1
        assert told["assistant_questions_total{composer=extractive}{outcome=answered}"] == 1


def test_without_a_language_model_nothing_is_told_of_one(assistant: Assistant) -> None:
    assert not [name for name in scraped(TestClient(app_over(assistant))) if name.startswith("assistant_model")]


class Failing:
    """An assistant whose index cannot be read."""

    def ask(self, *_: object) -> Answer:
        raise DataFolderDamaged("The index cannot be opened; run: assistant reindex")

    def stream(self, *_: object) -> Iterator[Answer]:
        raise DataFolderDamaged("The index cannot be opened; run: assistant reindex")


def test_questions_that_could_not_be_answered_are_counted_as_failed_and_others_pass_through() -> None:
    metrics = Metrics()
    counted = MeteredAssistant(Failing(), metrics)  # type: ignore[arg-type]
    with pytest.raises(DataFolderDamaged):
        counted.ask(QUESTION)
    with pytest.raises(DataFolderDamaged):
        list(counted.stream(QUESTION))
    assert figures(metrics.text().decode())["assistant_questions_total{composer=none}{outcome=failed}"] == 2


def test_an_answer_that_its_reader_stopped_is_not_counted(assistant: Assistant) -> None:
    metrics = Metrics()
    answers = MeteredAssistant(assistant, metrics).stream(QUESTION)
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert "outcome=" not in metrics.text().decode()


def test_readers_verdicts_are_counted() -> None:
    metrics = Metrics()
    for liked in (True, True, False):
        metrics.judged(liked=liked)
    told = figures(metrics.text().decode())
    assert told["assistant_feedback_total{verdict=good}"] == 2
    assert told["assistant_feedback_total{verdict=bad}"] == 1


def test_two_applications_in_one_process_count_apart(assistant: Assistant) -> None:
    first, second = (TestClient(app_over(assistant)) for _ in range(2))
    first.post("/api/v1/ask", json={"question": QUESTION})
    assert scraped(first)["assistant_question_seconds_count"] == 1
    assert scraped(second)["assistant_question_seconds_count"] == 0
