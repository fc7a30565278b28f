"""The buttons that bring an answer, or the whole conversation, as a Word or Markdown file.

They are plain forms, because a form can be sent without a script and without the questions standing in an address. It
sends questions only: what is written into the file is answered on the server.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ui import LONGEST_HISTORY
from ui.chat import AT_ONCE
from ui.chat.conversation import Message, questions_of
from ui.chat.events import PageParts
from ui.chat.filters import chosen_scope
from ui.languages.speaking import PARAMETERS, current
from ui.languages.words import Text
from ui.wire.filters import query_of

if TYPE_CHECKING:
    from ui.keeping.user_data import UserData

ONE, ALL = Text("This answer as a file"), Text("The conversation as a file")
FORMATS = (("docx", "Word"), ("markdown", "Markdown"))


class Exporting:
    """The forms, shown while an answer stands in the conversation."""

    def __init__(self, gradio: Any, user_data: "UserData") -> None:
        self._user_data = user_data
        self.forms = gradio.Markdown(
            # The sanitizer would take the buttons' names for those who do not see them; all here is our own, escaped.
            "",
            visible=False,
            sanitize_html=False,
            latex_delimiters=[],
            elem_id="export",
        )

    def connect(self, gradio: Any, parts: PageParts, answered: Sequence[Any]) -> None:
        """Renew the forms after each answer."""
        user_data = self._user_data

        def renew(request: gradio.Request, messages: list[Message], *chosen: Any) -> Any:
            *history, question = questions_of(messages) or [""]
            scope = chosen_scope(request.request, chosen)
            known = (
                bool(question)
                and user_data.assistant.recall(question, history[-LONGEST_HISTORY:], scope=scope) is not None
            )
            forms = forms_for([*history, question], query_of(scope)) if known else ""
            return gradio.Markdown(value=forms, visible=known)

        for event in answered:
            event.then(renew, [parts.chat, *parts.filters.fields], self.forms, **AT_ONCE)
        parts.anew.click(lambda: gradio.Markdown(value="", visible=False), None, self.forms, **AT_ONCE)


def forms_for(questions: Sequence[str], filters: str = "") -> str:
    """The forms as HTML on one line, which Markdown passes on: one for the last answer, one for all of them.

    `filters` say, as in an address, which documents the answers were read from.
    """
    scopes = [("answer", ONE), *([("conversation", ALL)] if len(questions) > 1 else [])]
    return "".join(_form(questions, scope, label, filters) for scope, label in scopes)


def _form(questions: Sequence[str], scope: str, label: Text, filters: str) -> str:
    *history, question = questions[-LONGEST_HISTORY - 1 :]
    fields = [("scope", scope), ("question", question), *(("history", earlier) for earlier in history)]
    fields += [("filters", filters)] if filters else []
    hidden = "".join(f'<input type="hidden" name="{name}" value="{_attribute(value)}">' for name, value in fields)
    buttons = "".join(
        f'<button type="submit" name="format" value="{value}" aria-label="{label}: {name}">{name}</button>'
        for value, name in FORMATS
    )
    # The file is in the page's language, also where no cookie is kept.
    action = f"/export?{PARAMETERS[0]}={current()}"
    return f'<form action="{action}" method="post" target="_blank"><span>{label}</span> {buttons}{hidden}</form>'


def _attribute(value: str) -> str:
    """The value for an attribute, with nothing left that Markdown could take for its own."""
    return "".join(
        character if character.isalnum() or character == " " else f"&#{ord(character)};" for character in value
    )
