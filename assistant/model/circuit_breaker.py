"""Lets a failing provider rest, so that nobody waits for what will not come."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class CircuitBreaker:
    """Spares a failing provider: after `failures` in a row it is asked nothing for `pause` seconds, then once."""

    failures: int = 3
    pause: float = 30.0
    clock: Callable[[], float] = time.monotonic
    _failed: int = 0
    _closed_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self) -> bool:
        """Whether the next request may be sent; in a pause, none, and one when it is over."""
        with self._lock:
            if self._failed < self.failures:
                return True
            if self.clock() < self._closed_until:
                return False
            self._closed_until = self.clock() + self.pause
            return True

    def note(self, *, success: bool) -> None:
        """Count the outcome of a request."""
        with self._lock:
            self._failed = 0 if success else self._failed + 1
            if self._failed == self.failures:
                self._closed_until = self.clock() + self.pause
