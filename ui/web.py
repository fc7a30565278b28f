"""The page: a conversation, and beside it the passages that the latest answer rests on. The only module with Gradio.

The browser holds the conversation and sends it along; questions in it are escaped the way they are shown, and read
back here. Nothing is kept on the server, so a restart or a second server process changes nothing for an open page.
"""

import html
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answer import Turn
from corpus.errors import AssistantError
from ui import LONGEST_HISTORY, LONGEST_QUESTION
from ui.rendering import (
    NO_ANSWER_YET,
    STOPPED,
    answer_as_markdown,
    answer_as_text,
    escape_markdown,
    failure_as_markdown,
    readable_date,
    sources_as_markdown,
)

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.assembly import Assistant

TITLE = "Health Cooperation Assistant"
EXAMPLES = (
    "What did Latvia and Azerbaijan agree on?",
    "Which countries belong to BeNeLuxA?",
    "When did the Latvia–Lithuania ambulance agreement enter into force?",
    "Is the WHO Pandemic Agreement open for signature?",
    "How many international experts were in the WHO mission to Azerbaijan in September 2022?",
    "What is the capital of France?",
)
PURPOSE = (
    "Ask about international health cooperation. The answer is quoted word for word from the documents below, "
    "each sentence with its source; where they say nothing, you are told so."
)
LIMITS = (
    "It reports what these documents say, and nothing else: it gives no advice, speaks for no government or "
    "organisation, and can miss things. Open the source before you rely on an answer."
)
SEARCHING = "*Reading the documents…*"
# Answers in the making at once, and people waiting for their turn; more are told that the queue is full.
_AT_ONCE = 4
_WAITING = 128

Message = dict[str, Any]
Shown = tuple[list[Message], str, str]


def mount_page(app: "FastAPI", assistant: "Assistant", examples: Sequence[str] = EXAMPLES) -> None:
    """Put the page at the root of `app`."""
    gradio = _gradio()
    gradio.mount_gradio_app(
        app,
        build_page(assistant, examples),
        path="/",
        theme=_theme(),
        css_paths=Path(__file__).parent / "page.css",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
    )


def build_page(assistant: "Assistant", examples: Sequence[str] = EXAMPLES) -> Any:
    """The page as Gradio blocks, to be mounted."""
    gradio = _gradio()
    with gradio.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        with gradio.Row(elem_id="masthead"):
            gradio.Markdown(f"# {TITLE}\n\n{PURPOSE}", latex_delimiters=[], elem_id="purpose")
            anew = gradio.Button("New conversation", size="sm", scale=0, min_width=150, elem_id="anew")
        with gradio.Row(elem_id="desk"):
            with gradio.Column(scale=3, min_width=320, elem_id="talk"):
                chat = gradio.Chatbot(
                    elem_id="chat",
                    label="Conversation",
                    show_label=False,
                    container=False,
                    height=None,
                    buttons=[],
                    feedback_options=None,
                    latex_delimiters=[],
                    allow_tags=False,
                    layout="bubble",
                    placeholder="### What would you like to know?\n\nFor example:",
                    examples=[{"text": example} for example in examples],
                )
                question = gradio.Textbox(
                    elem_id="question",
                    placeholder="Ask a question, or follow up on an answer",
                    label="Your question",
                    show_label=False,
                    container=False,
                    max_lines=6,
                    max_length=LONGEST_QUESTION,
                    submit_btn=True,
                    autofocus=True,
                )
            with gradio.Column(scale=2, min_width=320, elem_id="evidence"):
                sources = gradio.Markdown(NO_ANSWER_YET, latex_delimiters=[], elem_id="sources")
                with gradio.Accordion(
                    "Answer and sources as text", open=False, visible=False, elem_id="copy"
                ) as copying:
                    text = gradio.Textbox(show_label=False, container=False, lines=8, max_lines=16, buttons=["copy"])
        holdings = gradio.Markdown(latex_delimiters=[], elem_id="holdings")
        page.load(lambda: f"{holdings_of(assistant)} {LIMITS}", outputs=holdings, **_QUIET)
        _connect(gradio, assistant, (chat, question, sources, copying, text, anew))
    _limit(page)
    return page


