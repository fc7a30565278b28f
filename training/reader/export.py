"""Writes what was trained of the reader as it ships: int8 weights of the trained layers, and the heads.

    python -m training.reader.export --encoder FOLDER --keep FOLDER [--out assistant/reader/reader.npz]

Layers that stayed as they were, the vocabulary and the graph are the encoder's own and are not written again. The
factors by which inputs are made smaller before they are rounded are measured over pairs of the training data. Prints
how far int8 is from 32 bits on held-back pairs, and the checksum that `assistant/reader/network.py` holds.
"""

import argparse
import hashlib
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from corpus.encoder import network
from corpus.encoder.inference import open_session
from corpus.encoder.int8 import Array, Floats, quantized, smoothing_factors
from corpus.encoder.network import DENSE, EXACT
from corpus.encoder.released import ReleasedWeights
from training.encoder_graph import encoder_of, value_of
from training.reader.examples import domain, trained_clusters
from training.reader.network import encode, open_tokenizer

_PAIRS = 120
_SEED = 20261201
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
_HEADS = ("sentences", "passage", "support")


def main() -> None:
    """Write the file and print its size and checksum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("assistant/reader/reader.npz"))
    arguments = parser.parse_args()
    place = next(path for name in ("finished.pt", "checkpoint.pt") if (path := arguments.keep / name).is_file())
    kept = torch.load(place, weights_only=True)
    print(f"{place.name} at step {kept['step']}")
    weights = {name: value.float().numpy() for name, value in kept["weights"].items()}
    released = ReleasedWeights()
    layers = trained_layers(released, weights)
    exact = network.weights(released, "float32") | _in_full(weights, layers)
    largest = _largest_inputs(released, exact, layers, arguments.encoder)
    given = _heads(weights)
    for layer in layers:
        given |= _layer(layer, weights, largest)
    np.savez(arguments.out, **given)
    data = arguments.out.read_bytes()
    print(f"{arguments.out}: layers {layers[0]} to {layers[-1]}, {len(data) / 2**20:.1f} MiB")
    print(f'CHECKSUM = "{hashlib.sha256(data).hexdigest()}"')


def trained_layers(released: ReleasedWeights, weights: Mapping[str, Floats]) -> list[int]:
    """The layers from the first that training has changed."""
    hidden = released.shape.hidden
    for layer in range(released.shape.layers):
        before = released.matrix(f"l{layer}.q.w", hidden, hidden)
        if not np.allclose(before, _dense(weights, layer, "q"), atol=1e-6):
            return list(range(layer, released.shape.layers))
    raise SystemExit("Training changed nothing.")


def _dense(weights: Mapping[str, Floats], layer: int, part: str, kind: str = "weight") -> Floats:
    return weights[f"encoder.encoder.layer.{layer}.{_PARTS[part]}.{kind}"]


def _vectors(weights: Mapping[str, Floats], layer: int) -> dict[str, Array]:
    projections = [_dense(weights, layer, part, "bias") for part in "qkv"]
    found: dict[str, Array] = {f"l{layer}.qkv.b": np.concatenate(projections)}
    found |= {f"l{layer}.{part}.b": _dense(weights, layer, part, "bias") for part in ("ao", "fi", "fo")}
    for norm, name in _NORMS.items():
        for short, kind in (("w", "weight"), ("b", "bias")):
            found[f"l{layer}.{norm}.{short}"] = weights[f"encoder.encoder.layer.{layer}.{name}.{kind}"]
    return found


def _in_full(weights: Mapping[str, Floats], layers: Sequence[int]) -> dict[str, Array]:
    """The trained layers as the graph of 32 bits wants them."""
    found: dict[str, Array] = {}
    for layer in layers:
        found |= {f"l{layer}.{part}.w": np.ascontiguousarray(_dense(weights, layer, part).T) for part in DENSE}
        found |= _vectors(weights, layer)
    return found


def _layer(layer: int, weights: Mapping[str, Floats], largest: Mapping[str, Floats]) -> dict[str, Array]:
    """A trained layer as the graph of int8 wants it."""
    found = _vectors(weights, layer)
    factors = {}
    for kind in dict.fromkeys(DENSE.values()):
        matrices = [_dense(weights, layer, part) for part, read in DENSE.items() if read == kind]
        factors[kind] = smoothing_factors(largest[f"l{layer}.{kind}"], matrices)
        found[f"l{layer}.{kind}.smoothing"] = (1 / factors[kind]).astype(np.float32)
    for part, kind in DENSE.items():
        name = f"l{layer}.{part}.w"
        if name in EXACT:
            found[name] = np.ascontiguousarray(_dense(weights, layer, part).T)
        else:
            found |= quantized(name, _dense(weights, layer, part), factors[kind])
    return found


def _largest_inputs(
    released: ReleasedWeights, exact: Mapping[str, Array], layers: Sequence[int], folder: Path
) -> dict[str, Floats]:
    """The largest inputs of each dense layer over pairs of the training data."""
    read = {f"l{layer}.{kind}": value_of(f"l{layer}.{kind}") for layer in layers for kind in DENSE.values()}
    values = list(dict.fromkeys(read.values()))
    graph = encoder_of(released, int8=False, also=values).SerializeToString()
    session = open_session(graph, threads=2, given=exact)
    tokenizer = open_tokenizer(folder)
    generator = random.Random(_SEED)
    pairs = generator.sample(domain(trained_clusters(), generator), _PAIRS)
    found: dict[str, Floats] = {}
    for item in filter(None, (encode(tokenizer, pair) for pair in pairs)):
        ids = np.asarray(item.ids)[np.newaxis]
        inputs = {"words": released.words(ids), "lengths": np.asarray([ids.shape[1]], np.int32)}
        for value, states in zip(values, session.run(values, inputs), strict=True):
            size = np.abs(states).reshape(-1, states.shape[-1]).max(axis=0)
            found[value] = np.maximum(found.get(value, np.zeros_like(size)), size)
    return {name: found[value] for name, value in read.items()}


def _heads(weights: Mapping[str, Floats]) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for head in _HEADS:
        found[f"{head}.w"] = np.ascontiguousarray(weights[f"{head}.weight"].T)
        found[f"{head}.b"] = weights[f"{head}.bias"]
    return found


if __name__ == "__main__":
    main()
