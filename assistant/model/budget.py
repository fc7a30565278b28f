"""How often the language model may be asked in a day, by one person and by all together.

Days are those of UTC. Counts are of this process and in memory: several processes have a budget each, and a restart
begins a new one. What is over budget is answered word for word, without the model.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_DAY = 86_400
# Counted one by one; the one who asked longest ago is forgotten first, and the budget of all still holds.
_MOST_PEOPLE = 20_000


class Budget:
    """Requests a day; None is without a limit. Safe to use from many threads."""

    def __init__(
        self, all_together: int | None = None, each: int | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._all_together = all_together
        self._each = each
        self._clock = clock
        self._day = 0
        self._taken = 0
        self._by_person: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, person: str) -> str:
        """Count a request in the name of `person`, "" for nobody's; or say what is used up, and count nothing."""
        with self._lock:
            self._begin_day()
            if self._all_together is not None and self._taken >= self._all_together:
                return "The language model has been asked as often as it may be in a day"
            taken = self._by_person.pop(person, 0)
            is_over = bool(person) and self._each is not None and taken >= self._each
            if person:
                self._by_person[person] = taken if is_over else taken + 1
                while len(self._by_person) > _MOST_PEOPLE:
                    self._by_person.popitem(last=False)
            if is_over:
                return "The language model has been asked for you as often as one person may ask in a day"
            self._taken += 1
            return ""

    def _begin_day(self) -> None:
        """A later day begins with nothing taken; a clock that is set back gives nothing back."""
        today = int(self._clock() // _DAY)
        if today > self._day:
            self._day, self._taken = today, 0
            self._by_person.clear()
