"""onnxruntime, opened the way this project runs it, of which this is the one owner; and tokenizers from their files."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

# Adding and normalising in one operator takes onnxruntime five times as long as in two.
_SLOWER_FUSED = ["SkipLayerNormFusion"]


def open_session(
    model: bytes,
    *,
    threads: int,
    given: Mapping[str, npt.NDArray[np.generic]] | None = None,
) -> Any:
    """An onnxruntime session on the CPU; `given` are by name the weights that `model` does not hold itself."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that spin while they wait make everything else on a small host slow.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Texts are hardly ever of one length, and what is remembered of each length takes memory and time.
    options.enable_mem_pattern = False
    if given:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in given.values()]
        options.add_external_initializers(list(given), values)
    return onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER_FUSED
    )


def read_tokenizer(data: bytes, *, longest: int) -> Any:
    """A tokenizer from the bytes of its file, which pads nothing and cuts what it is given to so many tokens."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(data)
    tokenizer.no_padding()
    # Of a pair the longer part: in effect the passage, unless the question is the longer one.
    tokenizer.enable_truncation(longest, strategy="longest_first")
    return tokenizer


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
