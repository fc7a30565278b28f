"""The assistant as a tool of others' agents: a LangChain tool with a schema, whose answer carries its citations.

What an agent may see is decided by whoever makes the tool, by a `Scope`; an agent cannot widen it. An answer is given
as text with its numbered sources under it, and as the whole dictionary of `Answer.to_dict` in the message's artifact.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from assistant.answer import Answer
from assistant.scope.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

DESCRIPTION = (
    "Answers a question about international health cooperation from a collection of documents. Every sentence is cited "
    "with a number; the quotations stand below the answer. It says so where the documents do not answer. Quote its "
    "sources, and never tell what was discussed as agreed or what was signed as in force."
)


class AnswerRequest(BaseModel):
    """What an agent may ask."""

    question: str = Field(description="One question that can be understood alone, in any language, with full names.")


def answer_tool(ask: Callable[..., Answer], scope: Scope = EVERYTHING, name: str = "health_cooperation") -> "BaseTool":
    """A tool that asks, for example, `Assistant.ask`, within a scope that the agent cannot change."""
    from langchain_core.tools import StructuredTool

    def answer(question: str) -> tuple[str, dict[str, Any]]:
        found = ask(question, (), scope)
        return as_text(found), found.to_dict()

    return StructuredTool.from_function(
        answer,
        name=name,
        description=DESCRIPTION,
        args_schema=AnswerRequest,
        response_format="content_and_artifact",
    )


def as_text(answer: Answer) -> str:
    """The answer, then each citation on a line: its number, its quotation, the document and its date."""
    sources = [
        f"[{each.number}] “{' '.join(each.quote.split())}” ({each.document.title}, {each.document.published})"
        for each in answer.citations
    ]
    return "\n".join((f"{answer.text}\n" if sources else answer.text, *sources))
