"""By what key a source's own indexes go: names may be anything, keys are short and fit for a file and a collection."""

import hashlib
from functools import lru_cache


@lru_cache(maxsize=4096)
def key_of(source: str) -> str:
    """The key of a source's indexes."""
    return hashlib.sha256(source.encode("utf-8", "surrogateescape")).hexdigest()[:16]
