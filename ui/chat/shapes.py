"""Which requests the page's functions take: for each, the kinds of its arguments, as the page was built.

A request that fits is made anew from the fields that Gradio needs and this server checked; everything else that a
request could say, Gradio's own switches among it, is left behind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ui.chat.incoming import KINDS, NOT_THE_PAGES, Unfit, event, refuse_marks

_JOIN, _RUN, _CANCEL, _RESET = "queue/join", "run/predict", "cancel", "reset"
# A digest, as `own_sessions` makes it, is shorter; so is each id that Gradio makes.
_LONGEST_WORD = 128


@dataclass(frozen=True)
class Function:
    """One function of the page: its arguments' kinds, and whether it is told what happened."""

    kinds: tuple[str, ...]
    takes_event: bool = False


@dataclass(frozen=True)
class Shapes:
    """All functions of the page by number, its components' numbers, and whose an event under way is."""

    functions: Mapping[int, Function] = field(default_factory=dict)
    # Numbers of what the page cancels by, which are no functions of ours but may be named.
    cancelling: frozenset[int] = frozenset()
    components: frozenset[int] = frozenset()
    is_event_of: Callable[[str, str], bool] = lambda _session, _event: False

    def fitted(self, what: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """The request to `what`, a path below Gradio's own, made anew; raises `Unfit` where it is not the page's."""
        if what in (_JOIN, _RUN):
            return self._call(told)
        if what == _CANCEL:
            return self._cancel(told)
        if what == _RESET:
            refuse_marks(told)
            return {"event_id": _word(told.get("event_id"))}
        raise Unfit(NOT_THE_PAGES)

    def _call(self, told: Mapping[str, Any]) -> dict[str, Any]:
        function = self.functions.get(_number(told.get("fn_index")))
        data = told.get("data")
        refuse_marks({name: value for name, value in told.items() if name != "data"})
        if function is None or not isinstance(data, list) or len(data) != len(function.kinds):
            refuse_marks(data)
            raise Unfit(NOT_THE_PAGES)
        happened = event(told.get("event_data"))
        if function.takes_event and happened is None:
            raise Unfit(NOT_THE_PAGES)
        return {
            "data": [_built(kind, value) for kind, value in zip(function.kinds, data, strict=True)],
            "event_data": happened,
            "fn_index": told["fn_index"],
            "trigger_id": self._component(told.get("trigger_id")),
            "session_hash": _word(told.get("session_hash")),
        }

    def _cancel(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be stopped; the event of somebody else's session is left out."""
        refuse_marks(told)
        number, session, named = _number(told.get("fn_index")), told.get("session_hash"), told.get("event_id")
        if number not in self.functions and number not in self.cancelling:
            raise Unfit(NOT_THE_PAGES)
        session, named = _word(session), _word(named)
        return {
            "session_hash": session,
            "fn_index": number,
            "event_id": named if self.is_event_of(session, named) else "",
        }

    def _component(self, value: object) -> int | None:
        if value is None:
            return None
        number = _number(value)
        if number not in self.components:
            raise Unfit(NOT_THE_PAGES)
        return number


def _built(kind: str, value: object) -> Any:
    make = KINDS.get(kind)
    if make is None:
        raise Unfit(NOT_THE_PAGES)
    return make(value)


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _word(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_WORD:
        raise Unfit(NOT_THE_PAGES)
    return value
