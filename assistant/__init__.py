"""How we answer: a question and the corpus in, a verified answer out.

`open_assistant` is the way in for programs; see `assistant.assembly`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assembly import Assistant as Assistant
    from assistant.assembly import open_assistant as open_assistant

__all__ = ["Assistant", "open_assistant"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the assembly on first use, so that `import assistant` costs nothing."""
    if name in __all__:
        from assistant import assembly

        return getattr(assembly, name)
    raise AttributeError(f"module 'assistant' has no attribute {name!r}")
