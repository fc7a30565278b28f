"""The page: a conversation, and beside it the passages that the latest answer rests on. The only module with Gradio.

What is said is in `chat` and `rendering`; here are the parts of the page, their events, and Gradio's settings.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ui import LONGEST_QUESTION
from ui.chat.conversation import Message, converse, holdings_of, is_waiting, stopped, with_question, without_buttons
from ui.rendering import NO_ANSWER_YET, one_line

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
    "Answers quoted word for word from documents on international health cooperation, each sentence with its source."
)
INVITATION = "## What would you like to know?\n\nAsk in your own words, or start with one of these."
LIMITS = (
    "The assistant reports what these documents say and nothing else; where they are silent, it says so. It gives no "
    "advice and speaks for no government or organisation. Open the source before you rely on an answer."
)
_HERE = Path(__file__).parent
# Answers in the making at once, and people waiting for their turn; more are told that the queue is full.
_AT_ONCE = 4
_WAITING = 128

_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def mount_page(app: "FastAPI", assistant: "Assistant", examples: Sequence[str] = EXAMPLES) -> None:
    """Put the page at the root of `app`."""
    gradio = _gradio()
    gradio.mount_gradio_app(
        app,
        build_page(assistant, examples),
        path="/",
        theme=_theme(),
        css_paths=_HERE / "page.css",
        favicon_path=str(_HERE / "favicon.png"),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
    )


class Parts(NamedTuple):
    """The components that events read or change."""

    chat: Any
    question: Any
    sources: Any
    copying: Any
    text: Any
    anew: Any


def build_page(assistant: "Assistant", examples: Sequence[str] = EXAMPLES) -> Any:
    """The page as Gradio blocks, to be mounted."""
    gradio = _gradio()
    with gradio.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        with gradio.Column(elem_id="page"):
            with gradio.Row(elem_id="masthead"):
                gradio.Markdown(f"# {TITLE}\n\n{PURPOSE}", latex_delimiters=[], elem_id="purpose")
                documents = {"link": "/documents", "link_target": "_blank", "elem_id": "documents"}
                gradio.Button("Documents", size="sm", scale=0, min_width=110, **documents)
                timeline = {"link": "/timeline", "link_target": "_blank", "elem_id": "timeline"}
                gradio.Button("Timeline", size="sm", scale=0, min_width=110, **timeline)
                anew = gradio.Button("New conversation", size="sm", scale=0, min_width=150, elem_id="anew")
            with gradio.Row(elem_id="desk"):
                with gradio.Column(scale=3, min_width=320, elem_id="talk"):
                    talk = _talk(gradio, examples)
                with gradio.Column(scale=2, min_width=320, elem_id="evidence"):
                    evidence = _evidence(gradio)
            holdings = gradio.Markdown(latex_delimiters=[], elem_id="holdings")
        page.load(lambda: f"{holdings_of(assistant)} {LIMITS}", outputs=holdings, **_QUIET)
        _connect(gradio, assistant, Parts(*talk, *evidence, anew))
    page.queue(default_concurrency_limit=_AT_ONCE, max_size=_WAITING, api_open=False)
    # An idle queue looks for work every millisecond, 6.5 % of a core (measured); the attribute is Gradio's own.
    if hasattr(page._queue, "sleep_when_free"):
        page._queue.sleep_when_free = 0.02
    return page


def _talk(gradio: Any, examples: Sequence[str]) -> tuple[Any, Any]:
    """The conversation, and the field for the next question."""
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
        placeholder=INVITATION,
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
    return chat, question


def _evidence(gradio: Any) -> tuple[Any, Any, Any]:
    """The sources of the latest answer, and all of it as text to be copied."""
    sources = gradio.Markdown(NO_ANSWER_YET, latex_delimiters=[], elem_id="sources")
    with gradio.Accordion("Answer and sources as text", open=False, visible=False, elem_id="copy") as copying:
        text = gradio.Textbox(
            label="To be copied into a letter or a note",
            lines=8,
            max_lines=16,
            interactive=False,
            buttons=["copy"],
        )
    return sources, copying, text


def _connect(gradio: Any, assistant: "Assistant", parts: Parts) -> None:
    """Wire the events: ask (typed or by example), stop, start anew."""
    results = [parts.chat, parts.sources, parts.copying, parts.text]
    at_once = {"queue": False, **_QUIET}

    def ask(typed: str, messages: list[Message]) -> tuple[Any, Any]:
        if is_waiting(messages) or not one_line(typed):
            return gradio.skip(), gradio.skip()  # what was typed stays in the field
        return gradio.Textbox(value="", submit_btn=False, stop_btn=True), with_question(messages, typed)

    def ask_example(messages: list[Message], event: gradio.SelectData) -> tuple[Any, Any]:
        return ask(str(event.value["text"]), messages)

    def edit(messages: list[Message], event: gradio.SelectData) -> tuple[Any, Any]:
        return gradio.Textbox(value=str(event.value), autofocus=False), without_buttons(messages)

    def answer(messages: list[Message]) -> Iterator[tuple[Any, ...]]:
        yield (gradio.skip(),) * len(results)  # a generator that yields nothing would empty them
        for shown, panel, plain in converse(assistant, messages):
            yield shown, panel, gradio.Accordion(visible=bool(plain)), plain

    def ready(messages: list[Message]) -> Any:
        return gradio.skip() if is_waiting(messages) else gradio.Textbox(submit_btn=True, stop_btn=False)

    def clear() -> tuple[Any, ...]:
        return [], NO_ANSWER_YET, gradio.Accordion(visible=False), "", ready([])

    asked = (
        parts.question.submit(ask, [parts.question, parts.chat], [parts.question, parts.chat], **at_once),
        parts.chat.example_select(ask_example, parts.chat, [parts.question, parts.chat], **at_once),
    )
    running = [event.then(answer, parts.chat, results, **_QUIET) for event in asked]
    for event in running:
        event.then(ready, parts.chat, parts.question, **at_once)
    editing = parts.chat.option_select(edit, parts.chat, [parts.question, parts.chat], **at_once)
    # The field takes the focus when this is switched on, once the button that had it is gone.
    editing.then(lambda: gradio.Textbox(autofocus=True), None, parts.question, **at_once)
    stop = parts.question.stop(stopped, parts.chat, parts.chat, cancels=running, **at_once)
    stop.then(ready, parts.chat, parts.question, **at_once)
    parts.anew.click(clear, None, [*results, parts.question], cancels=running, **at_once)


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
        body_text_color="#1d2730",
        body_text_color_dark="#e4e9ed",
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
