"""Room on the disk, looked for before anything is written."""

import shutil
from pathlib import Path

from corpus.errors import DiskFull

SMALLEST_FREE_SPACE_BYTES = 64 * 2**20


def require_free_space(folder: Path, needed: int = 0) -> None:
    """Raises `DiskFull` where the disk has not this many bytes free, and some to spare."""
    free = shutil.disk_usage(folder).free
    if free < SMALLEST_FREE_SPACE_BYTES + needed:
        raise DiskFull(
            f"The disk of {folder} is full ({free // 2**20} MB left); free some space and run the command again."
        )
