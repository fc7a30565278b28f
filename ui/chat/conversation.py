"""A conversation as the page keeps it: a list of messages, which the browser holds and sends along with each question.

Questions in it are escaped the way they are shown, and read back here. Nothing is kept on the server, so a restart or a
second server process changes nothing for an open page. Nothing here knows Gradio.
"""

import html
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from assistant.answer import Answer, Turn
from assistant.progress import Stage, Step
from assistant.scope.scope import EVERYTHING, Scope, visible_document
from corpus.errors import AssistantError
from ui import LONGEST_HISTORY, LONGEST_QUESTION
from ui.chat.sources import Cited, cited_by, panel, recall
from ui.languages.words import PluralText, Text
from ui.outward import outward
from ui.rendering import STOPPED, answer_as_markdown, answer_as_text, escape_markdown, failure_as_markdown, one_line

if TYPE_CHECKING:
    from assistant.assembly import Assistant
    from corpus.store.store import Store

# How a reply begins that is not yet an answer: `is_waiting` and the page's looks know it by this.
WAITING = '<div class="answer making">'
STAGES = {
    Stage.SEARCHING: PluralText("Searching {count} passage", "Searching {count} passages"),
    Stage.READING: PluralText("Reading {count} of them", "Reading {count} of them"),
    Stage.WRITING: PluralText("Putting {count} sentence into words", "Putting {count} sentences into words"),
    Stage.CHECKING: PluralText("Checking {count} citation", "Checking {count} citations"),
}
BEGINNING = Text("Understanding the question")
INTERRUPTED = Text("Answered before this page was opened anew; ask again to see the answer.")
TOO_LONG = PluralText(
    "The question is longer than {count} character; please shorten it.",
    "The question is longer than {count} characters; please shorten it.",
)
EDIT = Text("Edit the question as understood")
Message = dict[str, Any]
Shown = tuple[list[Message], str, str]


def converse(
    assistant: "Assistant",
    messages: list[Message],
    note: Callable[[Answer], None] = lambda _: None,
    scope: Scope = EVERYTHING,
) -> Iterator[Shown]:
    """Answer the last message if it is a question: yields (conversation, sources panel, plain text) as it grows.

    The complete answer goes to `note`; `scope` is what was chosen, within what the person may see.
    """
    if not questions_of(messages[-1:]):
        return
    *history, question = questions_of(messages)
    earlier = cited_in(messages, assistant.store, scope)
    before = panel(earlier, assistant.store)
    if len(question) > LONGEST_QUESTION:
        yield [*messages, _reply(failure_as_markdown(TOO_LONG(LONGEST_QUESTION), is_told=True))], before, ""
        return
    steps: list[Step] = []
    complete: Answer | None = None
    number = max((cited.number for cited in earlier), default=0) + 1
    yield [*messages, _reply(steps_as_markdown(steps))], before, ""
    try:
        for told in assistant.follow(question, [Turn(earlier) for earlier in history[-LONGEST_HISTORY:]], scope=scope):
            if isinstance(told, Step):
                steps.append(told)
                yield [*messages, _reply(steps_as_markdown(steps))], before, ""
                continue
            complete = told
            cited = [*earlier, cited_by(told, number)]
            yield (
                [*messages, _answered(told, number)],
                panel(cited, assistant.store),
                answer_as_text(told, width=None),
            )
        if complete is not None:
            note(complete)
    except AssistantError as error:
        yield [*messages, _reply(failure_as_markdown(outward(error)))], before, ""


def further_questions(
    assistant: "Assistant", messages: Sequence[Message], scope: Scope = EVERYTHING
) -> tuple[str, ...]:
    """Questions to go on with after the last answer, if the last message is one; each was tried and is answered."""
    *history, question = questions_of(messages) or [""]
    cited = cited_in(messages[-1:], assistant.store, scope)
    if not question or not cited:
        return ()
    documents = {citation.document.id for citation in cited[0].citations}
    return assistant.suggestions.follow_ups(question, history[-LONGEST_HISTORY:], documents, scope)


def steps_as_markdown(steps: Sequence[Step]) -> str:
    """What has been done for an answer so far, the step under way last."""
    told = [str(BEGINNING), *(STAGES[step.stage](step.count) for step in steps)]
    lines = [f'<p class="done">{line}</p>' for line in told[:-1]]
    return "\n\n".join((WAITING, *lines, f'<p class="doing">{told[-1]}…</p>', "</div>"))


def cited_in(messages: Sequence[Message], store: "Store", scope: Scope = EVERYTHING) -> list[Cited]:
    """What each answer of a conversation cites, oldest first, read off its markers.

    The messages come from the browser, which may name any document: only those that the person may open count.
    """
    found: list[Cited] = []
    question, find_document = "", partial(visible_document, store, scope=scope)
    for message in messages:
        if message.get("role") == "user":
            question = html.unescape(content_of(message))
        elif (cited := recall(content_of(message), question, find_document)) is not None:
            found.append(cited)
    return found


def without_buttons(messages: Sequence[Message]) -> list[Message]:
    """The conversation without the buttons below its answers."""
    return [{**message, "options": []} if message.get("options") else message for message in messages]


def is_waiting(messages: Sequence[Message]) -> bool:
    """Whether an answer is still being made."""
    return bool(messages) and (messages[-1].get("role") == "user" or _is_making(messages[-1]))


def with_question(messages: Sequence[Message], question: str) -> list[Message]:
    """The conversation with a question put."""
    return [*messages, {"role": "user", "content": escape_markdown(question)}]


def stopped(messages: list[Message]) -> list[Message]:
    """The conversation after the reader stopped an answer in the making."""
    if not is_waiting(messages):
        return messages
    return [*(messages[:-1] if _is_making(messages[-1]) else messages), _reply(f"*{STOPPED}*")]


def resumed(kept: str) -> list[Message]:
    """The conversation with these questions, a JSON list of texts, the last of which is to be answered anew."""
    try:
        found = json.loads(kept)
    except ValueError:
        found = []
    questions = [one_line(text) for text in found if isinstance(text, str)] if isinstance(found, list) else []
    messages: list[Message] = []
    for question in questions[-LONGEST_HISTORY - 1 :]:
        messages = [*messages, *([_reply(f"*{INTERRUPTED}*")] if messages else []), *with_question([], question)]
    return messages


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


def _is_making(message: Message) -> bool:
    return content_of(message).startswith(WAITING)


def _answered(answer: Answer, number: int) -> Message:
    """The answer as a message; where the question was understood as another, with a button that brings that one."""
    understood = one_line(answer.standalone_question)
    reply = _reply(answer_as_markdown(answer, number))
    return reply if understood == one_line(answer.question) else {**reply, "options": [_option(understood)]}


def _option(question: str) -> dict[str, str]:
    return {"label": str(EDIT), "value": question}


def _reply(markdown: str) -> Message:
    return {"role": "assistant", "content": markdown}
