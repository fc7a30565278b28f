"""Writes the graphs by which onnxruntime runs multilingual-e5-small, without its weights, and the smoothing factors.

    python -m training.encoder_graph --out corpus/encoder/e5

`layers_of` is also what the reader's network is made of (`training/reader/export.py`). Attention, the activation and
int8 products are onnxruntime's own operators; the architecture is BERT's (Devlin et al., 2019). What goes into the
graph are embeddings of words, shape (texts, tokens, 384), and the number of tokens of each text; what comes out are
the last layer's states. The factors are measured by running the graph in 32 bits over sentences of `training/domain/`.
"""

import argparse
import random
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper

from corpus.encoder.inference import open_session
from corpus.encoder.int8 import smoothing_factors
from corpus.encoder.network import DENSE, EXACT, weights
from corpus.encoder.protocol import LONGEST_INPUT
from corpus.encoder.released import Floats, ReleasedWeights
from corpus.encoder.tokenization import open_pieces
from training.clusters import read_clusters

FUSED = "com.microsoft"
_SENTENCES = 160
_TOGETHER = 5
_SEED = 20261201


class Graph:
    """The nodes so far, and what is to be given when the graph is opened."""

    def __init__(self, *, int8: bool, heads: int, epsilon: float) -> None:
        self.int8, self.heads, self.epsilon = int8, heads, epsilon
        self.nodes: list[NodeProto] = []
        self.given: list[TensorProto] = []
        self._smoothed: dict[str, str] = {}

    def give(self, name: str, *dims: int, kind: int = TensorProto.FLOAT) -> str:
        """A tensor that is handed over when the graph is opened."""
        tensor = TensorProto(name=name, data_type=kind, dims=dims, data_location=TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value="given when opened")
        self.given.append(tensor)
        return name

    def fixed(self, name: str, *values: int) -> str:
        """Whole numbers of the graph's own."""
        self.given.append(helper.make_tensor(name, TensorProto.INT64, [len(values)], values))
        return name

    def add(self, operator: str, inputs: list[str], output: str, *, domain: str = "", **attributes: object) -> str:
        """One operator."""
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def times(self, inputs: str, smoothing: str, name: str, rows: int, columns: int) -> str:
        """What comes in times a weight of `rows` outputs and `columns` inputs."""
        if not self.int8 or name in EXACT:
            return self.add("MatMul", [inputs, self.give(name, columns, rows)], f"{name}.out")
        quantized = [
            self.give(f"{name}.int8", columns, rows, kind=TensorProto.INT8),
            self.give(f"{name}.scale", rows),
            self.give(f"{name}.zero", rows, kind=TensorProto.INT8),
        ]
        smoothed = self._divided(inputs, smoothing, columns)
        return self.add("DynamicQuantizeMatMul", [smoothed, *quantized], f"{name}.out", domain=FUSED)

    def normalised(self, product: str, skipped: str, bias: str, norm: str, hidden: int) -> str:
        """A product with its bias and what was skipped, added and normalised; fused, it would take longer."""
        biased = self.add("Add", [product, self.give(bias, hidden)], f"{norm}.biased")
        added = self.add("Add", [biased, skipped], f"{norm}.added")
        return self.layer_norm(added, norm, hidden)

    def layer_norm(self, states: str, norm: str, hidden: int) -> str:
        """Layer normalisation."""
        inputs = [states, self.give(f"{norm}.w", hidden), self.give(f"{norm}.b", hidden)]
        return self.add("LayerNormalization", inputs, f"{norm}.out", axis=-1, epsilon=self.epsilon)

    def _divided(self, inputs: str, smoothing: str, columns: int) -> str:
        """What comes in with its large dimensions made smaller, once for all layers that read it."""
        if smoothing not in self._smoothed:
            factors = self.give(f"{smoothing}.smoothing", columns)
            self._smoothed[smoothing] = self.add("Mul", [inputs, factors], f"{smoothing}.smoothed")
        return self._smoothed[smoothing]


def layers_of(graph: Graph, hidden: int, wide: int, layers: int, places: int) -> str:
    """From the inputs `words` and `lengths` to the last layer's states, whose name is returned."""
    states = _embedded(graph, hidden, places)
    for number in range(layers):
        name = f"l{number}"
        projected = [graph.times(states, f"{name}.states", f"{name}.{part}.w", hidden, hidden) for part in "qkv"]
        inputs = [*projected, graph.give(f"{name}.qkv.b", 3 * hidden), "lengths"]
        attended = graph.add("MultiHeadAttention", inputs, f"{name}.attended.out", domain=FUSED, num_heads=graph.heads)
        product = graph.times(attended, f"{name}.attended", f"{name}.ao.w", hidden, hidden)
        middle = graph.normalised(product, states, f"{name}.ao.b", f"{name}.aln", hidden)
        product = graph.times(middle, f"{name}.middle", f"{name}.fi.w", wide, hidden)
        active = graph.add("BiasGelu", [product, graph.give(f"{name}.fi.b", wide)], f"{name}.active.out", domain=FUSED)
        product = graph.times(active, f"{name}.active", f"{name}.fo.w", hidden, wide)
        states = graph.normalised(product, middle, f"{name}.fo.b", f"{name}.oln", hidden)
    return states


