"""The default model, multilingual-e5-small, on onnxruntime: every language alike, without importing torch.

The network runs with int8 weights and inputs (`int8`), three times as fast as in 32 bits and the same to a cosine of
0.999; or in 32 bits, where the setting says so. It runs each text alone, because what int8 makes of a text depends a
little on its neighbours in a batch. What tells only a text's language is taken out of the vectors (`neutral`). A
question runs on the thread that asks; passages run on all cores, by threads of lower priority than those that answer,
and the sentences of an answer never wait behind them.
"""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from corpus.encoder import network
from corpus.encoder.inference import cores, open_session
from corpus.encoder.model_files import DEFAULT_MODEL, Precision
from corpus.encoder.neutral import LanguageNeutral, digest, fitted
from corpus.encoder.protocol import LONGEST_INPUT, Vectors, unit_rows, with_titles
from corpus.encoder.released import ReleasedWeights
from corpus.encoder.tokenization import PieceCounter, shared_pieces

_LOWER_PRIORITY = 5
# What the model was trained to find before what is asked, and before what may answer.
_QUERY, _PASSAGE = "query: ", "passage: "
_UNRELATED = 0.7
_UNRELATED_WHEN_NEUTRAL = 0.1


class E5Encoder:
    """An `Encoder` of multilingual-e5-small. Safe to call from many threads.

    Raises `ModelMismatch` where its file is missing or not the release's.
    """

    def __init__(
        self,
        *,
        precision: Precision = "int8",
        threads: int | None = None,
        neutral: LanguageNeutral | Literal["fitted"] | None = "fitted",
    ) -> None:
        self._neutral = fitted() if neutral == "fitted" else neutral
        self._released = ReleasedWeights()
        self.dimension = self._released.shape.hidden
        self.precision: Precision = precision
        self._threads = threads or cores()
        self._opening = threading.RLock()
        self._answering = ThreadPoolExecutor(self._threads, thread_name_prefix="reading")
        self._indexing = ThreadPoolExecutor(self._threads, thread_name_prefix="indexing", initializer=_step_back)

    @property
    def fingerprint(self) -> str:
        """The model's name and precision, the digest of its weights and graph, and its dimension."""
        told = f":{digest()}" if self._neutral is not None else ""
        return f"{DEFAULT_MODEL}-{self.precision}:{network.digest(self.precision)}:{self.dimension}{told}"

    @property
    def unrelated(self) -> float:
        """See `Encoder`; this model was trained with so low a temperature that all its cosines are high."""
        return _UNRELATED if self._neutral is None else _UNRELATED_WHEN_NEUTRAL

    @property
    def counter(self) -> PieceCounter:
        """See `Encoder`."""
        return PieceCounter(self._opened_tokenizer())

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder`."""
        return self.counter(texts)

    def encode_passages(self, titles: Sequence[str], texts: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        inputs = [_PASSAGE + text for text in with_titles(titles, texts, self.count_tokens)]
        if not inputs:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = unit_rows(np.stack([states.mean(axis=0) for states in self._run(inputs, self._indexing)]))
        return vectors if self._neutral is None else self._neutral.passages(vectors)

    def encode_query(self, text: str) -> Vectors:
        """See `Encoder`."""
        vector = self.question_as_it_is(text)
        return vector if self._neutral is None else self._neutral.questions(vector[np.newaxis])[0]

    def question_as_it_is(self, text: str) -> Vectors:
        """A question's unit vector with its language in it, shape (dimension,): for what is fitted on that."""
        (states,) = self._run([_QUERY + text], self._answering)
        vector: Vectors = unit_rows(states.mean(axis=0, keepdims=True))[0]
        return vector

    def token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """See `Encoder`."""
        return [unit_rows(states[1:-1]) for states in self._run(list(texts), self._answering)]

    def _run(self, texts: list[str], workers: ThreadPoolExecutor) -> list[Vectors]:
        """The last layer's states of each text, special tokens too, shape (tokens, dimension)."""
        encoded = [_cut(item.ids) for item in self._opened_tokenizer().encode_batch_fast(texts)]
        with self._opening:  # two threads that open the same at once would do so twice
            session = self._session
        run = workers.map if len(texts) > 1 else map
        return list(run(lambda ids: self._states(session, ids), encoded))

    def _states(self, session: Any, ids: npt.NDArray[np.integer]) -> Vectors:
        inputs = {"words": self._released.words(ids)[np.newaxis], "lengths": np.asarray([len(ids)], dtype=np.int32)}
        states: Vectors = session.run(["token_vectors"], inputs)[0][0]
        return states

    def _opened_tokenizer(self) -> Any:
        with self._opening:
            return self._tokenizer

    @cached_property
    def _session(self) -> Any:
        given = network.weights(self._released, self.precision)
        return open_session(network.graph(self.precision), threads=1, given=given)

    @cached_property
    def _tokenizer(self) -> Any:
        return shared_pieces()


def _cut(ids: list[int]) -> npt.NDArray[np.integer]:
    """As many tokens as the model reads, the last of them the end's."""
    return np.asarray(ids if len(ids) <= LONGEST_INPUT else [*ids[: LONGEST_INPUT - 1], ids[-1]])


def _step_back() -> None:
    """Let threads that answer go first; Linux alone has priorities of single threads."""
    if hasattr(os, "setpriority") and os.uname().sysname == "Linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWER_PRIORITY)
