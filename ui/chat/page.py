"""The page: a conversation, and beside it the passages that the latest answer rests on. The only module with Gradio.

What is said is in `chat` and `rendering`; here are the parts of the page, their events, and Gradio's settings.
"""

import os
from collections.abc import Callable, Sequence
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.suggestions import FOLLOW_UPS
from ui import LONGEST_QUESTION
from ui.access.scoping import scope_of
from ui.chat import QUIET
from ui.chat.events import PageParts, connect
from ui.chat.extras import Extras
from ui.chat.filters import make_filters
from ui.chat.script import AGAIN, CONVERSATION, add_script
from ui.chat.shapes import Function, Shapes
from ui.chat.sources import nothing_yet
from ui.chat.start import holdings_of, invitation
from ui.chat.temporary import private_folder, use_folder
from ui.chat.theme import theme
from ui.identity.identity import identity_of
from ui.languages.catalogues import LANGUAGES
from ui.languages.gradio_words import words_of_gradio
from ui.languages.shared import OTHER_PAGES, PRODUCT
from ui.languages.speaking import PARAMETERS, language_of, speaking
from ui.languages.words import Text, later
from ui.rendering import escape_markdown, one_line

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.assembly import Assistant
    from ui.keeping.user_data import UserData

PURPOSE = Text(
    "Answers quoted word for word from documents on international health cooperation, each sentence with its source."
)
PURPOSE_WITH_MODEL = Text(
    "Answers from documents on international health cooperation, put into words by {model} and checked sentence by "
    "sentence, each with its source."
)
NEW_CONVERSATION = Text("New conversation")
QUESTION = Text("Your question")
ASK = Text("Ask a question, or follow up on an answer")
GO_ON = Text("You could go on with:")
AS_TEXT = Text("Answer and sources as text")
TO_COPY = Text("To be copied into a letter or a note")
SIGNED_IN, SIGN_OUT = Text("Signed in as"), Text("Sign out")
_HERE = Path(__file__).parent
# Answers in the making at once, and people waiting for their turn; more are told that the queue is full.
_AT_ONCE = 4
_WAITING = 128


def mount_page(
    app: "FastAPI", assistant: "Assistant", examples: Sequence[str] | None = None, user_data: "UserData | None" = None
) -> None:
    """Put the page at the root of `app`, and its script beside it.

    `examples` are the questions it offers; without them, some that the documents answer are looked for. Without a
    `user_data`, nothing can be kept, judged or taken along.
    """
    use_folder(private_folder(assistant.store.folder))
    gradio = _gradio()
    script = add_script(app)
    page = build_page(assistant, examples, user_data)
    app.state.shapes = _shapes(gradio, page)
    # What Gradio checks of files it checks once a page has launched, and mounting does not tell it.
    page.has_launched = True
    gradio.mount_gradio_app(
        app,
        page,
        path="/",
        theme=theme(gradio),
        css_paths=[_HERE / "page.css", _HERE / "extras.css", _HERE / "filters.css"],
        head=script,
        favicon_path=str(_HERE / "favicon.png"),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        i18n=gradio.I18n(en=words_of_gradio()),
    )


def build_page(
    assistant: "Assistant", examples: Sequence[str] | None = None, user_data: "UserData | None" = None
) -> Any:
    """The page as Gradio blocks, to be mounted."""
    gradio = _gradio()
    extras = Extras(gradio, user_data)
    with gradio.Blocks(title=later(PRODUCT), analytics_enabled=False, fill_width=True) as page:
        with gradio.Column(elem_id="page"):
            gradio.Markdown(_languages(), latex_delimiters=[], elem_id="languages")
            anew = _masthead(gradio, assistant)
            with gradio.Row(elem_id="desk"):
                with gradio.Column(scale=3, min_width=320, elem_id="talk"):
                    talk = _talk(gradio, extras.add_below_answers)
                with gradio.Column(scale=2, min_width=320, elem_id="evidence"):
                    evidence = _evidence(gradio)
                    extras.add_below_sources()
            holdings = gradio.Markdown(latex_delimiters=[], elem_id="holdings")
        parts = PageParts(*talk, *evidence, anew)
        _greet(gradio, assistant, page, holdings)
        _offer_examples(gradio, assistant, page, parts.chat, examples)
        extras.connect(page, parts, connect(gradio, assistant, page, parts))
    page.queue(default_concurrency_limit=_AT_ONCE, max_size=_WAITING, api_open=False)
    # An idle queue looks for work every millisecond, 6.5 % of a core (measured); the attribute is Gradio's own.
    if hasattr(page._queue, "sleep_when_free"):
        page._queue.sleep_when_free = 0.02
    return page


