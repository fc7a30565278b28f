"""The weights of a network's dense layers as int8, made from the released ones when they are opened.

Each output of a layer has a scale of its own, so that its largest weight becomes 127 (symmetric quantisation, as in
Jacob et al., 2018). What goes into a layer has a few dimensions far larger than the rest; part of their size is moved
into the weights first (SmoothQuant: Xiao et al., 2023), by factors measured once on invented sentences
(`training/encoder_graph.py`) and kept beside the graph. Without that the vectors agree with those of 32 bits to a
cosine of 0.998, with it to 0.9994, at the same speed; with two layers left in 32 bits (`network.EXACT`) to 0.9995.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float32]

_LARGEST = 127


def quantized(name: str, weights: Floats, smoothing: Floats | None = None) -> dict[str, Array]:
    """By name what an int8 layer wants given: weights (inputs by outputs), their scales and their zero points.

    `weights` are outputs by inputs; `smoothing` are the factors by which the layer's inputs will have been divided.
    """
    smoothed = weights if smoothing is None else weights * smoothing
    scale = np.maximum(np.abs(smoothed).max(axis=1), np.finfo(np.float32).tiny) / _LARGEST
    rounded = np.rint(smoothed / scale[:, np.newaxis]).astype(np.int8)
    return {
        f"{name}.int8": np.ascontiguousarray(rounded.T),
        f"{name}.scale": scale.astype(np.float32),
        f"{name}.zero": np.zeros(len(scale), dtype=np.int8),
    }


def smoothing_factors(largest_inputs: Floats, weights: list[Floats], strength: float = 0.7) -> Floats:
    """What to divide a layer's inputs by, shape (inputs,); `weights` are those of all layers that read these inputs."""
    largest_weights = np.max([np.abs(matrix).max(axis=0) for matrix in weights], axis=0)
    factors = np.maximum(largest_inputs, 1e-5) ** strength / np.maximum(largest_weights, 1e-5) ** (1 - strength)
    return np.asarray(np.maximum(factors / np.median(factors), 1e-3), dtype=np.float32)


def read_smoothing(path: Path) -> Mapping[str, Floats]:
    """The factors by the name of what they divide."""
    with np.load(path) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files}


def reciprocals(smoothing: Mapping[str, Floats]) -> Iterator[tuple[str, Floats]]:
    """What the graph multiplies by."""
    for name, factors in smoothing.items():
        yield f"{name}.smoothing", (1 / factors).astype(np.float32)
