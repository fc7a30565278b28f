"""The weights of the default model's dense layers as int8, made from the released file when they are needed.

Each output of a layer has a scale of its own, so that its largest weight becomes 127 (symmetric quantisation, as in
Jacob et al., 2018). Processors with VNNI multiply such weights about twice as fast as floats; what that costs in the
quality of a search is in docs/performance.md.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

_WEIGHTS = "model.safetensors"
_LARGEST = 127


def quantized(folder: Path) -> dict[str, npt.NDArray[np.generic]]:
    """What `minilm/encoder_int8.onnx` wants given: by name the int8 weights, their scales and their zero points."""
    from safetensors import safe_open

    given: dict[str, npt.NDArray[np.generic]] = {}
    with safe_open(folder / _WEIGHTS, framework="numpy") as weights:
        for name in weights.keys():  # noqa: SIM118 (a file, which cannot be iterated over)
            if name.startswith("encoder.layer.") and weights.get_slice(name).get_shape()[1:]:
                values = weights.get_tensor(name)
                scale = np.maximum(np.abs(values).max(axis=1), np.finfo(np.float32).tiny) / _LARGEST
                given[f"{name}.int8"] = np.ascontiguousarray(np.rint(values / scale[:, np.newaxis]).astype(np.int8).T)
                given[f"{name}.scale"] = scale.astype(np.float32)
                given[f"{name}.zero"] = np.zeros(len(scale), dtype=np.int8)
    return given
