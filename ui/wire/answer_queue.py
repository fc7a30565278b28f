"""How many questions are answered at once, and how many wait for it: whatever way they come in by.

An answer takes a core for a fraction of a second, or a language model for seconds; more at once are not sooner done.
Whoever finds the line full is told at once, and when to come again.
"""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, WouldBlock, fail_after, to_thread

from corpus.errors import AssistantError

AT_ONCE = 4
WAITING = 60
# Seconds; a client gives up at about a minute.
LONGEST_WAIT = 30.0
COME_AGAIN = 2

Made = TypeVar("Made")


class Busy(AssistantError):
    """As many questions as can be are being answered, and as many as may be wait."""


class AnswerQueue:
    """The line before the answers. A turn taken must be given back."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING, longest_wait: float = LONGEST_WAIT) -> None:
        self._places = CapacityLimiter(at_once)
        self._most_waiting = waiting
        self._longest_wait = longest_wait

    async def take(self) -> object:
        """A turn, to be given back; raises `Busy` where the line is full or does not move."""
        busy = Busy(f"Too many questions are being answered; ask again in {COME_AGAIN} seconds.")
        turn = object()
        try:
            self._places.acquire_on_behalf_of_nowait(turn)
        except WouldBlock:
            if self._places.statistics().tasks_waiting >= self._most_waiting:
                raise busy from None
        else:
            return turn
        try:
            with fail_after(self._longest_wait):
                await self._places.acquire_on_behalf_of(turn)
        except TimeoutError:
            raise busy from None
        return turn

    def give_back(self, turn: object) -> None:
        """Let the next one in."""
        self._places.release_on_behalf_of(turn)

    async def run(self, work: Callable[[], Made]) -> Made:
        """What `work` returns, called in a thread when its turn has come."""
        turn = await self.take()
        try:
            return await to_thread.run_sync(work)
        finally:
            self.give_back(turn)
