"""Any embedding model in the form of sentence-transformers, of which this is the one owner.

The way to another model than the default, and the reference that the default is tested against. What a model wants
before questions and before passages ("query: ") is told by its folder (`prompts`), and put there.
"""

import hashlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.encoder.model_files import checksums, model_folder
from corpus.encoder.protocol import Vectors, unit_rows, with_titles
from corpus.errors import ModelMismatch

_SETTINGS: dict[str, Any] = {"batch_size": 32, "normalize_embeddings": True, "show_progress_bar": False}


class SentenceTransformerEncoder:
    """An `Encoder` on the model folder `model`.

    Raises `ModelMismatch` where its files are missing or sentence-transformers is not installed.
    """

    def __init__(self, model: str, *, threads: int | None = None) -> None:
        self._folder = folder = model_folder(model)
        self.name = folder.name
        self._digest = hashlib.sha256("".join(checksums(folder).values()).encode()).hexdigest()[:16]
        _require_installed()
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
        """See `Encoder`; of most models about nothing."""
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


def _require_installed() -> None:
    for library in ("sentence_transformers", "torch"):
        if importlib.util.find_spec(library) is None:
            raise ModelMismatch(
                "Another model than the default needs sentence-transformers and torch; run: "
                "pip install 'health-cooperation-assistant[models]'"
            )


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
