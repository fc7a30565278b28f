"""What can be told of an answer in the making: the step that begins, and drafts; then the answer as it grows.

Whoever runs the chain hands it a `Listener`; the chain runs in a thread of its own, so that what it tells is seen at
once. Once nobody listens any more, it ends at the next thing it has to tell.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.answer import Answer


class Stage(StrEnum):
    """What the chain is at."""

    SEARCHING = "searching"  # in so many passages
    READING = "reading"  # so many of them
    WRITING = "writing"  # with a language model, from so many sentences
    CHECKING = "checking"  # so many citations


@dataclass(frozen=True, slots=True)
class Step:
    """A step that begins, and how many things it is about."""

    stage: Stage
    count: int


class NobodyListens(Exception):
    """Raised within a chain whose answer nobody waits for; it ends there, and nobody sees this either."""


ProgressEvent = Step | Answer
Listener = Callable[[ProgressEvent], None]


def as_it_happens(invoke: Callable[[Listener], Answer]) -> Iterator[ProgressEvent]:
    """What `invoke` tells while it runs in a thread of its own, then its answer, growing, or its exception."""
    told: queue.SimpleQueue[ProgressEvent | None] = queue.SimpleQueue()
    abandoned = threading.Event()

    def tell(item: ProgressEvent) -> None:
        if abandoned.is_set():
            raise NobodyListens
        told.put(item)

    pool = ThreadPoolExecutor(1, thread_name_prefix="answer")
    running = pool.submit(copy_context().run, invoke, tell)
    running.add_done_callback(lambda _: told.put(None))
    pool.shutdown(wait=False)  # whoever stops listening does not wait for the model
    drafted = False
    try:
        while (item := told.get()) is not None:
            drafted = drafted or isinstance(item, Answer)
            yield item
    finally:
        abandoned.set()
    answer = running.result()
    yield from (answer,) if drafted else growing(answer)


def growing(answer: Answer) -> Iterator[Answer]:
    """The answer as it grows by one statement at a time; the last one is complete."""
    for count in range(1, len(answer.statements)):
        shown = answer.statements[:count]
        used = {number for statement in shown for number in statement.citations}
        cited = tuple(citation for citation in answer.citations if citation.number in used)
        yield replace(answer, statements=shown, citations=cited, closest=())
    yield answer
