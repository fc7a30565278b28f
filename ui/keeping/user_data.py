"""What is kept, put together: an answer cache, a feedback store, and the store of conversations that is set."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from assistant.answer import Answer
from assistant.scope.scope import Scope
from corpus.errors import StoreUnreachable
from ui.access.scoping import Served
from ui.keeping.answer_cache import CachingAssistant
from ui.keeping.conversation_stores import BrowserConversations, ConversationStore, ServerConversations
from ui.keeping.feedback_store import FeedbackStore
from ui.storage.database import Database, RecordsDamaged

if TYPE_CHECKING:
    from assistant.assembly import Assistant
    from assistant.settings import Settings

Place = Literal["browser", "server", "off"]
_log = logging.getLogger(__name__)


class UserData:
    """What routes and pages need to keep, judge, review and export answers.

    `conversation_store` is None where no conversation is kept; `on_judgement(liked=...)` is called for each judgement.
    """

    def __init__(
        self,
        assistant: "Assistant",
        *,
        conversations: Place = "browser",
        record_questions: bool = False,
        record_days: int = 90,
        folder: Path | None = None,
        server: str | None = None,
    ) -> None:
        self.database = Database(folder or assistant.store.folder, server)
        self.records = FeedbackStore(self.database, days=record_days)
        self.records_questions = record_questions
        stores: dict[Place, ConversationStore | None] = {
            "browser": BrowserConversations(),
            "server": ServerConversations(self.database),
        }
        self.conversation_store = stores.get(conversations)
        self.assistant = CachingAssistant(cast("Assistant", Served(assistant)), self._notice)
        self.on_judgement: Callable[..., None] = _ignored

    @property
    def keeps_on_server(self) -> bool:
        """Whether conversations are kept here, so that readers must be told apart."""
        return isinstance(self.conversation_store, ServerConversations)

    def judge(self, question: str, history: Sequence[str], scope: Scope, *, liked: bool, reason: str = "") -> str:
        """Store a judgement of what is answered to a question; returns an id that only who gave it knows."""
        answer = self.assistant.answer_again(question, history, scope=scope)
        stored = self.records.add_feedback(answer, self.assistant.store.generation, liked=liked, reason=reason)
        self.on_judgement(liked=liked)
        return stored

    def _notice(self, answer: Answer, milliseconds: float) -> None:
        if not self.records_questions:
            return
        try:
            self.records.note_question(answer, milliseconds)
        except (
            RecordsDamaged,
            StoreUnreachable,
        ) as error:  # a question that cannot be recorded is answered all the same
            _log.warning("A question was not recorded: %s", error)


def _ignored(*, liked: bool) -> None:
    """What is done with a judgement where nobody counts them."""


def open_user_data(settings: "Settings", assistant: "Assistant") -> UserData:
    """What the settings say, over an open assistant."""
    return UserData(
        assistant,
        conversations=settings.conversations,
        record_questions=settings.record_questions,
        record_days=settings.record_days,
        server=settings.catalog_server,
    )
