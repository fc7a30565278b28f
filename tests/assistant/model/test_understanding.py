"""What a language model makes of a question: it adds searches, and takes nothing away whatever it writes."""

import json
from collections.abc import Iterator

import pytest
from evidence import ask
from fake_provider import FakeProvider

from assistant.answer import Turn
from assistant.model.connection import connect
from assistant.model.understanding import MOST_SEARCHES, QuestionReader, Understanding, extra_searches

EARLIER = Turn("When was the health agreement between Azerbaijan and Latvia signed?")
QUESTION = ask("And has it been approved since?")


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider("rewriting") as provider:
        yield provider


def understood(provider: FakeProvider, model: str = "openai:fake") -> Understanding:
    language_model = connect(model, url=provider.url, key="none", timeout=5)
    return QuestionReader(language_model).understood(QUESTION, [EARLIER], time_budget=language_model.time_budget())


def test_one_request_gives_a_question_that_stands_alone_and_searches_beside_it(provider: FakeProvider) -> None:
    alone = "Has the health agreement between Azerbaijan and Latvia been approved since?"
    said = {"standalone": alone, "searches": ["decree approving the Latvia agreement"], "language": "en"}
    provider.script = "```json\n" + json.dumps(said | {"kind": "status", "parties": ["Latvia"], "period": ""}) + "\n```"
    found = understood(provider)
    assert found == Understanding(alone, ("decree approving the Latvia agreement",), "en", ("Latvia",), "", "status")
    assert extra_searches(found, QUESTION) == (alone, "decree approving the Latvia agreement")
    assert len(provider.requests) == 1
    assert EARLIER.question in str(provider.requests[0]["messages"])


def test_an_invented_question_is_not_taken_and_its_searches_only_add(provider: FakeProvider) -> None:
    provider.script = json.dumps({"standalone": "Did Zebulon Quargle sign it in 1999?", "searches": ["x"] * 9})
    found = understood(provider)
    assert found.standalone == QUESTION.standalone
    assert extra_searches(found, QUESTION) == ("x",)


def test_searches_are_few_short_and_no_links(provider: FakeProvider) -> None:
    searches = ["see https://evil.example", "y" * 500, 7, *(f"search {number}" for number in range(9))]
    provider.script = json.dumps({"standalone": "", "searches": searches})
    assert understood(provider).searches == tuple(f"search {number}" for number in range(MOST_SEARCHES))


def test_what_asks_nothing_is_told_from_a_question(provider: FakeProvider) -> None:
    provider.script = json.dumps({"standalone": "", "searches": [], "kind": "none"})
    assert not understood(provider).is_question
    provider.script = json.dumps({"standalone": "", "searches": [], "kind": "poem"})
    assert understood(provider).is_question


@pytest.mark.parametrize("mode", ["failing", "garbled", "silent", "inventor", "cut off"])
def test_a_model_of_no_use_costs_nothing(mode: str, provider: FakeProvider) -> None:
    provider.mode = mode
    found = understood(provider)
    assert found == Understanding(QUESTION.standalone)
    assert extra_searches(found, QUESTION) == ()
    assert found.is_question
