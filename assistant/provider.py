"""The language model, where one is configured: any LangChain chat model, asked within a deadline and never trusted.

What comes back is text; whether any of it may be shown is decided in `generative`. Whatever goes wrong on the way (no
connection, a refusal, silence, half an answer, an answer outside the protocol) becomes `ModelUnavailable`, on time.
The key and what is asked stand in no message, no `repr` and no log.
"""

import importlib.util
import json
import logging
import math
import queue
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.tally import Tally
from corpus.errors import AssistantError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

    Pieces = queue.SimpleQueue[AIMessage | Exception | None]

log = logging.getLogger(__name__)

Messages = Sequence[tuple[str, str]]
Prices = tuple[float, float]
# The package that LangChain needs for each provider that is an extra of ours.
PACKAGES = {
    "openai": "langchain-openai",
    "anthropic": "langchain-anthropic",
    "mistralai": "langchain-mistralai",
    "google_genai": "langchain-google-genai",
}
# Reasoning counts towards it, so it is far more than an answer of a few sentences needs.
_MOST_TOKENS = 4_000
# Whoever goes on after so many characters is not answering any more.
_MOST_CHARACTERS = 20_000
# Questions put at once; abandoned ones count until their connection has ended.
_AT_ONCE = 8
_ATTEMPTS = 3
_FIRST_PAUSE = 0.2
# The request was refused before any work on it began, so that asking again costs nothing and repeats nothing.
_REFUSED_UNREAD = frozenset((429, 502, 503, 529))
_FINISHED = frozenset(("stop", "end_turn", "stop_sequence", "tool_calls", "tool_use"))
_REASONS = ("finish_reason", "stop_reason", "done_reason")
_ENDINGS = tuple('.!?…]})"”’`')
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


class ModelSettingError(AssistantError):
    """The language model cannot be set up as configured."""


class ModelUnavailable(AssistantError):
    """The language model gave no answer that could be used; the message says why, in a word on what to look at."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one request took: tokens (None where the provider does not tell), seconds, cost in the unit of the price."""

    purpose: str
    tokens_in: int | None
    tokens_out: int | None
    seconds: float
    cost: float | None

    def __str__(self) -> str:
        told = [str(count) if count is not None else "?" for count in (self.tokens_in, self.tokens_out)]
        cost = f", cost {self.cost:.6f}" if self.cost is not None else ""
        return f"{self.purpose}: {told[0]} tokens in, {told[1]} out, {self.seconds:.2f} s{cost}"


