"""What can be done with answers beside reading them: judge them, take them along, and come back to them.

The three are modules of their own (`judging`, `exporting`, `history`); here they are put into the page and wired to its
events, so that `page` need not know more of them than this.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ui.chat.exporting import Exporting
from ui.chat.history import History
from ui.chat.judging import Judging
from ui.languages.words import PluralText, later

if TYPE_CHECKING:
    from ui.chat.events import PageParts
    from ui.keeping.user_data import UserData


RECORDED = PluralText(
    "Questions are recorded here, without who asks, to notice missing documents; deleted after {count} day.",
    "Questions are recorded here, without who asks, to notice missing documents; deleted after {count} days.",
)


class Extras:
    """The parts below the answers and below the sources; none of them where nothing is kept."""

    def __init__(self, gradio: Any, user_data: "UserData | None") -> None:
        self._gradio = gradio
        self._user_data = user_data
        self._judging: Judging | None = None
        self._exporting: Exporting | None = None
        self._history: History | None = None

    def add_below_answers(self) -> None:
        """Put in what belongs between the conversation and the next question."""
        if self._user_data is not None:
            self._judging = Judging(self._gradio, self._user_data)

    def add_below_sources(self) -> None:
        """Put in what belongs beside the conversation, after the sources."""
        if self._user_data is None:
            return
        self._exporting = Exporting(self._gradio, self._user_data)
        if self._user_data.conversation_store is not None:
            self._history = History(self._gradio, self._user_data, self._user_data.conversation_store)
        if self._user_data.records_questions:
            told = later(RECORDED, count=self._user_data.records.days)
            self._gradio.Markdown(told, latex_delimiters=[], elem_id="recorded")

    def connect(self, page: Any, parts: "PageParts", answered: Sequence[Any]) -> None:
        """Wire the events; `answered` are those after which an answer stands in the conversation."""
        if self._judging is not None:
            self._judging.connect(self._gradio, parts)
        if self._exporting is not None:
            self._exporting.connect(self._gradio, parts, answered)
        if self._history is not None and self._exporting is not None:
            self._history.connect(self._gradio, page, parts, answered, self._exporting.forms)
