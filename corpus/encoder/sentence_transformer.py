"""Any embedding model in the form of sentence-transformers, of which this is the one owner.

The reference for `onnx_encoder` and `e5`, and the way to another model. What a model wants before questions and before
passages ("query: ") is told by its folder (`prompts`), and put there.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.encoder.model_files import DEFAULT_MODEL, model_folder, verify_model
from corpus.encoder.protocol import Vectors, unit_rows, with_titles

_SETTINGS: dict[str, Any] = {"batch_size": 32, "normalize_embeddings": True, "show_progress_bar": False}


class SentenceTransformerEncoder:
    """An `Encoder` on a sentence-transformers model folder.

    `model` is `all-MiniLM-L6-v2` or the path of a model folder. Raises `ModelMismatch` where files are missing or
    the default model's bytes are not upstream's.
    """

    def __init__(self, model: str = DEFAULT_MODEL, *, threads: int | None = None) -> None:
        folder = model_folder(model)
        self._folder = folder
        self.name = model if model == DEFAULT_MODEL else folder.name
        checksums = verify_model(folder, pinned=model == DEFAULT_MODEL)
        self._digest = hashlib.sha256("".join(checksums.values()).encode()).hexdigest()[:16]
        # Before torch is imported: spinning OpenMP threads turn a 17 ms query into 500 ms on a busy host.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        os.environ["HF_HUB_OFFLINE"] = "1"
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        if threads is not None:
            torch.set_num_threads(threads)
        self._model: Any = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._tokenizer: Any = self._model.tokenizer
        self.dimension: int = int(self._model.get_embedding_dimension())
        self.longest_input: int = int(self._model.max_seq_length)

    @property
    def fingerprint(self) -> str:
        """The model's name, the digest of its files, and its dimension."""
        return f"{self.name}:{self._digest}:{self.dimension}"

    @property
    def unrelated(self) -> float:
        """See `Encoder`; of this model and most others about nothing."""
        return 0.0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder`."""
        if not texts:
            return []
        return _counted(self._tokenizer, texts)

    @property
    def counter(self) -> Callable[[Sequence[str]], list[int]]:
        """See `Encoder`."""
        return _TokenCounter(self._folder)

    def encode_passages(self, titles: Sequence[str], texts: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        inputs = with_titles(titles, texts, self.count_tokens)
        return np.asarray(self._model.encode_document(inputs, **_SETTINGS), dtype=np.float32)

    def encode_query(self, text: str) -> Vectors:
        """See `Encoder`."""
        vector: Vectors = np.asarray(self._model.encode_query([text], **_SETTINGS), dtype=np.float32)[0]
        return vector

    def token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """See `Encoder`."""
        if not texts:
            return []
        outputs = self._model.encode(
            list(texts), output_value="token_embeddings", batch_size=32, show_progress_bar=False
        )
        return [unit_rows(output.float().cpu().numpy()[1:-1]) for output in outputs]


def _counted(tokenizer: Any, texts: Sequence[str]) -> list[int]:
    encoded = tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
    return [len(ids) for ids in encoded["input_ids"]]


class _TokenCounter:
    """The tokenizer alone, for another process; as a pickle it is its folder."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoTokenizer

        self._folder = folder
        self._tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)

    def __reduce__(self) -> tuple[type["_TokenCounter"], tuple[Path]]:
        return _TokenCounter, (self._folder,)

    def __call__(self, texts: Sequence[str]) -> list[int]:
        return _counted(self._tokenizer, texts) if texts else []
