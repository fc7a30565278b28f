"""The page people work in: the conversation (`conversation`) and the Gradio blocks that show it (`page`)."""

from typing import Any

# What an event costs on the page: no progress bar over a component, no place in Gradio's public interface.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
AT_ONCE: dict[str, Any] = {"queue": False, **QUIET}
