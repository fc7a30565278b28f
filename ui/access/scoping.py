"""For each request, the scope that it asks for, within what the person behind it may see."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import HTTPConnection

from assistant.scope.scope import Scope, scope_for
from ui.identity.identity import caller_of, identity_of

if TYPE_CHECKING:
    from assistant.assembly import Assistant

# What an `Assistant` does within a scope, which is always given by its name.
_WITHIN_A_SCOPE = frozenset(
    ("ask", "stream", "follow", "timeline", "parties", "filters", "period", "document", "search")
)


def scope_of(request: HTTPConnection, requested: Scope = Scope()) -> Scope:  # noqa: B008 (it is frozen)
    """What a request may read: what it asks for, within what the person behind it may see."""
    return replace(scope_for(identity_of(request).groups, requested), asker=caller_of(request))


def scope_of_tools(request: HTTPConnection) -> Scope:
    """What the tools at `/mcp` may read, whoever asks: what is for everybody."""
    return replace(scope_for(()), asker=caller_of(request))


class Served:
    """Everything that an `Assistant` is, as a server has it: where nobody says who asks, restricted sources are hidden.

    A route or a tool that forgets the scope then tells too little, never too much.
    """

    def __init__(self, assistant: "Assistant") -> None:
        self._assistant = assistant

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._assistant, name)
        return partial(found, scope=scope_for(())) if name in _WITHIN_A_SCOPE else found
