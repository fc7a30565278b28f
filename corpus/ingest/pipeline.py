"""Steps of a sync, one behind the other: while one is read, the one before is encoded and the one before that written.

Steps are written in the order in which they were given, one at a time, by one thread.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

# A step ends after this many passages: large enough for Chroma's write rate, small enough to lose little to a kill.
PASSAGES_PER_STEP = 256
# (what is done, how many of how many)
Progress = Callable[[str, int, int], None]
# More would only take memory: each stage works on one step at a time.
_UNDER_WAY = 2

_Step = TypeVar("_Step")
_Encoded = TypeVar("_Encoded")


class Pipeline(Generic[_Step, _Encoded]):
    """Encodes and writes steps behind the caller's back, in order. A context manager: leaving it ends its threads."""

    def __init__(self, encode: Callable[[_Step], _Encoded], write: Callable[[_Step, _Encoded], None]) -> None:
        self._encode = encode
        self._write = write
        self._encoding = ThreadPoolExecutor(1, thread_name_prefix="encoding")
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="writing")
        self._under_way: deque[Future[None]] = deque()

    def __enter__(self) -> "Pipeline[_Step, _Encoded]":
        return self

    def __exit__(self, *_: object) -> None:
        for stage in (self._encoding, self._writing):
            stage.shutdown(cancel_futures=True)

    def put(self, step: _Step) -> None:
        """Hand a step on, waiting while enough are under way; raises what an earlier step's encoding or writing did."""
        encoded = self._encoding.submit(self._encode, step)
        self._under_way.append(self._writing.submit(self._written, step, encoded))
        while len(self._under_way) > _UNDER_WAY:
            self._under_way.popleft().result()

    def finish(self) -> None:
        """Wait until all is written; raises what any step's encoding or writing did."""
        while self._under_way:
            self._under_way.popleft().result()

    def _written(self, step: _Step, encoded: "Future[_Encoded]") -> None:
        self._write(step, encoded.result())
