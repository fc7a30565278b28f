"""What happens on the page: ask (typed or by example), stop, edit, start anew. What is said is in `conversation`.

Other modules that have to know when an answer is complete follow the events that `connect` returns.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ui.access.audit import note_answer
from ui.chat import AT_ONCE, QUIET
from ui.chat.conversation import (
    Message,
    converse,
    further_questions,
    is_waiting,
    resumed,
    stopped,
    with_question,
    without_buttons,
)
from ui.chat.filters import FilterParts, chosen_scope, connect_filters
from ui.chat.sources import nothing_yet
from ui.languages.speaking import language_of, spoken
from ui.rendering import one_line

if TYPE_CHECKING:
    from assistant.assembly import Assistant


class PageParts(NamedTuple):
    """The components that events read or change."""

    chat: Any
    further: Any
    offers: Sequence[Any]
    question: Any
    again: Any
    filters: FilterParts
    sources: Any
    copying: Any
    text: Any
    anew: Any


def connect(gradio: Any, assistant: "Assistant", page: Any, parts: PageParts) -> Sequence[Any]:
    """Wire the events; returned are those, one for each way of asking, that end when an answer is complete."""
    results = [parts.chat, parts.sources, parts.copying, parts.text]

    def answer(request: gradio.Request, messages: list[Message], *chosen: Any) -> Iterator[tuple[Any, ...]]:
        yield (gradio.skip(),) * len(results)  # a generator that yields nothing would empty them
        note, scope = partial(note_answer, request.request, way="page"), chosen_scope(request.request, chosen)
        # Gradio's queue runs apart from the request.
        told = spoken(language_of(request.request), converse(assistant, messages, note, scope))
        for shown, panel, plain in told:
            yield shown, panel, gradio.Accordion(visible=bool(plain)), plain

    def ready(messages: list[Message]) -> Any:
        return gradio.skip() if is_waiting(messages) else gradio.Textbox(submit_btn=True, stop_btn=False)

    def clear() -> tuple[Any, ...]:
        return [], nothing_yet(), gradio.Accordion(visible=False), "", ready([]), gradio.Row(visible=False)

    asked = _asked(gradio, parts)
    # A stopped answer may be at work for a while yet; by default the next one would not be begun meanwhile, nor ever.
    begun = {"trigger_mode": "multiple", **QUIET}
    running = [event.then(answer, [parts.chat, *parts.filters.fields], results, **begun) for event in asked]
    for event in running:
        event.then(ready, parts.chat, parts.question, **AT_ONCE)
    offering = _offer(gradio, assistant, parts, running)
    _let_edit(gradio, parts)
    stop = parts.question.stop(stopped, parts.chat, parts.chat, cancels=running, **AT_ONCE)
    stop.then(ready, parts.chat, parts.question, **AT_ONCE)
    emptied = [*results, parts.question, parts.further]
    cleared = parts.anew.click(clear, None, emptied, cancels=[*running, *offering], **AT_ONCE)
    connect_filters(gradio, assistant, page, parts.filters, (parts.chat, parts.question), (*asked, cleared))
    return running


def _asked(gradio: Any, parts: PageParts) -> Sequence[Any]:
    """The ways of asking: each puts a question into the conversation, which is then answered."""
    changed = [parts.question, parts.chat, parts.further]

    def ask(typed: str, messages: list[Message]) -> tuple[Any, ...]:
        if is_waiting(messages) or not one_line(typed):
            return (gradio.skip(),) * len(changed)  # what was typed stays in the field
        field = gradio.Textbox(value="", submit_btn=False, stop_btn=True)
        return field, with_question(messages, typed), gradio.Row(visible=False)

    def ask_example(messages: list[Message], event: gradio.SelectData) -> tuple[Any, ...]:
        told = event.value  # from the browser, whatever was chosen there
        return ask(str(told.get("text", "")) if isinstance(told, dict) else "", messages)

    def ask_again(kept: str) -> tuple[Any, ...]:
        field = gradio.Textbox(submit_btn=False, stop_btn=True)
        return field, resumed(kept), gradio.Row(visible=False)

    return (
        parts.question.submit(ask, [parts.question, parts.chat], changed, **AT_ONCE),
        parts.chat.example_select(ask_example, parts.chat, changed, **AT_ONCE),
        parts.again.submit(ask_again, parts.again, changed, **AT_ONCE),
        *(button.click(ask, [button, parts.chat], changed, **AT_ONCE) for button in parts.offers),
    )


def _offer(gradio: Any, assistant: "Assistant", parts: PageParts, running: Sequence[Any]) -> Sequence[Any]:
    """What one could go on with, looked for once an answer is complete and nobody waits for it: one at a time.

    Meanwhile the next question may have been put; what was found is shown only below the answer it was looked for.
    """
    found = gradio.State()
    offered = [parts.further, *parts.offers]

    def look(request: gradio.Request, messages: list[Message], *chosen: Any) -> tuple[int, tuple[str, ...]]:
        return len(messages), further_questions(assistant, messages, chosen_scope(request.request, chosen))

    def show(messages: list[Message], looked_for: tuple[int, Sequence[str]] | None) -> Any:
        place, texts = looked_for or (0, ())
        if len(messages) != place:
            return [gradio.skip()] * len(offered)
        buttons = [gradio.Button(text, visible=True) for text in texts]
        missing = [gradio.Button(visible=False)] * (len(parts.offers) - len(buttons))
        return [gradio.Row(visible=bool(texts)), *buttons, *missing]

    one_at_a_time = {"concurrency_limit": 1, "concurrency_id": "offer", "trigger_mode": "multiple", **QUIET}
    looking = [event.success(look, [parts.chat, *parts.filters.fields], found, **one_at_a_time) for event in running]
    for event in looking:
        event.success(show, [parts.chat, found], offered, **AT_ONCE)
    return looking


def _let_edit(gradio: Any, parts: PageParts) -> None:
    """The button that brings the question as it was understood into the field."""

    def edit(messages: list[Message], event: gradio.SelectData) -> tuple[Any, Any]:
        return gradio.Textbox(value=str(event.value), autofocus=False), without_buttons(messages)

    editing = parts.chat.option_select(edit, parts.chat, [parts.question, parts.chat], **AT_ONCE)
    # The field takes the focus when this is switched on, once the button that had it is gone.
    editing.then(lambda: gradio.Textbox(autofocus=True), None, parts.question, **AT_ONCE)