def model_of(graph: Graph, outputs: Mapping[str, list[int | str]], hidden: int, name: str) -> ModelProto:
    """The graph as a model."""
    inputs = [
        helper.make_tensor_value_info("words", TensorProto.FLOAT, ["texts", "tokens", hidden]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, ["texts"]),
    ]
    told = [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape) for output, shape in outputs.items()]
    made = helper.make_graph(graph.nodes, name, inputs, told, graph.given)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(made, opset_imports=versions, ir_version=10)


def encoder_of(released: ReleasedWeights, *, int8: bool, also: list[str] | None = None) -> ModelProto:
    """The encoder's graph; `also` are further values to be told."""
    shape = released.shape
    graph = Graph(int8=int8, heads=shape.heads, epsilon=released.epsilon)
    states = layers_of(graph, shape.hidden, shape.intermediate, shape.layers, shape.places)
    graph.add("Identity", [states], "token_vectors")
    outputs: dict[str, list[int | str]] = {"token_vectors": ["texts", "tokens", shape.hidden]}
    outputs |= {name: ["texts", "tokens", "width"] for name in also or ()}
    return model_of(graph, outputs, shape.hidden, "multilingual-e5-small")


def measured_smoothing(released: ReleasedWeights) -> dict[str, Floats]:
    """The factors of every layer, from the largest inputs over invented sentences of eleven languages."""
    names = {
        f"l{n}.{DENSE[part]}" for n in range(released.shape.layers) for part in DENSE if f"l{n}.{part}.w" not in EXACT
    }
    read = {name: value_of(name) for name in sorted(names)}
    values = list(dict.fromkeys(read.values()))
    session = open_session(
        encoder_of(released, int8=False, also=values).SerializeToString(), threads=2, given=weights(released, "float32")
    )
    largest: dict[str, Floats] = {}
    tokenizer = open_pieces(released)
    for text in _sentences():
        ids = np.asarray(tokenizer.encode(text).ids)[np.newaxis, :LONGEST_INPUT]
        inputs = {"words": released.words(ids), "lengths": np.asarray([ids.shape[1]], np.int32)}
        for name, found in zip(values, session.run(values, inputs), strict=True):
            size = np.abs(found).reshape(-1, found.shape[-1]).max(axis=0)
            largest[name] = np.maximum(largest.get(name, np.zeros_like(size)), size)
    hidden, wide = released.shape.hidden, released.shape.intermediate
    sizes = {"fi": (wide, hidden), "fo": (hidden, wide)}
    factors = {}
    for name, value in read.items():
        layer, kind = name.split(".")
        parts = [part for part, reads in DENSE.items() if reads == kind]
        matrices = [released.matrix(f"{layer}.{part}.w", *sizes.get(part, (hidden, hidden))) for part in parts]
        factors[name] = smoothing_factors(largest[value], matrices)
    return factors


def value_of(name: str) -> str:
    """What the graph calls the inputs that `name` smooths."""
    layer, kind = int(name[1:].split(".")[0]), name.split(".")[1]
    if kind == "states":
        return f"l{layer - 1}.oln.out" if layer else "emb.ln.out"
    return f"l{layer}.aln.out" if kind == "middle" else f"l{layer}.{kind}.out"


def _sentences() -> list[str]:
    clusters = read_clusters()
    told = [s.text for c in clusters for d in c.documents.values() for s in d.sentences.values()]
    asked = [question.text for cluster in clusters for question in cluster.questions]
    generator = random.Random(_SEED)
    drawn = generator.sample(told, _SENTENCES)
    passages = [" ".join(drawn[start : start + _TOGETHER]) for start in range(0, len(drawn), _TOGETHER)]
    return [f"passage: {text}" for text in passages] + [
        f"query: {text}" for text in generator.sample(asked, _SENTENCES // 4)
    ]


def _embedded(graph: Graph, hidden: int, places: int) -> str:
    """The embeddings of words and places, added and normalised."""
    graph.add("Shape", ["words"], "shape")
    one, two, zero = graph.fixed("one", 1), graph.fixed("two", 2), graph.fixed("zero", 0)
    length = graph.add("Slice", ["shape", one, two], "length")
    there = graph.add("Slice", [graph.give("places", places, hidden), zero, length, zero], "places.there")
    return graph.layer_norm(graph.add("Add", ["words", there], "embedded"), "emb.ln", hidden)


def main() -> None:
    """Write both graphs and the factors, and print their sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("corpus/encoder/e5"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    released = ReleasedWeights()
    for name, int8 in (("encoder_float32.onnx", False), ("encoder_int8.onnx", True)):
        (out / name).write_bytes(encoder_of(released, int8=int8).SerializeToString())
    factors = {name: value.astype(np.float16) for name, value in measured_smoothing(released).items()}
    np.savez_compressed(out / "smoothing.npz", **factors)
    for path in sorted(out.iterdir()):
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