@dataclass(slots=True)
class Allowance:
    """The time that one answer has of a language model, and what its requests took.

    `deadline` is in `time.monotonic` seconds.
    """

    deadline: float
    taken: list[Usage] = field(default_factory=list)

    def part(self, share: float) -> "Allowance":
        """A share of the time that is left, on the same account."""
        now = time.monotonic()
        return Allowance(now + share * (self.deadline - now), self.taken)

    def __str__(self) -> str:
        return "; ".join(map(str, self.taken))


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote, and what that took."""

    text: str
    usage: Usage


@dataclass
class Breaker:
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


class LanguageModel:
    """A chat model under a deadline. Asking is safe from many threads.

    `timeout` is in seconds and for one answer as a whole; `prices` are per million tokens, in and out.
    """

    def __init__(
        self,
        chat: "BaseChatModel",
        name: str,
        *,
        timeout: float = 20.0,
        prices: Prices | None = None,
        address: str = "",
    ) -> None:
        self.name = name
        self.timeout = timeout
        self.address = address
        self.breaker = Breaker()
        self.tally = Tally()
        self._chat = chat
        self._prices = prices
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}{f', at {self.address!r}' if self.address else ''})"

    @property
    def has_structured_output(self) -> bool:
        """Whether the provider is known to keep its answers to a JSON schema."""
        profile: Mapping[str, Any] = getattr(self._chat, "profile", None) or {}
        return bool(profile.get("structured_output"))

    def allowance(self) -> Allowance:
        """What an answer that begins now may take."""
        return Allowance(time.monotonic() + self.timeout)

    def ask(
        self,
        messages: Messages,
        *,
        purpose: str,
        allowance: Allowance,
        schema: Mapping[str, Any] | None = None,
        show: Callable[[str], None] | None = None,
    ) -> Reply:
        """What the model answers to `messages`, (role, text) each.

        `show` is given all that it wrote so far, again and again. A provider that can keeps its answer to the JSON
        `schema`, and then shows nothing before its end.

        Raises `ModelUnavailable`, at the deadline at the latest.
        """
        if not self.breaker.allows():
            raise ModelUnavailable(f"The language model {self.name} failed {self.breaker.failures} times and is rested")
        if not self._places.acquire(blocking=False):
            raise ModelUnavailable(f"The language model {self.name} is busy with {_AT_ONCE} other questions")
        started = time.monotonic()
        try:
            message = self._answered(messages, allowance.deadline, schema if self.has_structured_output else None, show)
        except ModelUnavailable as error:
            self.breaker.note(success=False)
            self.tally.failed(purpose, time.monotonic() - started)
            log.warning("%s (%s, after %.2f s)", error, purpose, time.monotonic() - started)
            raise
        self.breaker.note(success=True)
        usage = self._usage(message, purpose, time.monotonic() - started)
        allowance.taken.append(usage)
        self.tally.answered(purpose, (usage.tokens_in, usage.tokens_out), usage.seconds, usage.cost)
        log.debug("language model %s, %s", self.name, usage)
        return Reply(_text_of(message), usage)

    def _answered(
        self,
        messages: Messages,
        deadline: float,
        schema: Mapping[str, Any] | None,
        show: Callable[[str], None] | None,
    ) -> "AIMessage":
        """The whole message, put together from the pieces that a thread of its own receives.

        A server that sends a byte now and then never trips a read time-out, so the waiting is done here.
        """
        pieces: Pieces = queue.SimpleQueue()
        abandoned = threading.Event()
        arguments = (messages, schema, pieces, abandoned, deadline)
        threading.Thread(target=copy_context().run, args=(self._receive, *arguments), daemon=True).start()
        message: Any = None
        try:
            while True:
                try:
                    piece = pieces.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    raise self._too_late() from None
                if time.monotonic() > deadline:  # looking at drafts takes time too
                    raise self._too_late()
                if piece is None:
                    return self._finished(message)
                if isinstance(piece, Exception):
                    raise self._unavailable(piece) from None  # its text may hold the request, and the key
                message = piece if message is None else message + piece
                if len(_text_of(message)) > _MOST_CHARACTERS:
                    raise ModelUnavailable(f"The language model {self.name} did not come to an end")
                if show is not None:
                    show(_text_of(message))
        finally:
            abandoned.set()

    def _receive(
        self,
        messages: Messages,
        schema: Mapping[str, Any] | None,
        pieces: "Pieces",
        abandoned: threading.Event,
        deadline: float,
    ) -> None:
        """Put what the provider sends into `pieces`: chunks of a message or the error that came, and None at the end.

        The one place where providers' exceptions are caught; all others surface through `threading.excepthook`.
        """
        try:
            for attempt in range(_ATTEMPTS):
                received = False
                try:
                    for piece in self._pieces(messages, schema):
                        received = True
                        pieces.put(piece)
                        if abandoned.is_set():
                            break
                except _failures() as error:
                    jitter = random.uniform(0.5, 1.5) * _FIRST_PAUSE * 2**attempt  # noqa: S311 (no secret)
                    pause = max(jitter, _asked_to_wait(error))
                    in_time = time.monotonic() + pause < deadline and attempt + 1 < _ATTEMPTS
                    if received or not in_time or not _is_safe_to_repeat(error):
                        pieces.put(error)
                        break
                    abandoned.wait(pause)
                else:
                    break
        finally:
            self._places.release()
            pieces.put(None)

    def _pieces(self, messages: Messages, schema: Mapping[str, Any] | None) -> "Iterator[AIMessage]":
        if schema is None:
            yield from self._chat.stream(list(messages))
            return
        answered: Any = self._chat.with_structured_output(dict(schema), include_raw=True).invoke(list(messages))
        if isinstance(answered["parsed"], Mapping):  # some providers put it into a call of a tool, with no text at all
            yield answered["raw"].model_copy(update={"content": json.dumps(answered["parsed"])})
        else:
            yield answered["raw"]

    def _finished(self, message: "AIMessage | None") -> "AIMessage":
        """The message, if it is one and the model had ended it."""
        text = _text_of(message) if message is not None else ""
        if message is None or not text.strip():
            raise ModelUnavailable(f"The language model {self.name} answered nothing")
        told = next((message.response_metadata[key] for key in _REASONS if message.response_metadata.get(key)), None)
        ended = str(told).lower() in _FINISHED if told else text.rstrip().endswith(_ENDINGS)
        if not ended:
            raise ModelUnavailable(f"The language model {self.name} broke off in the middle of its answer")
        return message

    def _usage(self, message: "AIMessage", purpose: str, seconds: float) -> Usage:
        counted: Mapping[str, Any] = message.usage_metadata or {}
        tokens_in, tokens_out = counted.get("input_tokens"), counted.get("output_tokens")
        cost = None
        if self._prices and tokens_in is not None and tokens_out is not None:
            cost = (tokens_in * self._prices[0] + tokens_out * self._prices[1]) / 1_000_000
        return Usage(purpose, tokens_in, tokens_out, seconds, cost)

    def _too_late(self) -> ModelUnavailable:
        return ModelUnavailable(f"The language model {self.name} did not answer within {self.timeout:g} seconds")

    def _unavailable(self, error: Exception) -> ModelUnavailable:
        """The error as a sentence, told from its status and its class alone."""
        status = _status_of(error)
        if status in (401, 403):
            return ModelUnavailable(f"The language model {self.name} refused its key (HTTP {status})")
        if status == 404:
            return ModelUnavailable(f"The language model {self.name} is not known at its address (HTTP 404)")
        if status == 429:
            return ModelUnavailable(f"The language model {self.name} was asked too often (HTTP 429)")
        if status is not None:
            return ModelUnavailable(f"The language model {self.name} failed (HTTP {status})")
        if any("timeout" in type(cause).__name__.lower() for cause in _causes(error)):
            return self._too_late()
        if _never_connected(error):
            return ModelUnavailable(f"The language model {self.name} cannot be reached")
        return ModelUnavailable(f"The language model {self.name} gave no usable answer ({type(error).__name__})")


def connect(
    name: str, *, url: str | None = None, key: str = "", timeout: float = 20.0, prices: Prices | None = None
) -> LanguageModel:
    """The language model `provider:model`, by LangChain's `init_chat_model`; nothing is sent yet.

    With a `url`, only the `key` given here is ever sent there, never one that the environment holds for the provider
    itself. Raises `ModelSettingError` where the provider is unknown or its package is missing.
    """
    provider, _, model = name.partition(":")
    if not provider or not model:
        raise ModelSettingError(
            f"ASSISTANT_LLM is {name!r}; give it as provider:model, for example openai:gpt-4o-mini."
        )
    package = PACKAGES.get(provider)
    if package and importlib.util.find_spec(package.replace("-", "_")) is None:
        raise ModelSettingError(f"The language model {name} needs the package {package}; run: pip install {package}")
    # One provider takes whole seconds only; the deadline is kept here anyway.
    options: dict[str, Any] = {
        "timeout": math.ceil(timeout),
        "max_retries": 0,
        "max_tokens": _MOST_TOKENS,
        "temperature": 0,
    }
    if url:
        options |= {"base_url": _checked(url), "api_key": key or "none"}
    elif key:
        options["api_key"] = key
    if provider == "openai":
        options["stream_usage"] = True  # which LangChain leaves out at other addresses than OpenAI's own
    chat = _initialised(name, options)
    if (getattr(chat, "profile", None) or {}).get("temperature") is False:
        chat = _initialised(name, {key: value for key, value in options.items() if key != "temperature"})
    return LanguageModel(chat, name, timeout=timeout, prices=prices, address=_without_secrets(url) if url else "")


def _initialised(name: str, options: Mapping[str, Any]) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    provider, _, model = name.partition(":")
    try:
        chat: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:  # LangChain's own sentence, with the package to install
        raise ModelSettingError(f"The language model {name} lacks a package. {error}") from error
    except _failures() as error:
        raise ModelSettingError(
            f"The language model {name} cannot be set up ({type(error).__name__}); check ASSISTANT_LLM, "
            "ASSISTANT_LLM_URL and the provider's key."
        ) from None
    return chat


def _failures() -> tuple[type[Exception], ...]:
    """Every class of exception that a provider's failure can come as."""
    loaded = (getattr(sys.modules.get(module), name, None) for module, name in _LIBRARY_ERRORS)
    return (*_PLAIN_ERRORS, *(kind for kind in loaded if kind is not None))


def _is_safe_to_repeat(error: Exception) -> bool:
    return _status_of(error) in _REFUSED_UNREAD or _never_connected(error)


def _asked_to_wait(error: Exception) -> float:
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


def _text_of(message: "AIMessage") -> str:
    """The text of a message, without what a model thought aloud in blocks of another type."""
    content = message.content
    if isinstance(content, str):
        return content
    return "".join(
        part if isinstance(part, str) else str(part.get("text", "")) if part.get("type") == "text" else ""
        for part in content
    )


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        raise ModelSettingError("ASSISTANT_LLM_URL is no address; give one like http://127.0.0.1:8000/v1.")
    return url


def _without_secrets(url: str) -> str:
    """The address without a name, a password or a query in it."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