def _shapes(gradio: Any, page: Any) -> Shapes:
    """What each function of the page takes, for the gate before it."""
    under_way = page._queue.pending_event_ids_session
    ours = {number: function for number, function in page.fns.items() if function.fn is not None}
    return Shapes(
        {
            number: Function(
                tuple(part.get_block_name() for part in function.inputs), _takes_event(gradio, function.fn)
            )
            for number, function in ours.items()
        },
        frozenset(page.fns) - frozenset(ours),
        frozenset(page.blocks) | {page._id},
        lambda session, event: event in under_way.get(session, ()),
    )


def _takes_event(gradio: Any, function: Callable[..., Any]) -> bool:
    kinds = (parameter.annotation for parameter in signature(function).parameters.values())
    return any(isinstance(kind, type) and issubclass(kind, gradio.EventData) for kind in kinds)


def _masthead(gradio: Any, assistant: "Assistant") -> Any:
    """Title, purpose, and the buttons beside them; returned is the one for a new conversation."""
    with gradio.Row(elem_id="masthead"):
        gradio.Markdown(f"# {later(PRODUCT)}\n\n{_purpose(assistant)}", latex_delimiters=[], elem_id="purpose")
        for name, path in OTHER_PAGES.items():
            where = {"link": path, "link_target": "_blank", "elem_id": path.strip("/")}
            gradio.Button(later(name), size="sm", scale=0, min_width=110, elem_classes="beside", **where)
        return gradio.Button(later(NEW_CONVERSATION), size="sm", scale=0, min_width=150, elem_id="anew")


def _languages() -> str:
    """The page in each language; the page's script keeps the rest of the address, and says which one it is in."""
    return " ".join(f'<a href="/?{PARAMETERS[0]}={code}" lang="{code}">{name}</a>' for code, name in LANGUAGES.items())


def _purpose(assistant: "Assistant") -> str:
    if assistant.model is None:
        return later(PURPOSE)
    return later(PURPOSE_WITH_MODEL, model=escape_markdown(assistant.model.name))


def _greet(gradio: Any, assistant: "Assistant", page: Any, holdings: Any) -> None:
    """As the page opens, say who is signed in, and what the answers rest on."""

    def tell(request: gradio.Request) -> str:
        with speaking(language_of(request.request)):
            return f"{_signed_in(request)}{holdings_of(assistant, scope_of(request.request))}"

    page.load(tell, outputs=holdings, **QUIET)


def _signed_in(request: Any) -> str:
    """Who is signed in, with the way out where there is one; nothing where nobody is."""
    identity = identity_of(request.request)
    if not identity.name:
        return ""
    way_out = f" · [{SIGN_OUT}](/sign-out)" if identity.way == "sign-in" else ""
    return f"{SIGNED_IN} **{escape_markdown(one_line(identity.name))}**{way_out}\n\n"


def _talk(gradio: Any, add_below_answers: Callable[[], None]) -> tuple[Any, Any, Sequence[Any], Any, Any, Any]:
    """The conversation, what one could go on with, the filters, and the field for the next question."""
    chat = gradio.Chatbot(
        elem_id="chat",
        label=later(CONVERSATION),
        show_label=False,
        container=False,
        height=None,
        buttons=[],
        feedback_options=("Like", "Dislike"),
        latex_delimiters=[],
        allow_tags=False,
        layout="bubble",
        placeholder=invitation(later, looking=True),
    )
    add_below_answers()
    with gradio.Row(elem_id="further", visible=False) as further:
        gradio.Markdown(later(GO_ON), latex_delimiters=[])
        offers = [gradio.Button(visible=False, size="sm", elem_classes="offer") for _ in range(FOLLOW_UPS)]
    filters = make_filters(gradio)
    question = gradio.Textbox(
        elem_id="question",
        placeholder=later(ASK),
        label=later(QUESTION),
        show_label=False,
        container=False,
        max_lines=6,
        max_length=LONGEST_QUESTION,
        submit_btn=True,
        autofocus=True,
    )
    # Filled by the script with the questions of a conversation whose server went away in the middle of an answer.
    again = gradio.Textbox(label=later(AGAIN), elem_id="again")
    return chat, further, offers, question, again, filters


def _offer_examples(gradio: Any, assistant: "Assistant", page: Any, chat: Any, examples: Sequence[str] | None) -> None:
    """As the page opens, the questions to begin with; looking for them takes seconds after a change of documents."""

    def offer(request: gradio.Request) -> Any:
        offered = assistant.suggestions.starters(scope_of(request.request)) if examples is None else examples
        with speaking(language_of(request.request)):
            return gradio.Chatbot(placeholder=invitation(), examples=[{"text": example} for example in offered])

    page.load(offer, outputs=chat, concurrency_limit=1, **QUIET)


def _evidence(gradio: Any) -> tuple[Any, Any, Any]:
    """The sources of the latest answer, and all of it as text to be copied."""
    sources = gradio.Markdown(nothing_yet(later), latex_delimiters=[], elem_id="sources")
    with gradio.Accordion(later(AS_TEXT), open=False, visible=False, elem_id="copy") as copying:
        text = gradio.Textbox(
            label=later(TO_COPY),
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
