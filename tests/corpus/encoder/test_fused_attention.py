"""Attention written out as small operators and as onnxruntime's one: the same results, and nothing left over."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from corpus.encoder.inference import open_session
from training.fused_attention import fuse_attention

HEADS, SIZE, TOKENS = 2, 4, 5
HIDDEN = HEADS * SIZE


def written_out(*, masked_by: str = "Add") -> onnx.ModelProto:
    """One attention as the exporter writes it."""
    chance = np.random.default_rng(0)
    constants = {
        **{name: chance.normal(size=(HIDDEN, HIDDEN)).astype(np.float32) for name in ("wq", "wk", "wv")},
        "scale": np.asarray(SIZE**-0.5, dtype=np.float32),
        "apart": np.asarray([1, TOKENS, HEADS, SIZE]),
        "together": np.asarray([1, TOKENS, HIDDEN]),
    }
    nodes = []
    for part, turned in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
        nodes.append(helper.make_node("MatMul", ["states", f"w{part}"], [part]))
        nodes.append(helper.make_node("Reshape", [part, "apart"], [f"{part}.heads"]))
        nodes.append(helper.make_node("Transpose", [f"{part}.heads"], [f"{part}.turned"], perm=turned))
    nodes += [
        helper.make_node("MatMul", ["q.turned", "k.turned"], ["scores"]),
        helper.make_node("Mul", ["scores", "scale"], ["scaled"]),
        helper.make_node(masked_by, ["scaled", "mask"], ["masked"]),
        helper.make_node("Softmax", ["masked"], ["shares"], axis=-1),
        helper.make_node("MatMul", ["shares", "v.turned"], ["weighed"]),
        helper.make_node("Transpose", ["weighed"], ["weighed.turned"], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", ["weighed.turned", "together"], ["attended"]),
    ]
    inputs = [
        helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, TOKENS, HIDDEN]),
        helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 1, 1, TOKENS]),
    ]
    outputs = [helper.make_tensor_value_info("attended", TensorProto.FLOAT, [1, TOKENS, HIDDEN])]
    weights = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "attention", inputs, outputs, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def test_the_one_operator_gives_the_same_and_leaves_nothing_over() -> None:
    model = written_out()
    states = np.random.default_rng(1).normal(size=(1, TOKENS, HIDDEN)).astype(np.float32)
    unmasked = np.zeros((1, 1, 1, TOKENS), dtype=np.float32)
    before = open_session(model.SerializeToString(), threads=1).run(None, {"states": states, "mask": unmasked})[0]
    fuse_attention(model, HEADS)
    after = open_session(model.SerializeToString(), threads=1).run(None, {"states": states})[0]
    np.testing.assert_allclose(after, before, atol=1e-5)
    assert sorted(node.op_type for node in model.graph.node) == ["MatMul"] * 3 + ["MultiHeadAttention"]
    assert {weight.name for weight in model.graph.initializer} == {"wq", "wk", "wv"}


def test_what_is_written_otherwise_is_told() -> None:
    with pytest.raises(ValueError, match="expected an input from Add"):
        fuse_attention(written_out(masked_by="Sub"), HEADS)
    with pytest.raises(ValueError, match="no attention"):
        fuse_attention(helper.make_model(helper.make_graph([], "nothing", [], [])), HEADS)


def test_the_shipped_reader_has_it() -> None:
    model = onnx.load(Path(__file__).parents[3] / "assistant" / "reader" / "reader.onnx")
    operators = [node.op_type for node in model.graph.node]
    assert operators.count("MultiHeadAttention") == 6
    assert "Softmax" not in operators
    assert [given.name for given in model.graph.input] == ["input_ids", "token_type_ids"]
