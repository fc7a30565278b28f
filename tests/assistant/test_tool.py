"""The assistant as a tool of others: its schema, its citations, and a scope that no agent can widen."""

import pytest

from assistant.answer import Answer
from assistant.assembly import Assistant
from assistant.scope.scope import EVERYTHING, Scope
from assistant.tool import answer_tool

QUESTION = "When was the health cooperation agreement between Azerbaijan and Latvia signed?"


def test_the_schema_asks_for_a_question_and_nothing_else(briefs: Assistant) -> None:
    tool = answer_tool(briefs.ask)
    assert list(tool.args) == ["question"]
    assert "cited" in tool.description


def test_an_answer_comes_with_its_quotations_and_the_whole_of_it_as_artifact(briefs: Assistant) -> None:
    tool = answer_tool(briefs.ask)
    message = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": {"question": QUESTION}})
    assert "4 December 2025" in message.content
    assert all(f"[{each['number']}] “" in message.content for each in message.artifact["citations"])
    assert message.artifact["citations"]


@pytest.mark.parametrize("scope", [EVERYTHING, Scope(sources=("briefs",))])
def test_the_scope_is_the_makers(scope: Scope) -> None:
    asked: list[tuple[object, ...]] = []

    def ask(*arguments: object) -> Answer:
        asked.append(arguments)
        raise LookupError

    with pytest.raises(LookupError):
        answer_tool(ask, scope).invoke({"question": QUESTION, "scope": "all"})
    assert asked == [(QUESTION, (), scope)]
