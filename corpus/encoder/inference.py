"""onnxruntime and tokenizers, opened the way this project runs them: the one owner of both."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

# Adding and normalising in one operator takes onnxruntime five times as long as in two.
_SLOWER_FUSED = ["SkipLayerNormFusion"]


def open_session(
    model: bytes,
    *,
    threads: int,
    weights: Path | None = None,
    given: Mapping[str, npt.NDArray[np.generic]] | None = None,
) -> Any:
    """An onnxruntime session on the CPU.

    `weights` is the folder of the files that `model` takes its weights from, and `given` holds by name those that
    it takes from no file.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that spin while they wait make everything else on a small host slow.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Texts are hardly ever of one length, and what is remembered of each length takes memory and time.
    options.enable_mem_pattern = False
    if weights is not None:
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(weights))
    if given:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in given.values()]
        options.add_external_initializers(list(given), values)
    return onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER_FUSED
    )


def open_tokenizer(folder: Path, *, longest: int | None = None) -> Any:
    """A model's tokenizer, which pads nothing and, with `longest`, cuts what it is given to so many tokens."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if longest is not None:
        # Of a pair the longer part: in effect the passage, unless the question is the longer one.
        tokenizer.enable_truncation(longest, strategy="longest_first")
    return tokenizer


class TokenCounter:
    """Counts the tokens of texts; as a pickle it is its folder alone, and opens the tokenizer where it arrives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tokenizer = open_tokenizer(folder)

    def __reduce__(self) -> tuple[type["TokenCounter"], tuple[Path]]:
        return TokenCounter, (self._folder,)

    def __call__(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not counted."""
        encoded = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(item.ids) for item in encoded]


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
