"""How much one person, key or address may ask, and how much is answered at once.

Everything here is bounded: a bucket for each of so many callers, the longest unused forgotten first (it would be full
again anyway), and so many questions waiting for their turn.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, ip_address, ip_network

_MOST_CALLERS = 20_000
# Seconds; a client gives up at about a minute, and then gets no sentence at all.
_LONGEST_WAIT = 30.0


class RateLimiter:
    """A token bucket for each caller: so many a minute, and as many at once after a minute's rest."""

    def __init__(
        self, per_minute: float, *, most: int = _MOST_CALLERS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._full = float(per_minute)
        self._rate = per_minute / 60
        self._most = most
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, caller: str, cost: float = 1) -> int:
        """Take from a caller's bucket: 0, or the whole seconds to wait where there is not enough in it."""
        now = self._clock()
        level, then = self._levels.pop(caller, (self._full, now))
        level = min(self._full, level + (now - then) * self._rate)
        cost = min(cost, self._full)
        enough = level >= cost
        self._levels[caller] = (level - cost if enough else level, now)
        while len(self._levels) > self._most:
            self._levels.popitem(last=False)
        return 0 if enough else max(1, math.ceil((cost - level) / self._rate))


def neighbourhood(address: str) -> str:
    """The address, or for IPv6 its network of 64 bits, which one visitor has to himself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{found}/64", strict=False)) if isinstance(found, IPv6Address) else address


class QueueFull(Exception):
    """Too many questions are waiting already, or the queue does not move."""


class RequestQueue:
    """So many questions at once, so many more waiting, none for long; who comes on top is sent away at once."""

    def __init__(self, at_once: int, waiting: int, longest_wait: float = _LONGEST_WAIT) -> None:
        self._running = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._longest_wait = longest_wait
        self.taken = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and have it; raises `QueueFull` at once where it is full, and later where it is slow."""
        if self.taken >= self._most:
            raise QueueFull
        self.taken += 1
        try:
            await self._wait()
            try:
                yield
            finally:
                self._running.release()
        finally:
            self.taken -= 1

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._longest_wait):
                await self._running.acquire()
        except TimeoutError as error:
            raise QueueFull from error
