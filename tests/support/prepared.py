"""A data folder of the shipped briefs, built once for what it is made of and then copied.

It is kept in the cache of pytest under the digest of all that it depends on: the encoder, the documents, the code that
takes them in and the versions of the libraries. A lock lets one worker build and the others wait.
"""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.assembly import briefs_folder, open_assistant
from corpus.encoder.protocol import Encoder

ROOT = Path(__file__).parents[2]
KEPT = 2  # folders of this many digests stay: two branches are worked on in turn


def prepared_briefs(encoder: Encoder, config: pytest.Config) -> Path:
    """The folder, which nobody may open: SQLite and the indexes write where they are opened."""
    place = config.cache.mkdir("briefs")
    ready = place / digest_of(encoder)
    with FileLock(place / "lock"):
        if not ready.is_dir():
            _forget_all_but(place, KEPT - 1)
            _build(ready, encoder)
    return ready


def digest_of(encoder: Encoder) -> str:
    """Names everything that a data folder of the briefs is made of."""
    digest = hashlib.sha256(encoder.fingerprint.encode())
    for path in _made_of():
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _made_of() -> Iterator[Path]:
    yield from sorted(briefs_folder().glob("*.md"))
    yield from sorted((ROOT / "corpus").rglob("*.py"))
    yield from (ROOT / "assistant" / "assembly.py", ROOT / "requirements.lock")


def _build(ready: Path, encoder: Encoder) -> None:
    """Build it beside its place, so that one that was broken off is never taken for whole."""
    half = ready.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    assistant = open_assistant(half, encoder=encoder)
    assistant.add_briefs()
    assistant.close()
    half.rename(ready)


def _forget_all_but(place: Path, count: int) -> None:
    folders = sorted((path for path in place.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for folder in folders[: max(len(folders) - count, 0)]:
        shutil.rmtree(folder)
