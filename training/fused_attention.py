"""Attention that an exporter wrote out as many small operators, as onnxruntime's one, which takes half the time.

The exported network turns queries, keys and values into heads, multiplies, masks, normalises and turns back. Here the
whole of it becomes one `MultiHeadAttention`. The mask goes: the assistant runs each text alone, so nothing is padded.
"""

from collections import defaultdict

from onnx import GraphProto, ModelProto, NodeProto, helper

FUSED = "com.microsoft"


def fuse_attention(model: ModelProto, heads: int) -> None:
    """Change `model` in place; inputs and weights that nothing uses any more are taken out.

    Raises `ValueError` where an attention is written otherwise than expected, or there is none.
    """
    graph = model.graph
    normalised = [node for node in graph.node if node.op_type == "Softmax"]
    if not normalised:
        raise ValueError("the network has no attention: no Softmax in it")
    written = _Written(graph)
    for softmax in normalised:
        *inputs, joined = written.attention(softmax)
        fused = helper.make_node("MultiHeadAttention", inputs, joined.output, domain=FUSED, num_heads=heads)
        place = list(graph.node).index(joined)
        graph.node.remove(joined)
        graph.node.insert(place, fused)
    _prune(graph)
    if FUSED not in {version.domain for version in model.opset_import}:
        model.opset_import.append(helper.make_opsetid(FUSED, 1))


class _Written:
    """The nodes of a graph by what they make and by what they use."""

    def __init__(self, graph: GraphProto) -> None:
        self._made = {output: node for node in graph.node for output in node.output}
        self._used = defaultdict(list)
        for node in graph.node:
            for name in node.input:
                self._used[name].append(node)

    def attention(self, softmax: NodeProto) -> tuple[str, str, str, NodeProto]:
        """Queries, keys and values, and the node that joins the heads again."""
        scores = self._maker(self._maker(self._maker(softmax, "Add"), "Mul"), "MatMul")
        weighed = self._user(softmax, "MatMul")
        queries, keys, values = (self._whole(name) for name in (*scores.input, weighed.input[1]))
        return queries, keys, values, self._user(self._user(weighed, "Transpose"), "Reshape")

    def _maker(self, node: NodeProto, operator: str) -> NodeProto:
        """The operator of this kind that made one of a node's inputs."""
        for name in node.input:
            if name in self._made and self._made[name].op_type == operator:
                return self._made[name]
        raise ValueError(f"{node.op_type} {node.name}: expected an input from {operator}")

    def _user(self, node: NodeProto, operator: str) -> NodeProto:
        """The one operator that uses a node's output."""
        (found,) = self._used[node.output[0]]
        if found.op_type != operator:
            raise ValueError(f"{node.op_type} {node.name}: expected {operator} after it, found {found.op_type}")
        return found

    def _whole(self, turned: str) -> str:
        """What was parted into heads and turned."""
        return str(self._maker(self._made[turned], "Reshape").input[0])


def _prune(graph: GraphProto) -> None:
    """Take out what leads to no output."""
    needed = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):
        if needed & set(node.output):
            kept.append(node)
            needed.update(node.input)
    del graph.node[:]
    graph.node.extend(reversed(kept))
    for named in (graph.input, graph.initializer, graph.value_info):
        for item in [item for item in named if item.name not in needed]:
            named.remove(item)
