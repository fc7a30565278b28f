"""Again and again beside the requests: one step, in a thread of its own, for as long as somebody wants it.

The thread outlives every failure: nobody else could begin it again, and whoever relies on its work would go on with
what it last did. What the step does, and whether its failing matters to a request, is for others to say.
"""

import logging
import threading
from collections.abc import Callable

from corpus.errors import AssistantError

# Soon enough that what is back is used again, seldom enough that what is ill is left in peace.
LONGEST_WAIT_SECONDS = 8.0
_MOST_DOUBLINGS = 10
_log = logging.getLogger(__name__)


class Repeating:
    """A step made every `seconds`; after failures the wait doubles. As a context: leaving it ends the thread.

    Whoever leaves does not wait for the next step, only for one that is being made. `failing` opens the line in the
    log: what does not happen while the step fails.
    """

    def __init__(self, step: Callable[[], None], *, name: str, seconds: float, failing: str) -> None:
        self._step = step
        self._seconds = seconds
        self._failing = failing
        self._failures = 0
        self._told: set[object] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        # What the latest step failed with; None where it was made.
        self.failure: Exception | None = None

    def __enter__(self) -> "Repeating":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(wait_after(self._failures, self._seconds)):
            try:
                self._step()
            except Exception as error:  # noqa: BLE001  the last place that can answer; the traceback goes to the log
                self._failed(error)
            else:
                self._made()

    def _made(self) -> None:
        if self._failures:
            _log.info("%s: over, after %d failures", self._failing, self._failures)
        self._failures, self.failure = 0, None
        self._told.clear()

    def _failed(self, error: Exception) -> None:
        """Tell each failure once until a step is made again: the expected in their sentence, others in full."""
        is_expected = isinstance(error, AssistantError)
        self._failures, self.failure = self._failures + 1, error
        kind: object = str(error) if is_expected else type(error)
        if kind not in self._told:
            self._told.add(kind)
            _log.warning("%s: %s", self._failing, error, exc_info=None if is_expected else error)


def wait_after(failures: int, seconds: float) -> float:
    """The seconds to the next step after so many failures in a row."""
    return max(seconds, min(seconds * 2.0 ** min(failures, _MOST_DOUBLINGS), LONGEST_WAIT_SECONDS))
