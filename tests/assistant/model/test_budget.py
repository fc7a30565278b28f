"""So many requests to a language model a day, for one person and for all; over that, the extractive answer says so."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from doors import PROXY, QUESTION, TEXT, Doors, bearer
from fake_provider import FakeProvider
from fakes import FakeEncoder

from assistant.assembly import Assistant
from assistant.chain import AnswerChain
from assistant.model.budget import Budget
from assistant.model.connection import connect
from assistant.scope.scope import Scope, scope_for
from corpus.store.store import Store

EACH = "The language model has been asked for you as often as one person may ask in a day"
ALL = "The language model has been asked as often as it may be in a day"
DAY = 86_400.0


class Clock:
    def __init__(self) -> None:
        self.now = 20_000 * DAY + 1

    def __call__(self) -> float:
        return self.now


def test_each_person_has_so_many_and_all_together_so_many() -> None:
    budget = Budget(5, 2, clock=Clock())
    assert [budget.take("anna") for _ in range(4)] == ["", "", EACH, EACH]
    assert [budget.take("bela") for _ in range(3)] == ["", "", EACH]
    assert budget.take("cyril") == "", "what was refused has cost nothing"
    assert [budget.take(person) for person in ("cyril", "dora", "")] == [ALL] * 3


def test_nobody_in_particular_has_no_budget_but_that_of_all() -> None:
    budget = Budget(3, 1, clock=Clock())
    assert [budget.take("") for _ in range(4)] == ["", "", "", ALL]


def test_without_limits_and_with_none_at_all() -> None:
    assert {Budget().take("anna") for _ in range(1_000)} == {""}
    assert Budget(0).take("anna") == ALL
    assert Budget(None, 0).take("anna") == EACH


def test_a_day_ends_the_count_and_a_clock_set_back_does_not() -> None:
    clock = Clock()
    budget = Budget(2, 1, clock=clock)
    assert [budget.take("anna"), budget.take("anna")] == ["", EACH]
    clock.now -= 3 * DAY
    assert budget.take("anna") == EACH
    clock.now += 3 * DAY + DAY
    assert budget.take("anna") == ""


def test_a_scope_is_the_same_whoever_is_charged() -> None:
    assert scope_for(("staff",)) == replace(scope_for(("staff",)), asker="anna")
    assert hash(Scope()) == hash(Scope(asker="anna"))
    assert not Scope(asker="anna").is_filtered
    assert Scope(asker="anna").visible_to(("staff",)).asker == "anna"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        provider.mode = "inventor"
        yield provider


@pytest.fixture
def doors(tmp_path: Path, provider: FakeProvider) -> Iterator[Doors]:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "riga.txt").write_text(TEXT, encoding="utf-8")
    model = connect("openai:fake", url=provider.url, timeout=20, budget=Budget(3, 1, clock=Clock()))
    assistant = Assistant(Store(tmp_path / "data", FakeEncoder()), model=model)
    assistant.add(tmp_path / "documents")
    yield Doors(assistant, proxy_user_header="X-User", proxy_peers=PROXY)
    assistant.close()


def test_over_budget_the_answer_is_word_for_word_and_says_so_by_every_way(doors: Doors, provider: FakeProvider) -> None:
    def asked(person: str) -> dict[str, Any]:
        response = doors.client(PROXY, x_user=person).post("/api/v1/ask", json=QUESTION)
        assert response.json()["outcome"] == "answered"
        return dict(response.json())

    def warned(answer: dict[str, Any], reason: str) -> bool:
        return f"{reason}; this answer is quoted word for word instead." in answer["warnings"]

    first = asked("anna")
    assert len(provider.requests) == 1
    assert not warned(first, EACH)
    second = asked("anna")
    assert warned(second, EACH)
    assert second["composer"] == "extractive"
    assert len(provider.requests) == 1, "nobody was asked"
    body = {"model": "health-cooperation-assistant", "messages": [{"role": "user", "content": QUESTION["question"]}]}
    told = doors.client(PROXY, x_user="anna").post("/v1/chat/completions", json=body).json()
    assert warned(told["answer"], EACH)
    with doors.client(PROXY, x_user="anna") as client:
        call = {"name": "ask", "arguments": QUESTION}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        headers = {"Accept": "application/json, text/event-stream"}
        tool = client.post("/mcp", json=message, headers=headers).json()
    assert warned(tool["result"]["structuredContent"], EACH)
    assert len(provider.requests) == 1
    assert not warned(asked("bela"), EACH), "another person has a budget of their own"
    key = doors.ring.create("portal", "ask")
    client = doors.client(**bearer(key))
    assert not warned(client.post("/api/v1/ask", json=QUESTION).json(), EACH), "so has a key"
    assert warned(asked("cyril"), ALL)
    assert len(provider.requests) == 3


def test_over_budget_the_model_is_neither_rested_nor_counted_as_failing(doors: Doors) -> None:
    model = doors.assistant.model
    assert model is not None
    chain: AnswerChain = doors.assistant.chain
    for _ in range(5):
        chain.invoke({**QUESTION, "scope": Scope(asker="anna")})
    assert model.breaker.allows()
    assert sum(total.failures for total in model.usage_totals.totals().values()) == 0
    assert sum(total.requests for total in model.usage_totals.totals().values()) == 1
