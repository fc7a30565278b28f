"""Thumbs up or down below each answer, and room for a reason.

A judgement is stored when it is given, and the reason is put to it when it is sent; the same thumb once more takes it
back. The page holds the judgement's id, which nobody else knows.
"""

from typing import TYPE_CHECKING, Any

from assistant.scope.scope import Scope
from corpus.errors import AssistantError
from ui import LONGEST_HISTORY
from ui.chat import AT_ONCE
from ui.chat.conversation import Message, questions_of
from ui.chat.events import PageParts
from ui.chat.filters import chosen_scope
from ui.keeping.feedback_store import LONGEST_REASON
from ui.languages.words import Text, later
from ui.outward import outward
from ui.rendering import failure_as_line, one_line

if TYPE_CHECKING:
    from ui.keeping.user_data import UserData

WHY_NOT = Text("What is wrong or missing? (optional)")
WHY = Text("What was of use? (optional)")
SEND = Text("Send")
NOTED = Text("Noted, with the question and the documents cited; not who you are.")
THANKS = Text("Thank you. Whoever looks after the documents will read it.")
TAKEN_BACK = Text("Your judgement is deleted.")


class Judging:
    """The row that appears once an answer is judged."""

    def __init__(self, gradio: Any, user_data: "UserData") -> None:
        self._user_data = user_data
        self._given = gradio.JSON(visible=False)
        with gradio.Column(visible=False, elem_id="judging") as self._row:
            self._told = gradio.Markdown(later(NOTED), latex_delimiters=[], elem_id="judged")
            with gradio.Row(elem_id="reasoning") as self._asking:
                self._reason = gradio.Textbox(label=later(WHY_NOT), max_lines=3, max_length=LONGEST_REASON, scale=4)
                self._send = gradio.Button(later(SEND), size="sm", scale=0, min_width=90)

    def connect(self, gradio: Any, parts: PageParts) -> None:
        """Wire the thumbs and the reason; the row goes with the next question.

        With its answer would be too late: whoever judged that at once had the row taken away again.
        """
        outputs = [self._row, self._told, self._asking, self._reason, self._given]

        def judge(
            request: gradio.Request, event: gradio.LikeData, messages: list[Message], given: object, *chosen: Any
        ) -> tuple[Any, ...]:
            scope = chosen_scope(request.request, chosen)
            told, identifier = self._judge(messages, given, event.index, event.liked, scope)
            reason = gradio.Textbox(value="", label=str(WHY if event.liked is True else WHY_NOT))
            return (
                *(gradio.Column(visible=True), gradio.Markdown(value=told), gradio.Row(visible=bool(identifier))),
                *(reason, {"id": identifier}),
            )

        def send(reason: str, given: object) -> tuple[Any, ...]:
            told = self._give_reason(reason, given)
            return gradio.skip(), gradio.Markdown(value=told), gradio.Row(visible=False), "", gradio.skip()

        def put_away() -> tuple[Any, ...]:
            return gradio.Column(visible=False), str(NOTED), gradio.Row(visible=False), "", None

        parts.chat.like(judge, [parts.chat, self._given, *parts.filters.fields], outputs, **AT_ONCE)
        for event in (self._send.click, self._reason.submit):
            event(send, [self._reason, self._given], outputs, **AT_ONCE)
        offered = [button.click for button in parts.offers]
        for event in (parts.question.submit, parts.chat.example_select, parts.anew.click, *offered):
            event(put_away, None, outputs, **AT_ONCE)

    def _judge(
        self, messages: list[Message], given: object, index: object, liked: object, scope: Scope
    ) -> tuple[str, str]:
        """What to say of the judgement, and its id; empty where none is stored."""
        asked = questions_of(messages[: index if isinstance(index, int) else 0])
        if not isinstance(liked, bool):
            self._user_data.records.take_back(_identifier(given))
            return str(TAKEN_BACK), ""
        if not asked:
            return "", ""
        try:
            return str(NOTED), self._user_data.judge(asked[-1], asked[:-1][-LONGEST_HISTORY:], scope, liked=liked)
        except AssistantError as error:
            return failure_as_line(outward(error)), ""

    def _give_reason(self, reason: str, given: object) -> str:
        try:
            if one_line(reason):
                self._user_data.records.give_reason(_identifier(given), reason)
        except AssistantError as error:
            return failure_as_line(outward(error))
        return str(THANKS)


def _identifier(given: object) -> str:
    identifier = given.get("id") if isinstance(given, dict) else None
    return identifier if isinstance(identifier, str) else ""