_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def _connect(gradio: Any, assistant: "Assistant", parts: Sequence[Any]) -> None:
    """Wire the events: ask (typed or by example), stop, start anew."""
    chat, question, sources, copying, text, anew = parts

    def answer(messages: list[Message]) -> Iterator[tuple[Any, ...]]:
        for shown, panel, plain in converse(assistant, messages):
            yield shown, panel, gradio.Accordion(visible=bool(plain)), plain

    def asking(typed: str, messages: list[Message]) -> tuple[Any, ...]:
        return gradio.Textbox(value="", submit_btn=False, stop_btn=True), with_question(messages, typed)

    def by_example(messages: list[Message], event: gradio.SelectData) -> tuple[Any, ...]:
        return asking(str(event.value["text"]), messages)

    def idle() -> Any:
        return gradio.Textbox(submit_btn=True, stop_btn=False)

    results = [chat, sources, copying, text]
    at_once = {"queue": False, **_QUIET}
    typed = question.submit(asking, [question, chat], [question, chat], **at_once)
    chosen = chat.example_select(by_example, chat, [question, chat], **at_once)
    running = [event.then(answer, chat, results, **_QUIET) for event in (typed, chosen)]
    for event in running:
        event.then(idle, None, question, **at_once)
    question.stop(lambda messages: (stopped(messages), idle()), chat, [chat, question], cancels=running, **at_once)
    anew.click(
        lambda: ([], NO_ANSWER_YET, gradio.Accordion(visible=False), "", idle()),
        None,
        [*results, question],
        cancels=running,
        **at_once,
    )


# The conversation, as lists of messages


def converse(assistant: "Assistant", messages: list[Message]) -> Iterator[Shown]:
    """Answer the last message if it is a question: yields (conversation, sources panel, plain text) as it grows."""
    questions = questions_of(messages)
    if not questions or messages[-1].get("role") != "user":
        return
    *history, question = questions
    if len(question) > LONGEST_QUESTION:
        sentence = f"The question is longer than {LONGEST_QUESTION} characters; please shorten it."
        yield [*messages, _reply(failure_as_markdown(sentence))], NO_ANSWER_YET, ""
        return
    yield [*messages, _reply(SEARCHING)], NO_ANSWER_YET, ""
    try:
        for answer in assistant.stream(question, [Turn(earlier) for earlier in history[-LONGEST_HISTORY:]]):
            panel = sources_as_markdown(answer, assistant.store.document)
            yield [*messages, _reply(answer_as_markdown(answer))], panel, answer_as_text(answer)
    except AssistantError as error:
        yield [*messages, _reply(failure_as_markdown(str(error)))], NO_ANSWER_YET, ""


def with_question(messages: list[Message], question: str) -> list[Message]:
    """The conversation with a question put; unchanged where it is blank or an answer is still being made."""
    waiting = bool(messages) and (messages[-1].get("role") == "user" or content_of(messages[-1]) == SEARCHING)
    if not question.strip() or waiting:
        return messages
    return [*messages, {"role": "user", "content": escape_markdown(question)}]


def stopped(messages: list[Message]) -> list[Message]:
    """The conversation after the reader stopped an answer in the making."""
    if messages and content_of(messages[-1]) == SEARCHING:
        return [*messages[:-1], _reply(STOPPED)]
    return [*messages, _reply(STOPPED)] if messages and messages[-1].get("role") == "user" else messages


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


def _reply(markdown: str) -> Message:
    return {"role": "assistant", "content": markdown}


# The rest of the page


def holdings_of(assistant: "Assistant") -> str:
    """One line on what the answers rest on."""
    assistant.refresh()
    catalog = assistant.store.catalog
    documents, newest = _counted(assistant, assistant.store.generation)
    failed = len(catalog.failures())
    parts = [f"**{documents:,} documents**", f"{catalog.passage_count():,} passages"]
    if newest:
        parts.append(f"newest of {readable_date(newest)}")
    if failed:
        parts.append("1 file could not be read" if failed == 1 else f"{failed:,} files could not be read")
    return f"{' · '.join(parts)}."


@lru_cache(maxsize=4)
def _counted(assistant: "Assistant", _generation: int) -> tuple[int, str | None]:
    """How many documents there are and the newest date, counted once per generation."""
    documents = assistant.store.catalog.documents()
    return len(documents), max((document.published for document in documents if document.published), default=None)


def _gradio() -> Any:
    """Gradio, imported with its reporting off."""
    for name, value in (("GRADIO_ANALYTICS_ENABLED", "False"), ("HF_HUB_OFFLINE", "1")):
        os.environ.setdefault(name, value)
    import gradio

    return gradio


def _theme() -> Any:
    gradio = _gradio()
    return gradio.themes.Base(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="slate",
        radius_size="lg",
        font=("system-ui", "sans-serif"),
        font_mono=("ui-monospace", "monospace"),
    ).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        link_text_color="*primary_700",
        link_text_color_hover="*primary_800",
        link_text_color_visited="*primary_700",
        link_text_color_dark="*primary_300",
        link_text_color_visited_dark="*primary_300",
    )


def _limit(page: Any) -> None:
    page.queue(default_concurrency_limit=_AT_ONCE, max_size=_WAITING, api_open=False)
    # An idle queue looks for work every millisecond, 6.5 % of a core (measured); the attribute is Gradio's own.
    if hasattr(page._queue, "sleep_when_free"):
        page._queue.sleep_when_free = 0.02
