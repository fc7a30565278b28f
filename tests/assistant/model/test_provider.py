"""The language model as a service: asked over real HTTP, it answers, or it fails on time and says how."""

import json
import logging
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

import pytest
from fake_provider import FakeProvider
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda

from assistant.model.circuit_breaker import CircuitBreaker
from assistant.model.connection import ModelSettingError, connect
from assistant.model.provider import LanguageModel
from assistant.model.provider_failures import ModelUnavailable
from assistant.settings import Settings

KEY = "sk-very-secret-0123456789"
QUESTION = "Who signed in Riga?"
MESSAGES = (("system", "Be brief."), ("human", f"Question: {QUESTION}"))
TIMEOUT = 1.0


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


def model_of(provider: FakeProvider, name: str = "openai:fake", timeout: float = TIMEOUT) -> LanguageModel:
    return connect(name, url=provider.url, key=KEY, timeout=timeout, prices=(1.0, 2.0))


def ask(model: LanguageModel, **options: object) -> str:
    return model.ask(MESSAGES, purpose="test", time_budget=model.time_budget(), **options).text  # type: ignore[arg-type]


def test_a_model_is_asked_in_its_protocol_and_answers(provider: FakeProvider) -> None:
    assert ask(model_of(provider, timeout=20)) == QUESTION
    (request,) = provider.requests
    assert request["model"] == "fake"
    assert request["temperature"] == 0
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert provider.keys == [f"Bearer {KEY}"]


def test_what_is_written_is_shown_as_it_grows(provider: FakeProvider) -> None:
    provider.mode = "inventor"
    shown: list[str] = []
    messages = (("human", '{"number": 1, "text": "Latvia signed."}'),)
    model = model_of(provider, timeout=20)
    reply = model.ask(messages, purpose="test", time_budget=model.time_budget(), show=shown.append)
    assert len(set(shown)) > 3
    assert all(later.startswith(earlier) for earlier, later in pairwise(shown))
    assert reply.text.startswith(shown[-1])


def test_a_provider_that_can_is_asked_for_structured_output(provider: FakeProvider) -> None:
    schema = {"title": "answer", "type": "object", "properties": {"a": {"type": "string"}}}
    ask(model_of(provider, "openai:gpt-4o", timeout=20), schema=schema)
    ask(model_of(provider, "openai:fake", timeout=20), schema=schema)
    structured, plain = provider.requests
    assert structured["response_format"]["json_schema"]["name"] == "answer"
    assert "response_format" not in plain


def test_structured_output_that_comes_as_a_call_of_a_tool_is_read_too() -> None:
    class Calling:
        profile: ClassVar = {"structured_output": True}

        def with_structured_output(self, _schema: object, *, include_raw: bool) -> RunnableLambda:
            call = {"name": "answer", "args": {"a": "yes"}, "id": "1"}
            raw = AIMessage("", tool_calls=[call], response_metadata={"stop_reason": "tool_use"})
            return RunnableLambda(lambda _messages: {"raw": raw, "parsed": call["args"], "include_raw": include_raw})

    model = LanguageModel(Calling(), "fake:calling")  # type: ignore[arg-type]
    assert json.loads(ask(model, schema={"title": "answer"})) == {"a": "yes"}


def test_tokens_seconds_and_cost_are_told_and_logged_without_the_question(
    provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    model = model_of(provider, timeout=20)
    with caplog.at_level(logging.DEBUG, logger="assistant"):
        usage = model.ask(MESSAGES, purpose="test", time_budget=model.time_budget()).usage
    assert usage.tokens_in == 100
    assert usage.tokens_out is not None
    assert usage.cost == pytest.approx((100 * 1.0 + usage.tokens_out * 2.0) / 1e6)
    assert "100 tokens in" in caplog.text
    assert "cost" in caplog.text
    time_budget = model.time_budget()
    for purpose in ("rewrite", "compose"):
        model.ask(MESSAGES, purpose=purpose, time_budget=time_budget.part(0.5))
    assert [usage.purpose for usage in time_budget.taken] == ["rewrite", "compose"]
    assert "Riga" not in caplog.text


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("slow", "did not answer within 1 seconds"),
        ("dripping", "did not answer within 1 seconds"),
        ("rate-limited", "asked too often (HTTP 429)"),
        ("refusing", "refused its key (HTTP 401)"),
        ("failing", "failed (HTTP 500)"),
        ("garbled", "gave no usable answer"),
        ("cut off", "gave no usable answer"),
        ("hanging up", "gave no usable answer"),
        ("ended early", "broke off"),
        ("silent", "answered nothing"),
        ("rambler", "did not come to an end"),
    ],
)
def test_a_failure_is_one_sentence_on_time_without_the_key(
    mode: str, told: str, provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.mode = mode
    model = model_of(provider)
    started = time.monotonic()
    with caplog.at_level(logging.DEBUG), pytest.raises(ModelUnavailable) as failure:
        ask(model)
    assert time.monotonic() - started < TIMEOUT + 1
    assert told in str(failure.value)
    assert KEY not in str(failure.value)
    assert KEY not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("assistant"))
    assert failure.value.__cause__ is None


