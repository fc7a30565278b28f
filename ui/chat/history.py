"""Earlier conversations on the page: listed, opened again, renamed, deleted.

Where they lie is the store's matter. Slots that the browser holds come along only when a conversation is opened or
renamed and when the page is loaded, and are written one at a time.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from assistant.scope.scope import Scope, visible_document
from ui import LONGEST_HISTORY
from ui.access.scoping import scope_of
from ui.chat import AT_ONCE
from ui.chat.conversation import Message, questions_of, with_question
from ui.chat.events import PageParts
from ui.chat.exporting import forms_for
from ui.chat.filters import chosen_scope
from ui.chat.sources import cited_by, panel
from ui.identity.reader import reader_of
from ui.keeping.conversation_stores import ConversationStore, Writes
from ui.keeping.conversations import (
    LONGEST_TITLE,
    Conversation,
    Listed,
    checked,
    continued,
    list_as_data,
    list_from_data,
    title_from,
    with_listed,
    without_listed,
)
from ui.languages.words import Text, later
from ui.rendering import answer_as_markdown, answer_as_text, escape_markdown, readable_date
from ui.storage.database import moment

if TYPE_CHECKING:
    from ui.keeping.user_data import UserData

HEADING = Text("Earlier conversations")
IN_BROWSER = Text("The newest 30 are kept in this browser, on this device, and nowhere else.")
ON_SERVER = Text("They are kept on the server, for this browser alone, until you delete them.")
NONE_YET = Text("None yet.", "conversations")
OPEN, RENAME, DELETE = Text("Open", "a conversation"), Text("Rename"), Text("Delete")
NEW_TITLE, SAVE, CANCEL = Text("New title"), Text("Save"), Text("Cancel")
DELETE_QUESTION = Text("Delete “{title}”? It cannot be brought back.")
DELETE_IT, KEEP_IT = Text("Delete it"), Text("Keep it")
# By these names, and with a secret that every visitor is told, the browser keeps its slots; what matters is that both
# stay the same, or a new version of the assistant finds nothing.
_SLOT_NAME, _SLOT_SECRET = "assistant-conversation-{number}", "not-a-secret"


class History:
    """The list of kept conversations and what can be done with each."""

    def __init__(self, gradio: Any, user_data: "UserData", conversation_store: ConversationStore) -> None:
        self._gradio = gradio
        self._user_data = user_data
        self._conversation_store = conversation_store
        self._slots = [
            gradio.BrowserState(storage_key=_SLOT_NAME.format(number=number), secret=_SLOT_SECRET)
            for number in range(conversation_store.slots)
        ]
        self._list, self._current = gradio.JSON([], visible=False), gradio.JSON(visible=False)
        with gradio.Accordion(later(HEADING), open=False, elem_id="history"):
            gradio.Markdown(
                later(IN_BROWSER if conversation_store.slots else ON_SERVER),
                latex_delimiters=[],
                elem_id="history-place",
            )
            self._chosen = gradio.Radio([], label=later(HEADING), show_label=False, container=False, info=None)
            self._none = gradio.Markdown(later(NONE_YET), latex_delimiters=[])
            with gradio.Row(visible=False, elem_id="history-acts") as self._acts:
                self._open, self._rename, self._delete = (
                    gradio.Button(later(label), size="sm", min_width=70) for label in (OPEN, RENAME, DELETE)
                )
            self._add_rows()

    def _add_rows(self) -> None:
        gradio = self._gradio
        with gradio.Row(visible=False, elem_id="history-renaming") as self._renaming:
            self._title = gradio.Textbox(label=later(NEW_TITLE), max_lines=1, max_length=LONGEST_TITLE, scale=3)
            self._save, self._as_before = (
                gradio.Button(later(label), size="sm", scale=0, min_width=80) for label in (SAVE, CANCEL)
            )
        with gradio.Column(visible=False, elem_id="history-deleting") as self._deleting:
            self._asked = gradio.Markdown(latex_delimiters=[])
            with gradio.Row():
                self._confirm, self._keep = (
                    gradio.Button(later(label), size="sm", min_width=80) for label in (DELETE_IT, KEEP_IT)
                )

    def connect(self, gradio: Any, page: Any, parts: PageParts, answered: Sequence[Any], forms: Any) -> None:
        """Wire the events; `forms` are those of the export, renewed when a conversation is opened."""
        listing = [self._list, self._chosen, self._none, self._acts]
        shown = [parts.chat, parts.sources, parts.copying, parts.text, parts.question, forms, self._current]

        def load(request: gradio.Request, *held: object) -> tuple[Any, ...]:
            return self._listing(self._conversation_store.listed(reader_of(request.request), held))

        def keep(
            request: gradio.Request, messages: list[Message], current: object, listed: object, *chosen: Any
        ) -> tuple[Any, ...]:
            scope, reader = chosen_scope(request.request, chosen), reader_of(request.request)
            return self._keep_last(messages, current, list_from_data(listed), reader, scope)

        def reopen(request: gradio.Request, key: str | None, *held: object) -> tuple[Any, ...]:
            found = self._conversation_store.get(reader_of(request.request), held, key or "")
            return self._shown(found, scope_of(request.request)) if found else (gradio.skip(),) * len(shown)

        page.load(load, self._slots, listing, **AT_ONCE)
        for event in answered:
            inputs = [parts.chat, self._current, self._list, *parts.filters.fields]
            event.then(keep, inputs, [self._current, *listing, *self._slots], **AT_ONCE)
        parts.anew.click(lambda: None, None, self._current, **AT_ONCE)
        self._open.click(reopen, [self._chosen, *self._slots], shown, cancels=answered, **AT_ONCE)
        self._connect_renaming(gradio, listing)
        self._connect_deleting(gradio, listing)

    def _connect_renaming(self, gradio: Any, listing: list[Any]) -> None:

        def ask(key: str | None, listed: object) -> tuple[Any, Any]:
            title = _title_of(list_from_data(listed), key)
            return gradio.Row(visible=bool(title)), title

        def rename(
            request: gradio.Request, key: str | None, title: str, listed: object, current: object, *held: object
        ) -> tuple[Any, ...]:
            told = self._renamed(reader_of(request.request), key or "", title, list_from_data(listed), current, held)
            return gradio.Row(visible=False), *told

        self._rename.click(ask, [self._chosen, self._list], [self._renaming, self._title], **AT_ONCE)
        self._as_before.click(lambda: gradio.Row(visible=False), None, self._renaming, **AT_ONCE)
        inputs = [self._chosen, self._title, self._list, self._current, *self._slots]
        outputs = [self._renaming, self._current, *listing, *self._slots]
        for event in (self._save.click, self._title.submit):
            event(rename, inputs, outputs, **AT_ONCE)

    def _connect_deleting(self, gradio: Any, listing: list[Any]) -> None:

        def ask(key: str | None, listed: object) -> tuple[Any, Any]:
            title = _title_of(list_from_data(listed), key)
            return gradio.Column(visible=bool(title)), escape_markdown(DELETE_QUESTION(title=title))

        def delete(request: gradio.Request, key: str | None, listed: object, current: object) -> tuple[Any, ...]:
            writes = self._conversation_store.remove(reader_of(request.request), key or "")
            open_now = None if _key_of(current) == key else gradio.skip()
            left = without_listed(list_from_data(listed), key or "")
            return gradio.Column(visible=False), open_now, *self._listing(left), *self._written(writes)

        self._delete.click(ask, [self._chosen, self._list], [self._deleting, self._asked], **AT_ONCE)
        self._keep.click(lambda: gradio.Column(visible=False), None, self._deleting, **AT_ONCE)
        outputs = [self._deleting, self._current, *listing, *self._slots]
        self._confirm.click(delete, [self._chosen, self._list, self._current], outputs, **AT_ONCE)

    def _keep_last(
        self, messages: list[Message], current: object, listed: list[Listed], user: str, scope: Scope
    ) -> tuple[Any, ...]:
        """Keep the answer that was just given, where it was given: not one that was stopped or failed."""
        *history, question = questions_of(messages) or [""]
        answer = self._user_data.assistant.recall(question, history[-LONGEST_HISTORY:], scope=scope)
        if answer is None:
            return self._nothing_changed()
        before = self._conversation_store.take_back(user, current) if history else None
        return self._put(user, continued(before, answer, moment()), listed)

    def _renamed(
        self, user: str, key: str, title: str, listed: list[Listed], current: object, held: Sequence[object]
    ) -> tuple[Any, ...]:
        found, wanted = self._conversation_store.get(user, held, key), title_from(title)
        if found is None or not wanted:
            return self._nothing_changed()
        told = self._put(user, replace(found, title=wanted), listed)
        return told if _key_of(current) == key else (self._gradio.skip(), *told[1:])

    def _put(self, user: str, conversation: Conversation, listed: list[Listed]) -> tuple[Any, ...]:
        """Keep a conversation: the one at hand, the list, and what is written to the slots."""
        kept, writes = self._conversation_store.put(user, conversation, listed)
        if not kept.key:  # a browser that takes no cookie
            return self._nothing_changed()
        lines = self._listing(with_listed(listed, kept), kept.key)
        return self._conversation_store.hand_out(kept), *lines, *self._written(writes)

    def _nothing_changed(self) -> tuple[Any, ...]:
        return (self._gradio.skip(),) * (5 + len(self._slots))

    def _written(self, writes: Writes) -> list[Any]:
        return [writes.get(number, self._gradio.skip()) for number in range(len(self._slots))]

    def _listing(self, listed: Sequence[Listed], chosen: str | None = None) -> tuple[Any, ...]:
        gradio = self._gradio
        choices = [(f"{item.title} · {readable_date(item.updated[:10])}", item.key) for item in listed]
        return (
            *(list_as_data(listed), gradio.Radio(choices=choices, value=chosen)),
            *(gradio.Markdown(visible=not listed), gradio.Row(visible=bool(listed))),
        )

    def _shown(self, conversation: Conversation, scope: Scope) -> tuple[Any, ...]:
        """A kept conversation on the page again, with only those citations that still hold."""
        gradio, store = self._gradio, self._user_data.assistant.store
        find = partial(visible_document, store, scope=scope)
        answers = [checked(answer, find) for answer in conversation.answers]
        messages: list[Message] = []
        for number, answer in enumerate(answers, start=1):
            reply = {"role": "assistant", "content": answer_as_markdown(answer, number)}
            messages = [*with_question(messages, answer.question), reply]
        if not answers:
            return (gradio.skip(),) * 7
        forms = forms_for([answer.question for answer in answers])
        sources = panel([cited_by(answer, number) for number, answer in enumerate(answers, start=1)], store)
        text = answer_as_text(answers[-1], width=None)
        return (
            *(messages, sources, gradio.Accordion(visible=True), text),
            *(gradio.Textbox(submit_btn=True, stop_btn=False), gradio.Markdown(value=forms, visible=True)),
            self._conversation_store.hand_out(conversation),
        )


def _title_of(listed: Sequence[Listed], key: str | None) -> str:
    return next((item.title for item in listed if item.key == key), "")


def _key_of(current: object) -> object:
    return current.get("key") if isinstance(current, dict) else None
