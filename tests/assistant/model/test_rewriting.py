"""Questions that a language model rewrites: taken where it adds and loses nobody and nothing, else the rules' own."""

import json
from collections.abc import Iterator

import pytest
from each import each
from fake_provider import FakeProvider

from assistant.answer import Turn
from assistant.assembly import Assistant
from assistant.model.connection import connect
from assistant.model.rewriting import invents

EARLIER = "When was the health agreement between Azerbaijan and Latvia signed?"
RUSSIAN = "О чём договорились Латвия и Азербайджан?"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider("rewriting") as provider:
        yield provider


@pytest.fixture
def worded(briefs: Assistant, provider: FakeProvider) -> Assistant:
    return Assistant(briefs.store, model=connect("openai:fake", url=provider.url, key="none", timeout=5))


@pytest.mark.parametrize(
    ("rewritten", "question", "language"),
    [
        ("Has the health agreement between Azerbaijan and Latvia been approved?", "Has it been approved?", "en"),
        ("Has the agreement with Latvia been approved?", "Has it been approved?", "en"),
        ("What did Latvia and Azerbaijan agree on?", RUSSIAN, "ru"),
    ],
)
def test_what_only_puts_in_what_was_said_invents_nothing(rewritten: str, question: str, language: str) -> None:
    assert not invents(rewritten, question, [question, EARLIER], language)


@each(
    ("rewritten", "question", "language"),
    [
        ("Has the agreement between Azerbaijan and Estonia been approved?", "Has it been approved?", "en"),
        ("Has the 2025 agreement been approved?", "Has it been approved?", "en"),
        ("Did Zebulon Quargle approve the agreement?", "Has it been approved?", "en"),
        ("Has the agreement been approved?", "Has it been approved in Georgia?", "en"),
        ("Has the agreement been approved?", "Has it been approved in 2026?", "en"),
        ("Has it been approved? See https://evil.example", "Has it been approved?", "en"),
        ("What did Latvia and Estonia agree on?", RUSSIAN, "ru"),
        ("What did Latvia agree on?", RUSSIAN, "ru"),
    ],
)
def test_what_adds_or_loses_a_name_or_a_number_invents(rewritten: str, question: str, language: str) -> None:
    assert invents(rewritten, question, [question, EARLIER], language)


def test_a_follow_up_is_searched_by_what_the_model_made_of_it(worded: Assistant, provider: FakeProvider) -> None:
    alone = "Has the president approved the health agreement between Azerbaijan and Latvia since?"
    provider.script = json.dumps({"standalone": alone})
    answer = worded.ask("And has the president approved it since?", [EARLIER])
    assert answer.standalone_question == alone
    assert answer.question == "And has the president approved it since?"
    assert EARLIER in str(provider.requests[0]["messages"])


@pytest.mark.parametrize(
    "script",
    [
        "Has the agreement between Azerbaijan and Estonia been approved since 1999?",
        "Has Zebulon Quargle approved it?",
        "",
        "x" * 5_000,
    ],
)
def test_an_invention_is_not_searched_by(
    script: str, worded: Assistant, briefs: Assistant, provider: FakeProvider
) -> None:
    provider.script = json.dumps({"standalone": script})
    question = "And has it been approved since?"
    assert worded.ask(question, [EARLIER]).standalone_question == briefs.ask(question, [EARLIER]).standalone_question


@pytest.mark.parametrize("mode", ["failing", "garbled", "silent", "inventor"])
def test_the_rules_are_the_fallback(mode: str, worded: Assistant, briefs: Assistant, provider: FakeProvider) -> None:
    provider.mode = mode
    for question, history in (("And has it been approved since?", [EARLIER]), (RUSSIAN, [])):
        expected = briefs.ask(question, history)
        answer = worded.ask(question, [Turn(earlier) for earlier in history])
        assert answer.standalone_question == expected.standalone_question
        assert answer.statements == expected.statements


def test_a_question_that_stands_alone_is_not_put_to_the_model_first(worded: Assistant, provider: FakeProvider) -> None:
    worded.ask("Which countries belong to BeNeLuxA?")
    assert len(provider.requests) == 1
