"""The language model, where one is configured: any LangChain chat model, asked within a deadline and never trusted.

What comes back is text; whether any of it may be shown is decided in `assistant.compose.generative`. Whatever goes
wrong on the way (no connection, a refusal, silence, half an answer, an answer outside the protocol) becomes
`ModelUnavailable`, on time. The key and what is asked stand in no message, no `repr` and no log.
"""

import json
import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from assistant.model.budget import Budget
from assistant.model.circuit_breaker import CircuitBreaker
from assistant.model.provider_failures import (
    ModelUnavailable,
    asked_to_wait,
    failure_in_words,
    failures,
    is_safe_to_repeat,
)
from assistant.model.time_budget import ModelReply, TimeBudget
from assistant.model.usage import Prices, Usage, UsageTotals

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

    Pieces = queue.SimpleQueue[AIMessage | Exception | None]

log = logging.getLogger(__name__)

Messages = Sequence[tuple[str, str]]
# Whoever goes on after so many characters is not answering any more.
_MOST_CHARACTERS = 20_000
# Of evidence: where the window is not known, the least, and the most, for attention thins and tokens cost. Half the
# window is kept free for the marks of the lines and for thinking.
_EVIDENCE_CHARACTERS, _LEAST_EVIDENCE, _MOST_EVIDENCE = 20_000, 4_000, 40_000
_TOKENS_KEPT, _CHARACTERS_A_TOKEN = 5_000, 3
# Questions put at once; abandoned ones count until their connection has ended.
_AT_ONCE = 8
_ATTEMPTS = 3
_FIRST_PAUSE = 0.2
_FINISHED = frozenset(("stop", "end_turn", "stop_sequence", "tool_calls", "tool_use"))
_REASONS = ("finish_reason", "stop_reason", "done_reason")
_ENDINGS = tuple('.!?…]})"”’`')


class LanguageModel:
    """A chat model under a deadline. Asking is safe from many threads.

    `timeout` is in seconds and for one answer as a whole; `prices` are per million tokens, in and out. Without a
    `budget`, it may be asked as often as anybody likes in a day.
    """

    def __init__(
        self,
        chat: "BaseChatModel",
        name: str,
        *,
        timeout: float = 20.0,
        prices: Prices | None = None,
        address: str = "",
        budget: Budget | None = None,
    ) -> None:
        self.name = name
        self.timeout = timeout
        self.address = address
        self.breaker = CircuitBreaker()
        self.budget = budget or Budget()
        self.usage_totals = UsageTotals()
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

    @property
    def evidence_characters(self) -> int:
        """How much evidence fits into a question, by the window that the provider's package knows of the model."""
        profile: Mapping[str, Any] = getattr(self._chat, "profile", None) or {}
        window = profile.get("max_input_tokens")
        if not isinstance(window, int):
            return _EVIDENCE_CHARACTERS
        return max(_LEAST_EVIDENCE, min(_MOST_EVIDENCE, (window - _TOKENS_KEPT) * _CHARACTERS_A_TOKEN // 2))

    def time_budget(self, asker: str = "") -> TimeBudget:
        """What an answer that begins now may take, for whoever asks."""
        return TimeBudget(time.monotonic() + self.timeout, asker=asker)

    def ask(
        self,
        messages: Messages,
        *,
        purpose: str,
        time_budget: TimeBudget,
        schema: Mapping[str, Any] | None = None,
        show: Callable[[str], None] | None = None,
    ) -> ModelReply:
        """What the model answers to `messages`, (role, text) each.

        `show` is given all that it wrote so far, again and again. A provider that can keeps its answer to the JSON
        `schema`.

        Raises `ModelUnavailable`, at the deadline at the latest.
        """
        if not self.breaker.allows():
            raise ModelUnavailable(f"The language model {self.name} failed {self.breaker.failures} times and is rested")
        if not self._places.acquire(blocking=False):
            raise ModelUnavailable(f"The language model {self.name} is busy with {_AT_ONCE} other questions")
        if used_up := self.budget.take(time_budget.asker):
            self._places.release()
            raise ModelUnavailable(used_up)
        started = time.monotonic()
        try:
            message = self._answered(
                messages, time_budget.deadline, schema if self.has_structured_output else None, show
            )
        except ModelUnavailable as error:
            self.breaker.note(success=False)
            self.usage_totals.failed(purpose, time.monotonic() - started)
            log.warning("%s (%s, after %.2f s)", error, purpose, time.monotonic() - started)
            raise
        self.breaker.note(success=True)
        usage = self._usage(message, purpose, time.monotonic() - started)
        time_budget.taken.append(usage)
        self.usage_totals.answered(purpose, (usage.tokens_in, usage.tokens_out), usage.seconds, usage.cost)
        log.debug("language model %s, %s", self.name, usage)
        return ModelReply(_text_of(message), usage)

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
                except failures() as error:
                    jitter = random.uniform(0.5, 1.5) * _FIRST_PAUSE * 2**attempt  # noqa: S311 (no secret)
                    pause = max(jitter, asked_to_wait(error))
                    in_time = time.monotonic() + pause < deadline and attempt + 1 < _ATTEMPTS
                    if received or not in_time or not is_safe_to_repeat(error):
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
        from langchain_core.runnables import RunnableSequence

        # The whole sequence hands its message on only at its end; its first part streams what the bound model sends.
        structured: Any = self._chat.with_structured_output(dict(schema), include_raw=True)
        bound = structured.first if isinstance(structured, RunnableSequence) else structured
        for piece in bound.stream(list(messages)):
            yield _with_arguments_as_text(piece["raw"])

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
        sentence = failure_in_words(error, self.name)
        return self._too_late() if sentence is None else ModelUnavailable(sentence)


def _with_arguments_as_text(raw: "AIMessage") -> "AIMessage":
    """A piece of an answer that some providers put into a call of a tool, without text: its arguments as text."""
    calls: Any = getattr(raw, "tool_call_chunks", None)
    if calls:
        return raw.model_copy(update={"content": "".join(call["args"] or "" for call in calls), "tool_call_chunks": []})
    if raw.tool_calls and not _text_of(raw):
        return raw.model_copy(update={"content": json.dumps(raw.tool_calls[0]["args"])})
    return raw


def _text_of(message: "AIMessage") -> str:
    """The text of a message, without what a model thought aloud in blocks of another type."""
    content = message.content
    if isinstance(content, str):
        return content
    return "".join(
        part if isinstance(part, str) else str(part.get("text", "")) if part.get("type") == "text" else ""
        for part in content
    )
