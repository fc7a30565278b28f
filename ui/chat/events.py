"""What happens on the page: ask (typed or by example), stop, edit, start anew. What is said is in `conversation`.

Other modules that have to know when an answer is complete follow the events that `connect` returns.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ui.chat.conversation import Message, converse, is_waiting, stopped, with_question, without_buttons
from ui.rendering import NO_ANSWER_YET, one_line

if TYPE_CHECKING:
    from assistant.assembly import Assistant

# What an event costs on the page: no progress bar over a component, no place in Gradio's public interface.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
AT_ONCE: dict[str, Any] = {"queue": False, **QUIET}


class Parts(NamedTuple):
    """The components that events read or change."""

    chat: Any
    question: Any
    sources: Any
    copying: Any
    text: Any
    anew: Any


def connect(gradio: Any, assistant: "Assistant", parts: Parts) -> Sequence[Any]:
    """Wire the events; returned are those, one for each way of asking, that end when an answer is complete."""
    results = [parts.chat, parts.sources, parts.copying, parts.text]

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
        parts.question.submit(ask, [parts.question, parts.chat], [parts.question, parts.chat], **AT_ONCE),
        parts.chat.example_select(ask_example, parts.chat, [parts.question, parts.chat], **AT_ONCE),
    )
    running = [event.then(answer, parts.chat, results, **QUIET) for event in asked]
    for event in running:
        event.then(ready, parts.chat, parts.question, **AT_ONCE)
    editing = parts.chat.option_select(edit, parts.chat, [parts.question, parts.chat], **AT_ONCE)
    # The field takes the focus when this is switched on, once the button that had it is gone.
    editing.then(lambda: gradio.Textbox(autofocus=True), None, parts.question, **AT_ONCE)
    stop = parts.question.stop(stopped, parts.chat, parts.chat, cancels=running, **AT_ONCE)
    stop.then(ready, parts.chat, parts.question, **AT_ONCE)
    parts.anew.click(clear, None, [*results, parts.question], cancels=running, **AT_ONCE)
    return running
