"""Writes the graphs of all-MiniLM-L6-v2 by which onnxruntime runs it, without its weights.

    python training/export_encoder.py --out corpus/encoder/minilm

`encoder.onnx` takes its weights from `model.safetensors` by place and length, so that they lie on the disk once and are
the bytes that `corpus/encoder/model_files.py` checks. In `encoder_int8.onnx` those of the dense layers are to be given
when it is opened (`corpus/encoder/quantization.py`), and what goes into a layer is quantised as it runs. Attention and
the activation are onnxruntime's own fused operators. The architecture is BERT's (Devlin et al., 2019) with 6
layers, 12 heads and a hidden size of 384.
"""

import argparse
import json
import struct
import sys
from pathlib import Path

from onnx import ModelProto, NodeProto, TensorProto, helper

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from corpus.encoder.model_files import model_folder, verify_model

WEIGHTS = "model.safetensors"
LAYERS, HEADS, HIDDEN = 6, 12, 384
EPSILON = 1e-12
FUSED = "com.microsoft"


class Graph:
    """The nodes so far, and the weights that they name; with `int8`, those of dense layers are to be given as int8."""

    def __init__(self, weights: Path, *, int8: bool = False) -> None:
        self.int8 = int8
        with weights.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            self._described = json.loads(file.read(length))
        self._begin = 8 + length
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []

    def weight(self, name: str) -> str:
        """A weight of the file by its name there."""
        begin, end = self._described[name]["data_offsets"]
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=self._described[name]["shape"])
        tensor.data_location = TensorProto.EXTERNAL
        places = {"location": WEIGHTS, "offset": self._begin + begin, "length": end - begin}
        for key, value in places.items():
            tensor.external_data.add(key=key, value=str(value))
        self.weights.append(tensor)
        return name

    def given(self, weight: str) -> list[str]:
        """The names of a weight's int8 values, of their scales and of their zero points."""
        inner, outer = self._described[weight]["shape"][::-1]
        kinds = {"int8": (TensorProto.INT8, [inner, outer]), "scale": (TensorProto.FLOAT, [outer])}
        kinds["zero"] = (TensorProto.INT8, [outer])
        for kind, (data_type, dims) in kinds.items():
            tensor = TensorProto(name=f"{weight}.{kind}", data_type=data_type, dims=dims)
            tensor.data_location = TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="given when opened")
            self.weights.append(tensor)
        return [f"{weight}.{kind}" for kind in kinds]

    def add(self, operator: str, inputs: list[str], output: str, **attributes: object) -> str:
        """One of ONNX's own operators."""
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def fused(self, operator: str, inputs: list[str], output: str, **attributes: object) -> str:
        """One of onnxruntime's fused operators."""
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=FUSED, **attributes))
        return output

    def times(self, states: str, weight: str, output: str) -> str:
        """States times a weight, which PyTorch stores transposed; onnxruntime turns it once, as it loads."""
        if self.int8:
            return self.fused("DynamicQuantizeMatMul", [states, *self.given(weight)], output)
        turned = self.add("Transpose", [self.weight(weight)], f"{weight}.turned", perm=[1, 0])
        return self.add("MatMul", [states, turned], output)

    def normalised(self, states: str, skipped: str, name: str, bias: str, output: str) -> str:
        """States and what was skipped, added to a bias and normalised; the fused operator takes longer than these."""
        biased = self.add("Add", [states, self.weight(bias)], f"{output}.biased")
        added = self.add("Add", [biased, skipped], f"{output}.added")
        weights = [self.weight(f"{name}.LayerNorm.{kind}") for kind in ("weight", "bias")]
        return self.add("LayerNormalization", [added, *weights], output, axis=-1, epsilon=EPSILON)


def embedded(graph: Graph) -> str:
    """The embeddings of words, places and segments, added and normalised."""
    names = ("word_embeddings", "position_embeddings", "token_type_embeddings", "LayerNorm")
    weights = [graph.weight(f"embeddings.{name}.weight") for name in names]
    inputs = ["input_ids", "segments", *weights, graph.weight("embeddings.LayerNorm.bias")]
    graph.nodes.append(
        helper.make_node("EmbedLayerNormalization", inputs, ["embedded", ""], domain=FUSED, epsilon=EPSILON)
    )
    return "embedded"


def layer(graph: Graph, states: str, number: int) -> str:
    """One layer: attention, then two dense layers, each added to what came in."""
    name = f"encoder.layer.{number}"
    parts = ("query", "key", "value")
    projected = [graph.times(states, f"{name}.attention.self.{part}.weight", f"{part}.{number}") for part in parts]
    biases = [graph.weight(f"{name}.attention.self.{part}.bias") for part in parts]
    bias = graph.add("Concat", biases, f"{name}.bias", axis=0)
    attended = graph.fused("MultiHeadAttention", [*projected, bias, "lengths"], f"attended.{number}", num_heads=HEADS)
    attention, output = f"{name}.attention.output", f"{name}.output"
    dense = graph.times(attended, f"{attention}.dense.weight", f"attention.{number}")
    middle = graph.normalised(dense, states, attention, f"{attention}.dense.bias", f"middle.{number}")
    wide = graph.times(middle, f"{name}.intermediate.dense.weight", f"wide.{number}")
    active = graph.fused("BiasGelu", [wide, graph.weight(f"{name}.intermediate.dense.bias")], f"active.{number}")
    narrow = graph.times(active, f"{output}.dense.weight", f"narrow.{number}")
    last = number == LAYERS - 1
    return graph.normalised(
        narrow, middle, output, f"{output}.dense.bias", "token_vectors" if last else f"states.{number}"
    )


def exported(weights: Path, *, int8: bool = False) -> ModelProto:
    """The whole graph, from numbers of word pieces to the last layer's states."""
    graph = Graph(weights, int8=int8)
    states = embedded(graph)
    for number in range(LAYERS):
        states = layer(graph, states, number)
    shape = ["texts", "tokens"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, shape) for name in ("input_ids", "segments")]
    inputs.append(helper.make_tensor_value_info("lengths", TensorProto.INT32, ["texts"]))
    outputs = [helper.make_tensor_value_info(states, TensorProto.FLOAT, [*shape, HIDDEN])]
    made = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", inputs, outputs, graph.weights)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(made, opset_imports=versions, ir_version=10)


def main() -> None:
    """Export both, and print their sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("corpus/encoder/minilm"))
    arguments = parser.parse_args()
    folder = model_folder()
    verify_model(folder, pinned=True)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, int8 in (("encoder.onnx", False), ("encoder_int8.onnx", True)):
        path = arguments.out / name
        path.write_bytes(exported(folder / WEIGHTS, int8=int8).SerializeToString())
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
