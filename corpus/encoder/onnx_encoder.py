"""The default model on onnxruntime: the vectors of sentence-transformers, sooner, and without importing torch.

`minilm/encoder.onnx` is the model's graph alone (written by `training/export_encoder.py`); its weights are read from
the very file that sentence-transformers reads, whose bytes are checked first. Texts are sorted by length and run in
batches of about as many tokens, so that little is padded. Where the processor has instructions for it, passages are
encoded in bfloat16 (`bfloat16`), to the same vectors in half the time. `minilm/encoder_int8.onnx` is the same with int8
weights (`quantization`): as fast and not quite the same. The sentences of an answer are always compared on it, and
passages and questions where the setting says so. It runs each text alone, because what it makes of a text depends a
little on its neighbours in a batch.

A question runs on the thread that asks; passages run on all cores, by threads of lower priority than those that
answer, and the sentences of an answer never wait behind them.
"""

import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.encoder.bfloat16 import Bfloat16Model, pays_here
from corpus.encoder.inference import TokenCounter, cores, open_session, open_tokenizer
from corpus.encoder.model_files import DEFAULT_MODEL, Precision, model_folder, verify_model
from corpus.encoder.protocol import Vectors, unit_rows, with_titles
from corpus.encoder.quantization import quantized

GRAPHS = Path(__file__).parent / "minilm"
DIMENSION = 384
LONGEST_INPUT = 256
# Larger batches do not fit the cores' caches, and smaller ones cost more calls (measured).
_TOKENS_AT_ONCE = 1024
# So many texts are worth more than one thread.
_FEW = 2
_LOWER_PRIORITY = 5


class OnnxEncoder:
    """An `Encoder` of all-MiniLM-L6-v2. Safe to call from many threads.

    Raises `ModelMismatch` where the model's files are missing or not upstream's.
    """

    def __init__(self, *, precision: Precision = "auto", threads: int | None = None) -> None:
        folder = model_folder(DEFAULT_MODEL)
        checksums = verify_model(folder, pinned=True)
        self._digest = hashlib.sha256("".join(checksums.values()).encode()).hexdigest()[:16]
        self.dimension = DIMENSION
        self._folder = folder
        self.precision = precision
        self.counter = TokenCounter(folder)
        self._cut: Any = open_tokenizer(folder, longest=LONGEST_INPUT)
        self._threads = threads or cores()
        self._opening = threading.Lock()
        self._answering = ThreadPoolExecutor(self._threads, thread_name_prefix="reading")
        self._indexing = ThreadPoolExecutor(self._threads, thread_name_prefix="indexing", initializer=_step_back)

    @property
    def fingerprint(self) -> str:
        """The model's name, the digest of its files, and its dimension: the reference's, unless weights are int8."""
        name = f"{DEFAULT_MODEL}-int8" if self.precision == "int8" else DEFAULT_MODEL
        return f"{name}:{self._digest}:{DIMENSION}"

    @property
    def unrelated(self) -> float:
        """See `Encoder`; of this model and most others about nothing."""
        return 0.0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder`."""
        return self.counter(texts)

    def encode_passages(self, titles: Sequence[str], texts: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        inputs = with_titles(titles, texts, self.count_tokens)
        if self.precision == "auto" and pays_here():
            return self._in_bfloat16(inputs)
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for number, tokens in self._run(inputs, self.precision, self._indexing):
            vectors[number] = tokens.mean(axis=0)
        return unit_rows(vectors)

    def encode_query(self, text: str) -> Vectors:
        """See `Encoder`."""
        ((_, tokens),) = self._run([text], self.precision, self._answering)
        vector: Vectors = unit_rows(tokens.mean(axis=0, keepdims=True))[0]
        return vector

    def token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """See `Encoder`; those of the int8 weights, whatever the precision of whole texts."""
        run = self._run(list(texts), "int8", self._answering)
        found: dict[int, Vectors] = {number: unit_rows(tokens[1:-1]) for number, tokens in run}
        return [found[number] for number in range(len(texts))]

    def _in_bfloat16(self, texts: list[str]) -> Vectors:
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        encoded = [item.ids for item in self._cut.encode_batch_fast(texts)]
        batches = list(_batches(encoded, _TOKENS_AT_ONCE))
        with self._opening:
            encode = self._bfloat16.encode
        means = self._indexing.map(encode, ([encoded[number] for number in batch] for batch in batches))
        for batch, found in zip(batches, means, strict=True):
            vectors[batch] = found
        return unit_rows(vectors)

    def _run(
        self, texts: list[str], precision: Precision, workers: ThreadPoolExecutor
    ) -> Iterator[tuple[int, Vectors]]:
        """(place, vectors of all tokens, special ones too, shape (tokens, dimension)) of each text, in any order."""
        encoded = [item.ids for item in self._cut.encode_batch_fast(texts)]
        batches = list(_batches(encoded, 1 if precision == "int8" else _TOKENS_AT_ONCE))
        inputs = ([encoded[number] for number in batch] for batch in batches)
        with self._opening:  # two threads that open the same at once would do so twice
            session = self._int8 if precision == "int8" else self._float32
        run = workers.map if len(texts) > _FEW else map
        for batch, states in zip(batches, run(lambda ids: _states(session, ids), inputs), strict=True):
            for row, number in enumerate(batch):
                yield number, states[row, : len(encoded[number])]

    @cached_property
    def _bfloat16(self) -> Bfloat16Model:
        # By a thread that has stepped back, whose priority those of the model will have.
        return self._indexing.submit(Bfloat16Model, self._folder, self._threads).result()

    @cached_property
    def _float32(self) -> Any:
        return open_session((GRAPHS / "encoder.onnx").read_bytes(), threads=1, weights=self._folder)

    @cached_property
    def _int8(self) -> Any:
        graph = (GRAPHS / "encoder_int8.onnx").read_bytes()
        return open_session(graph, threads=1, weights=self._folder, given=quantized(self._folder))


def _states(session: Any, batch: list[list[int]]) -> npt.NDArray[np.float32]:
    """The last layer's states, shape (texts, tokens of the longest, dimension); what is padded is meaningless."""
    lengths = np.asarray([len(ids) for ids in batch], dtype=np.int32)
    padded = np.zeros((len(batch), int(lengths.max())), dtype=np.int32)
    for row, ids in enumerate(batch):
        padded[row, : len(ids)] = ids
    inputs = {"input_ids": padded, "segments": np.zeros_like(padded), "lengths": lengths}
    states: npt.NDArray[np.float32] = session.run(["token_vectors"], inputs)[0]
    return states


def _batches(encoded: Sequence[Sequence[int]], tokens_at_once: int) -> Iterator[list[int]]:
    """The places of texts, longest first, in batches of about so many tokens, or one text that has more."""
    batch: list[int] = []
    for place in sorted(range(len(encoded)), key=lambda place: -len(encoded[place])):
        if batch and (len(batch) + 1) * len(encoded[batch[0]]) > tokens_at_once:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _step_back() -> None:
    """Let threads that answer go first; Linux alone has priorities of single threads."""
    if hasattr(os, "setpriority") and os.uname().sysname == "Linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWER_PRIORITY)