def test_a_server_that_is_not_there_is_tried_again_and_then_told(provider: FakeProvider) -> None:
    model = model_of(provider)
    provider.__exit__(None, None, None)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        ask(model)
    provider.__enter__()  # for the fixture to leave


@pytest.mark.parametrize(("mode", "requests"), [("failing", 1), ("refusing", 1), ("cut off", 1), ("slow", 1)])
def test_what_may_have_been_worked_on_is_not_asked_again(mode: str, requests: int, provider: FakeProvider) -> None:
    provider.mode = mode
    with pytest.raises(ModelUnavailable):
        ask(model_of(provider))
    assert len(provider.requests) == requests


def test_a_refusal_that_asks_for_more_patience_than_there_is_is_not_asked_again(provider: FakeProvider) -> None:
    provider.mode = "rate-limited"
    with pytest.raises(ModelUnavailable):
        ask(model_of(provider))
    assert len(provider.requests) == 1


def test_an_overloaded_server_is_asked_again(provider: FakeProvider) -> None:
    provider.mode = "overloaded once"
    assert ask(model_of(provider, timeout=5)) == QUESTION
    assert len(provider.requests) == 2


# The circuit breaker


def test_a_failing_provider_is_spared_and_tried_again_later() -> None:
    now = [0.0]
    breaker = CircuitBreaker(failures=2, pause=30, clock=lambda: now[0])
    for _ in range(2):
        assert breaker.allows()
        breaker.note(success=False)
    assert not breaker.allows()
    now[0] = 31
    assert breaker.allows()
    assert not breaker.allows()  # one at a time
    breaker.note(success=True)
    assert breaker.allows()
    assert breaker.allows()


def test_an_open_breaker_asks_nothing(provider: FakeProvider) -> None:
    provider.mode = "failing"
    model = model_of(provider)
    for _ in range(model.breaker.failures + 2):
        with pytest.raises(ModelUnavailable):
            ask(model)
    assert len(provider.requests) == model.breaker.failures


# Setting it up


def test_the_key_stands_in_no_representation(provider: FakeProvider) -> None:
    model = connect("openai:fake", url=provider.url.replace("http://", "http://user:hush@") + "?key=hush", key=KEY)
    settings = Settings(llm_key=KEY)  # type: ignore[arg-type]
    for shown in (repr(model), str(model), model.address, repr(settings), str(settings), repr(model._chat)):
        assert KEY not in shown
    for shown in (repr(model), model.address):
        assert "hush" not in shown


def test_a_key_of_the_environment_is_not_sent_to_another_address(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    ask(connect("openai:fake", url=provider.url))
    assert KEY not in provider.keys[0]


@pytest.mark.parametrize(
    ("name", "url", "told"),
    [
        ("gpt-4o", None, "give it as provider:model"),
        ("openai:", None, "give it as provider:model"),
        ("openai:fake", "not an address", "ASSISTANT_LLM_URL is no address"),
        ("openai:fake", "ftp://host/v1", "ASSISTANT_LLM_URL is no address"),
        ("nobody:model", None, "cannot be set up"),
    ],
)
def test_a_senseless_setting_is_one_sentence(name: str, url: str | None, told: str) -> None:
    with pytest.raises(ModelSettingError, match=told):
        connect(name, url=url, key=KEY)


def test_a_missing_package_is_told_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ModelSettingError, match=r"run: pip install langchain-anthropic$"):
        connect("anthropic:claude")


def test_a_missing_key_is_told_by_the_settings_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelSettingError, match="the provider's key"):
        connect("openai:fake")
