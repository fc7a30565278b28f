"""The weights of multilingual-e5-small by the names that its graphs want them given.

`e5/encoder_int8.onnx` and `e5/encoder_float32.onnx` hold no weights (`training/encoder_graph.py` writes them): what
stands in the released file is opened here, and handed to onnxruntime. The reader's network has the same graph with
layers of its own.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from corpus.encoder.int8 import Array, quantized, read_smoothing, reciprocals
from corpus.encoder.model_files import Precision
from corpus.encoder.released import SHA256, Floats, ReleasedWeights

GRAPHS = Path(__file__).parent / "e5"

# The dense layers of one layer: what is written in the released file, and what its inputs are called in the graph.
DENSE = {"q": "states", "k": "states", "v": "states", "ao": "attended", "fi": "middle", "fo": "active"}
# What goes into these layers has dimensions so large that in int8 they cost a quarter of all that int8 costs; in 32
# bits they take a twentieth more time.
EXACT = frozenset({"l0.fo.w", "l1.fo.w"})


def graph(precision: Precision) -> bytes:
    """The network's graph, without its weights."""
    return (GRAPHS / f"encoder_{precision}.onnx").read_bytes()


def digest(precision: Precision) -> str:
    """Names the weights and how they are run: what is encoded with another digest does not fit."""
    smoothing = (GRAPHS / "smoothing.npz").read_bytes() if precision == "int8" else b""
    return hashlib.sha256(SHA256.encode() + graph(precision) + smoothing).hexdigest()[:16]


def weights(released: ReleasedWeights, precision: Precision) -> dict[str, Array]:
    """Everything that the graph of that precision wants given, by name."""
    given: dict[str, Array] = dict(_vectors(released))
    smoothing = read_smoothing(GRAPHS / "smoothing.npz") if precision == "int8" else {}
    for layer in range(released.shape.layers):
        for part, read in DENSE.items():
            name = f"l{layer}.{part}.w"
            matrix = released.matrix(name, *_size(released, part))
            if precision == "int8" and name not in EXACT:
                given |= quantized(name, matrix, smoothing[f"l{layer}.{read}"])
            else:
                given[name] = np.ascontiguousarray(matrix.T)
    return given | dict(reciprocals(smoothing))


def _vectors(released: ReleasedWeights) -> Iterator[tuple[str, Floats]]:
    hidden, wide = released.shape.hidden, released.shape.intermediate
    # One segment alone is ever used, so that it can be added to the places once.
    places = released.vector("emb.pos", released.shape.places, hidden)
    yield "places", places + released.vector("emb.type", 1, hidden)
    for part in ("w", "b"):
        yield f"emb.ln.{part}", released.vector(f"emb.ln.{part}", hidden)
    for layer in range(released.shape.layers):
        projections = [released.vector(f"l{layer}.{part}.b", hidden) for part in ("q", "k", "v")]
        yield f"l{layer}.qkv.b", np.concatenate(projections)
        yield f"l{layer}.fi.b", released.vector(f"l{layer}.fi.b", wide)
        for name in ("ao.b", "fo.b", "aln.w", "aln.b", "oln.w", "oln.b"):
            yield f"l{layer}.{name}", released.vector(f"l{layer}.{name}", hidden)


def _size(released: ReleasedWeights, part: str) -> tuple[int, int]:
    hidden, wide = released.shape.hidden, released.shape.intermediate
    return {"fi": (wide, hidden), "fo": (hidden, wide)}.get(part, (hidden, hidden))
