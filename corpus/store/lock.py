"""The lock of a data folder that nobody else writes to: the operating system's, so that it ends with its owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import DataFolderBusy


@contextmanager
def writers_lock(folder: Path) -> Iterator[None]:
    """The operating system's lock that makes this process the only writer of a data folder."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / "writer.lock", timeout=0.2):
            yield
    except Timeout as error:
        raise DataFolderBusy(
            f"Another process is writing to {folder}; wait until it has ended, or use another --data-dir."
        ) from error
