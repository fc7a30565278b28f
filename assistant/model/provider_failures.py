"""What can go wrong with a provider: the exceptions of its library, and what is told of each.

Told from a status and a class alone, because the text of an exception may hold the request, and the key.
"""

import sys
from collections.abc import Iterator

from corpus.errors import AssistantError

# The request was refused before any work on it began, so that asking again costs nothing and repeats nothing.
_REFUSED_UNREAD = frozenset((429, 502, 503, 529))
# Base classes of what providers' libraries raise; a library that is not loaded has raised nothing.
_LIBRARY_ERRORS = (
    *((client, name) for client in ("httpx", "httpx2") for name in ("HTTPError", "StreamError", "InvalidURL")),
    ("openai", "OpenAIError"),
    ("anthropic", "AnthropicError"),
    ("google.genai.errors", "APIError"),
    ("langchain_google_genai._common", "GoogleGenerativeAIError"),
    ("langchain_core.exceptions", "LangChainException"),
)
# Connection errors and time-outs, and what these libraries raise of an answer that is not of their protocol.
_PLAIN_ERRORS = (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError)


class ModelUnavailable(AssistantError):
    """The language model gave no answer that could be used; the message says why, in a word on what to look at."""


def failures() -> tuple[type[Exception], ...]:
    """Every class of exception that a provider's failure can come as."""
    loaded = (getattr(sys.modules.get(module), name, None) for module, name in _LIBRARY_ERRORS)
    return (*_PLAIN_ERRORS, *(kind for kind in loaded if kind is not None))


def is_safe_to_repeat(error: Exception) -> bool:
    """Whether asking again repeats nothing: no work was begun."""
    return _status_of(error) in _REFUSED_UNREAD or _never_connected(error)


def asked_to_wait(error: Exception) -> float:
    """The seconds that a refusal asks to be given."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    told = str(headers.get("retry-after", ""))
    return float(told) if told.isdecimal() else 0.0


def _never_connected(error: Exception) -> bool:
    return any(
        isinstance(cause, ConnectionRefusedError) or type(cause).__name__ == "ConnectError" for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _status_of(error: Exception) -> int | None:
    """The HTTP status that a library's exception tells of, under the names that they give it."""
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "code"):
            status = getattr(holder, name, None)
            if isinstance(status, int):
                return status
    return None


def failure_in_words(error: Exception, name: str) -> str | None:
    """The failure of the language model `name` in a sentence; None where it came too late."""
    status = _status_of(error)
    if status in (401, 403):
        return f"The language model {name} refused its key (HTTP {status})"
    if status == 404:
        return f"The language model {name} is not known at its address (HTTP 404)"
    if status == 429:
        return f"The language model {name} was asked too often (HTTP 429)"
    if status is not None:
        return f"The language model {name} failed (HTTP {status})"
    if any("timeout" in type(cause).__name__.lower() for cause in _causes(error)):
        return None
    if _never_connected(error):
        return f"The language model {name} cannot be reached"
    return f"The language model {name} gave no usable answer ({type(error).__name__})"
