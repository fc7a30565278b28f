"""What a server does before anybody asks: loads what the first answer needs, and looks for questions to begin with.

It runs beside the server, which answers meanwhile, only slower; `/health/ready` says so until it is over.
"""

import logging
import threading
from typing import TYPE_CHECKING

from assistant.scope.scope import scope_for
from corpus.errors import AssistantError

if TYPE_CHECKING:
    from assistant.assembly import Assistant

# It is searched and read for, so that all models and both indexes are loaded; what becomes of it is nobody's business.
_QUESTION = "What was agreed on health cooperation?"
_log = logging.getLogger(__name__)


class StillLoading(AssistantError):
    """The server is up, and has not loaded yet what it answers with."""


class Warming:
    """One thread that readies an open assistant. As a context: leaving it waits until the thread has ended."""

    def __init__(self, assistant: "Assistant") -> None:
        self._assistant = assistant
        self._answers = threading.Event()
        self._is_wanted = True
        self._thread = threading.Thread(target=self._warm, name="warming", daemon=True)

    def __enter__(self) -> "Warming":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_wanted = False
        self._thread.join()

    def require(self) -> None:
        """Raises `StillLoading` until the first answer would be as quick as the others."""
        if not self._answers.is_set():
            raise StillLoading("The assistant is still loading; ask again in a few seconds.")

    def _warm(self) -> None:
        everybody = scope_for(())
        try:
            self._assistant.chain.outcome(_QUESTION, scope=everybody)
            self._answers.set()
            if self._is_wanted:
                self._assistant.suggestions.starters(everybody)
        except AssistantError as error:  # whoever asks will be told the same
            _log.warning("Nothing could be loaded before the first question: %s", error)
        finally:
            self._answers.set()
