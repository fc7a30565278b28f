"""The page: a conversation, and beside it the passages that the latest answer rests on. The only module with Gradio.

What is said is in `chat` and `rendering`; here are the parts of the page, their events, and Gradio's settings.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui import LONGEST_QUESTION
from ui.chat.conversation import holdings_of
from ui.chat.events import QUIET, Parts, connect
from ui.chat.theme import theme
from ui.rendering import NO_ANSWER_YET, escape_markdown

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
PURPOSE_WITH_MODEL = (
    "Answers from documents on international health cooperation, put into words by {} and checked sentence by "
    "sentence, each with its source."
)
INVITATION = "## What would you like to know?\n\nAsk in your own words, or start with one of these."
LIMITS = (
    "The assistant reports what these documents say and nothing else; where they are silent, it says so. It gives no "
    "advice and speaks for no government or organisation. Open the source before you rely on an answer."
)
# Pages of their own, each opened in a new tab by a button in the masthead.
OTHER_PAGES = {"Timeline": "/timeline"}
_HERE = Path(__file__).parent
# Answers in the making at once, and people waiting for their turn; more are told that the queue is full.
_AT_ONCE = 4
_WAITING = 128


def mount_page(app: "FastAPI", assistant: "Assistant", examples: Sequence[str] = EXAMPLES) -> None:
    """Put the page at the root of `app`."""
    gradio = _gradio()
    gradio.mount_gradio_app(
        app,
        build_page(assistant, examples),
        path="/",
        theme=theme(gradio),
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


def build_page(assistant: "Assistant", examples: Sequence[str] = EXAMPLES) -> Any:
    """The page as Gradio blocks, to be mounted."""
    gradio = _gradio()
    with gradio.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        with gradio.Column(elem_id="page"):
            anew = _masthead(gradio, assistant)
            with gradio.Row(elem_id="desk"):
                with gradio.Column(scale=3, min_width=320, elem_id="talk"):
                    talk = _talk(gradio, examples)
                with gradio.Column(scale=2, min_width=320, elem_id="evidence"):
                    evidence = _evidence(gradio)
            holdings = gradio.Markdown(latex_delimiters=[], elem_id="holdings")
        page.load(lambda: f"{holdings_of(assistant)} {LIMITS}", outputs=holdings, **QUIET)
        connect(gradio, assistant, Parts(*talk, *evidence, anew))
    page.queue(default_concurrency_limit=_AT_ONCE, max_size=_WAITING, api_open=False)
    # An idle queue looks for work every millisecond, 6.5 % of a core (measured); the attribute is Gradio's own.
    if hasattr(page._queue, "sleep_when_free"):
        page._queue.sleep_when_free = 0.02
    return page


def _masthead(gradio: Any, assistant: "Assistant") -> Any:
    """Title, purpose, and the buttons beside them; returned is the one for a new conversation."""
    with gradio.Row(elem_id="masthead"):
        gradio.Markdown(f"# {TITLE}\n\n{_purpose(assistant)}", latex_delimiters=[], elem_id="purpose")
        for name, path in OTHER_PAGES.items():
            where = {"link": path, "link_target": "_blank", "elem_id": path.strip("/")}
            gradio.Button(name, size="sm", scale=0, min_width=110, elem_classes="beside", **where)
        return gradio.Button("New conversation", size="sm", scale=0, min_width=150, elem_id="anew")


def _purpose(assistant: "Assistant") -> str:
    return PURPOSE if assistant.model is None else PURPOSE_WITH_MODEL.format(escape_markdown(assistant.model.name))


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


def _gradio() -> Any:
    """Gradio, imported with its reporting off."""
    for name, value in (("GRADIO_ANALYTICS_ENABLED", "False"), ("HF_HUB_OFFLINE", "1")):
        os.environ.setdefault(name, value)
    import gradio

    return gradio
