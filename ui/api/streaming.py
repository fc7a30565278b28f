"""An answer as it is made, as server-sent events: `events_of` says what is told, the rest carries it.

The work is done in a thread. A comment goes out in silences, so that no proxy takes the connection for dead; whoever
hangs up is noticed by the thread at the next thing it has to tell, and the work ends there.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from anyio import to_thread
from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse

from assistant.progress import ProgressEvent, Step
from corpus.errors import AssistantError
from ui.wire.answer_queue import AnswerQueue
from ui.wire.problems import problem_of, unexpected

# Seconds without anything to tell, after which a comment is sent.
HEARTBEAT = 10.0
EVENT_STREAM = "text/event-stream"
STEP, DRAFT, ANSWER, PROBLEM = "step", "draft", "answer", "problem"
STILL_WORKING = format_sse_event(comment="still working")

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to tell; the last one of an answer is `answer` or `problem`."""

    kind: str
    data: Mapping[str, Any]

    def __bytes__(self) -> bytes:
        # In ASCII: some clients take U+2028 and its like, which documents hold, for the end of a line.
        return format_sse_event(event=self.kind, data_str=json.dumps(self.data))


async def events_of(told: AsyncIterator[ProgressEvent | None]) -> AsyncIterator[Event | None]:
    """Everything that is told of one answer in the making, in order; None for each silence."""
    last: Mapping[str, Any] = {}
    try:
        async for item in told:
            if item is None:
                yield None
            elif isinstance(item, Step):
                yield Event(STEP, {"stage": item.stage.value, "count": item.count})
            else:
                last = item.to_dict()
                yield Event(DRAFT, last)
        yield Event(ANSWER, last)
    except AssistantError as error:
        yield Event(PROBLEM, problem_of(error))
    except Exception:
        yield Event(PROBLEM, unexpected())
        raise


async def started(queue: AnswerQueue, make: Callable[[], Iterator[Made]]) -> AsyncIterator[Made | None]:
    """Take a turn and let a thread make things: they are yielded as they come, and None in each silence.

    Raises `Busy` before anything is yielded, and whatever the thread raised after all of it. The turn is given back
    when the thread has ended, read or not.
    """
    turn = await queue.take()
    told: asyncio.Queue[Made | _End] = asyncio.Queue()
    abandoned = threading.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        for item in make():
            if abandoned.is_set():
                return  # which drops the iterator, and so ends what is behind it
            loop.call_soon_threadsafe(told.put_nowait, item)

    async def at_work() -> None:
        try:
            await to_thread.run_sync(work)
        finally:
            queue.give_back(turn)
            told.put_nowait(_End())

    return _read(told, asyncio.create_task(at_work()), abandoned)


class _End:
    """Nothing more comes."""


async def _read(
    told: "asyncio.Queue[Made | _End]", working: "asyncio.Task[None]", abandoned: threading.Event
) -> AsyncIterator[Made | None]:
    try:
        while True:
            try:
                item = await asyncio.wait_for(told.get(), HEARTBEAT)
            except TimeoutError:
                yield None
                continue
            if isinstance(item, _End):
                break
            yield item
        await working
    finally:
        abandoned.set()


def event_schema(*kinds: str) -> dict[str, Any]:
    """The schema of each event of a stream, for its description."""
    data = {"type": "string", "contentMediaType": "application/json"}
    return {"type": "object", "properties": {"event": {"enum": list(kinds)}, "data": data}, "required": ["data"]}


def event_stream(parts: AsyncIterator[bytes]) -> StreamingResponse:
    """A response of server-sent events that no proxy keeps back."""
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(parts, media_type=EVENT_STREAM, headers=headers)


async def as_bytes(events: AsyncIterator[Event | None]) -> AsyncIterator[bytes]:
    """The events as they are sent."""
    async for event in events:
        yield bytes(event) if event is not None else STILL_WORKING


def wants_events(accept: str) -> bool:
    """Whether an `Accept` header asks for server-sent events by name."""
    for kind in accept.lower().split(","):
        name, _, parameters = kind.partition(";")
        if name.strip() == EVENT_STREAM:
            return parameters.replace(" ", "") not in ("q=0", "q=0.0")
    return False
