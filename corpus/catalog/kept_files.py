"""Where files that people add are kept: a folder in the data folder, or, where machines share a catalog, a table there.

Whichever it is, a file is there whole, even after a power cut, or not at all, and nobody else writes there.
"""

import errno
import os
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

import sqlalchemy as sql

from corpus.catalog import tables
from corpus.errors import DiskFull
from corpus.files import content_of, files_in

FOLDER = "uploads"
_INCOMING = ".incoming-"
_uploads = tables.uploads


class KeptFiles(Protocol):
    """Files by name."""

    def names(self) -> Collection[str]:
        """The names of all files, ordinary ones and, for a count, whatever else lies there."""

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises `UnreadableFile` where it is none."""

    def keep(self, name: str, content: bytes) -> None:
        """Keep a file, in place of any of this name. Raises `DiskFull` where there is no room."""

    def delete(self, name: str) -> None:
        """Delete a file; nothing happens where there is none."""

    def tidy(self) -> None:
        """Remove what a killed process left half written."""


class FilesInFolder:
    """Files in a folder of this machine: each is written beside its place, flushed to disk, and renamed into it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> Collection[str]:
        """The names of all files."""
        return [found.path.relative_to(self._folder).as_posix() for found in files_in(self._folder)]

    def read(self, name: str) -> bytes:
        """The bytes of a file."""
        return content_of(self._folder / name)

    def keep(self, name: str, content: bytes) -> None:
        """Write a file."""
        beside = self._folder / f"{_INCOMING}{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._folder / name)
            _flush_folder(self._folder)
        except OSError as error:
            beside.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(
                    f"The disk of {self._folder} is full; free some space and add the file again."
                ) from error
            raise

    def delete(self, name: str) -> None:
        """Delete a file."""
        (self._folder / name).unlink(missing_ok=True)
        _flush_folder(self._folder)

    def tidy(self) -> None:
        """Remove files that were not renamed into their place."""
        self._folder.mkdir(exist_ok=True)
        for path in self._folder.glob(f"{_INCOMING}*"):
            path.unlink(missing_ok=True)


class FilesInTable:
    """Files in the shared catalog, so that whichever machine is asked can read, replace and delete them."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine

    def names(self) -> Collection[str]:
        """The names of all files."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sql.select(_uploads.c.name).order_by(_uploads.c.name)))

    def read(self, name: str) -> bytes:
        """The bytes of a file; none where it has gone meanwhile."""
        with self._engine.connect() as connection:
            return connection.scalar(sql.select(_uploads.c.content).where(_uploads.c.name == name)) or b""

    def keep(self, name: str, content: bytes) -> None:
        """Store a file."""
        with self._engine.begin() as connection:
            connection.execute(sql.delete(_uploads).where(_uploads.c.name == name))
            connection.execute(sql.insert(_uploads).values(name=name, content=content))

    def delete(self, name: str) -> None:
        """Delete a file."""
        with self._engine.begin() as connection:
            connection.execute(sql.delete(_uploads).where(_uploads.c.name == name))

    def tidy(self) -> None:
        """A transaction leaves nothing half written."""


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
