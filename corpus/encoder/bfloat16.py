"""The default model in bfloat16 on OpenVINO, for passages in bulk on processors that multiply such numbers themselves.

Sums, normalisation and the mean over the tokens stay in 32 bits where it matters, so that the vectors are those of
the released model to a cosine of 0.9999, in half the time. The graph is built here from the released file's weights;
its architecture is BERT's (Devlin et al., 2019) with 6 layers, 12 heads and a hidden size of 384. This module is the
one owner of OpenVINO.
"""

import sys
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.encoder.protocol import Vectors

_WEIGHTS = "model.safetensors"
_LAYERS, _HEADS, _HIDDEN = 6, 12, 384
_EPSILON = 1e-12
# Added to what a token would attend to where there is only padding.
_NOT_THERE = np.float32(-1e9)


@cache
def pays_here() -> bool:
    """Whether this processor has instructions for bfloat16 (and OpenVINO, which has no build for some, is there)."""
    if find_spec("openvino") is None:
        return False
    return "BF16" in _openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class Bfloat16Model:
    """The network with its mean over the tokens; `folder` holds the released weights. Safe to call from many threads.

    OpenVINO runs it on `threads` threads of its own, which take the priority of the thread that opens it.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        settings = {
            "INFERENCE_PRECISION_HINT": "bf16",
            "NUM_STREAMS": str(threads),
            "INFERENCE_NUM_THREADS": threads,
            "ENABLE_CPU_PINNING": False,
        }
        self._compiled: Any = _openvino().Core().compile_model(_network(folder), "CPU", settings)

    def encode(self, batch: Sequence[Sequence[int]]) -> Vectors:
        """The means of the last layer's states, shape (texts, 384), of texts as numbers of word pieces."""
        longest = max(len(ids) for ids in batch)
        padded = np.zeros((len(batch), longest), dtype=np.int32)
        there = np.zeros((len(batch), longest), dtype=np.float32)
        for row, ids in enumerate(batch):
            padded[row, : len(ids)] = ids
            there[row, : len(ids)] = 1
        means: npt.NDArray[np.float32] = self._compiled.create_infer_request().infer([padded, there])[0]
        return means


def _openvino() -> Any:
    # Imported as it comes, OpenVINO loads its tools for converting models, and these report the import to their
    # makers over the network. It goes on without them.
    sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def _network(folder: Path) -> Any:
    from safetensors import safe_open

    openvino = _openvino()
    operators = openvino.opset13
    with safe_open(folder / _WEIGHTS, framework="numpy") as file:
        graph = _Graph(operators, {name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118 (a file)
    shape = openvino.PartialShape([-1, -1])
    ids = operators.parameter(shape, np.int32, name="input_ids")
    there = operators.parameter(shape, np.float32, name="there")
    states = graph.embedded(ids)
    missing = operators.multiply(operators.subtract(operators.constant(np.float32(1)), there), _NOT_THERE)
    bias = operators.unsqueeze(missing, graph.whole(1, 2))
    for number in range(_LAYERS):
        states = graph.layer(states, bias, f"encoder.layer.{number}")
    return openvino.Model([graph.mean(states, there)], [ids, there], "all-MiniLM-L6-v2")


class _Graph:
    """Parts of the network, named as their weights are in the file."""

    def __init__(self, operators: Any, weights: dict[str, npt.NDArray[np.float32]]) -> None:
        self._operators = operators
        self._weights = weights

    def whole(self, *values: int) -> Any:
        """Whole numbers: axes, shapes and places."""
        return self._operators.constant(np.array(values, dtype=np.int64))

    def weight(self, name: str) -> Any:
        """A weight of the file."""
        return self._operators.constant(self._weights[name])

    def embedded(self, ids: Any) -> Any:
        """The embeddings of words, places and the first segment, added and normalised."""
        length = self._operators.gather(self._operators.shape_of(ids), self.whole(1), self.whole(0))
        places = self.weight("embeddings.position_embeddings.weight")
        places = self._operators.slice(places, self.whole(0), length, self.whole(1), self.whole(0))
        words = self._operators.gather(self.weight("embeddings.word_embeddings.weight"), ids, self.whole(0))
        segment = self._operators.constant(self._weights["embeddings.token_type_embeddings.weight"][0])
        return self.normalised(self._operators.add(self._operators.add(words, places), segment), "embeddings")

    def layer(self, states: Any, bias: Any, name: str) -> Any:
        """Attention, then two dense layers, each added to what came in; `bias` is added to what is attended to."""
        parts = [self._heads(self.dense(states, f"{name}.attention.self.{part}")) for part in ("query", "key", "value")]
        attended = self._operators.scaled_dot_product_attention(*parts, bias)
        joined = self._operators.transpose(attended, self.whole(0, 2, 1, 3))
        joined = self._operators.reshape(joined, self.whole(0, 0, _HIDDEN), True)
        attention, output = f"{name}.attention.output", f"{name}.output"
        middle = self._operators.add(self.dense(joined, f"{attention}.dense"), states)
        middle = self.normalised(middle, attention)
        wide = self._operators.gelu(self.dense(middle, f"{name}.intermediate.dense"), "erf")
        return self.normalised(self._operators.add(self.dense(wide, f"{output}.dense"), middle), output)

    def dense(self, states: Any, name: str) -> Any:
        """States times a weight, which PyTorch stores transposed, and its bias."""
        product = self._operators.matmul(states, self.weight(f"{name}.weight"), False, True)
        return self._operators.add(product, self.weight(f"{name}.bias"))

    def normalised(self, states: Any, name: str) -> Any:
        """Layer normalisation."""
        centred = self._operators.mvn(states, self.whole(-1), True, _EPSILON, "INSIDE_SQRT")
        scaled = self._operators.multiply(centred, self.weight(f"{name}.LayerNorm.weight"))
        return self._operators.add(scaled, self.weight(f"{name}.LayerNorm.bias"))

    def mean(self, states: Any, there: Any) -> Any:
        """The mean of the states of the tokens that are there."""
        kept = self._operators.multiply(states, self._operators.unsqueeze(there, self.whole(2)))
        counted = self._operators.reduce_sum(there, self.whole(1), keep_dims=True)
        return self._operators.divide(self._operators.reduce_sum(kept, self.whole(1)), counted)

    def _heads(self, states: Any) -> Any:
        split = self._operators.reshape(states, self.whole(0, 0, _HEADS, _HIDDEN // _HEADS), True)
        return self._operators.transpose(split, self.whole(0, 2, 1, 3))
