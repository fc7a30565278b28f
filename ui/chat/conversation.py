"""A conversation as the page keeps it: a list of messages, which the browser holds and sends along with each question.

Questions in it are escaped the way they are shown, and read back here. Nothing is kept on the server, so a restart or a
second server process changes nothing for an open page. Nothing here knows Gradio.
"""

import html
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assistant.answer import Answer, Turn
from corpus.errors import AssistantError
from ui import LONGEST_HISTORY, LONGEST_QUESTION
from ui.rendering import (
    NO_ANSWER_YET,
    STOPPED,
    answer_as_markdown,
    answer_as_text,
    escape_markdown,
    failure_as_markdown,
    one_line,
    readable_date,
    sources_as_markdown,
)

if TYPE_CHECKING:
    from assistant.assembly import Assistant

SEARCHING = "*Reading the documents…*"
EDIT = "Edit the question as understood"
Message = dict[str, Any]
Shown = tuple[list[Message], str, str]


def converse(assistant: "Assistant", messages: list[Message]) -> Iterator[Shown]:
    """Answer the last message if it is a question: yields (conversation, sources panel, plain text) as it grows."""
    if not questions_of(messages[-1:]):
        return
    *history, question = questions_of(messages)
    if len(question) > LONGEST_QUESTION:
        sentence = f"The question is longer than {LONGEST_QUESTION} characters; please shorten it."
        yield [*messages, _reply(failure_as_markdown(sentence))], NO_ANSWER_YET, ""
        return
    yield [*messages, _reply(SEARCHING)], NO_ANSWER_YET, ""
    try:
        for answer in assistant.stream(question, [Turn(earlier) for earlier in history[-LONGEST_HISTORY:]]):
            panel = sources_as_markdown(answer, assistant.store.document)
            yield [*messages, _answered(answer)], panel, answer_as_text(answer, width=None)
    except AssistantError as error:
        yield [*messages, _reply(failure_as_markdown(str(error)))], NO_ANSWER_YET, ""


def without_buttons(messages: Sequence[Message]) -> list[Message]:
    """The conversation without the buttons below its answers."""
    return [{**message, "options": []} if message.get("options") else message for message in messages]


def is_waiting(messages: Sequence[Message]) -> bool:
    """Whether an answer is still being made."""
    return bool(messages) and (messages[-1].get("role") == "user" or content_of(messages[-1]) == SEARCHING)


def with_question(messages: Sequence[Message], question: str) -> list[Message]:
    """The conversation with a question put."""
    return [*messages, {"role": "user", "content": escape_markdown(question)}]


def stopped(messages: list[Message]) -> list[Message]:
    """The conversation after the reader stopped an answer in the making."""
    if not is_waiting(messages):
        return messages
    return [*(messages if messages[-1].get("role") == "user" else messages[:-1]), _reply(STOPPED)]


def questions_of(messages: Sequence[Message]) -> list[str]:
    """The questions of a conversation as they were typed, oldest first."""
    asked = (html.unescape(content_of(message)) for message in messages if message.get("role") == "user")
    return [question for question in asked if question.strip()]


def content_of(message: Message) -> str:
    """A message's text; a browser sends a list of parts, a program may send one string."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    return " ".join(str(part.get("text", "")) if isinstance(part, dict) else str(part) for part in parts)


def _answered(answer: Answer) -> Message:
    """The answer as a message; where the question was understood as another, with a button that brings that one."""
    understood = one_line(answer.standalone_question)
    reply = _reply(answer_as_markdown(answer))
    return reply if understood == one_line(answer.question) else {**reply, "options": [_option(understood)]}


def _option(question: str) -> dict[str, str]:
    return {"label": EDIT, "value": question}


def _reply(markdown: str) -> Message:
    return {"role": "assistant", "content": markdown}


def holdings_of(assistant: "Assistant") -> str:
    """One line on what the answers rest on."""
    assistant.refresh()
    catalog = assistant.store.catalog
    documents, newest = _counted(assistant, assistant.store.generation)
    failed = len(catalog.failures())
    parts = [f"**{_number(documents, 'document')}**", _number(catalog.passage_count(), "passage")]
    if newest:
        parts.append(f"newest of {readable_date(newest)}")
    if failed:
        parts.append(f"{_number(failed, 'file')} could not be read")
    return f"{' · '.join(parts)}."


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


@lru_cache(maxsize=4)
def _counted(assistant: "Assistant", _generation: int) -> tuple[int, str | None]:
    """How many documents there are and the newest date, counted once per generation."""
    documents = assistant.store.catalog.documents()
    return len(documents), max((document.published for document in documents if document.published), default=None)
