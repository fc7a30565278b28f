"""Which embedding models there are: the default by its name, any other as a folder of sentence-transformers' form.

Nothing is ever downloaded. The default's file comes with a package and is pinned (`released`); another model's bytes
are its owner's business, and go into the fingerprint of what they build.
"""

import hashlib
from pathlib import Path
from typing import Literal

from corpus.errors import ModelMismatch

DEFAULT_MODEL = "multilingual-e5-small"
# How the default model is run: with int8 weights and inputs, or in 32 bits.
Precision = Literal["int8", "float32"]

_FILES = ("model.safetensors", "tokenizer.json")


def model_folder(model: str) -> Path:
    """The folder of a model by its path, on this machine."""
    folder = Path(model).expanduser()
    if not folder.is_dir():
        raise ModelMismatch(f"There is no model folder {model}; set ASSISTANT_MODEL to an existing one, or unset it.")
    return folder


def checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of a model's weights and tokenizer, by file name; raises `ModelMismatch` where one is missing."""
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise ModelMismatch(f"The model folder {folder} lacks {' and '.join(missing)}; install the model again.")
    return {name: _sha256(folder / name) for name in _FILES}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
