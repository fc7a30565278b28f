"""What lies in a folder of documents: every visible file, and why something that lies there is none.

Listing follows no link to a folder, and leaves hidden names alone. A link out of the folder, a pipe or a device is
listed with the reason why it is no document, so that nobody wonders where it went. Opening waits for nothing, looks
again at what it has opened, and takes in no more than the limit.
"""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import SourceError, UnreadableFile

LARGEST_FILE_BYTES = 64 * 2**20
# Folders within folders; further down lies a mistake, and sooner or later the system's longest path.
DEEPEST = 64


@dataclass(frozen=True, slots=True)
class FileFound:
    """Something with a visible name in a folder; `reason` says why it cannot be a document, where that is plain."""

    path: Path
    reason: str | None = None


def files_in(folder: Path) -> Iterator[FileFound]:
    """Everything below `folder` that has a visible name and is no ordinary folder, in order of path.

    Raises `SourceError` where a folder cannot be listed: its documents must not be taken for deleted.
    """
    root = Path(os.path.realpath(folder))
    out_of_reach: list[FileFound] = []

    def note(error: OSError) -> None:
        if error.errno != errno.ENAMETOOLONG:
            raise _unlistable(error) from error
        out_of_reach.append(FileFound(Path(error.filename), "its path is longer than the system allows; move it up"))

    for parent, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in [name for name in folders if _is_not_entered(Path(parent, name), folder)]:
            folders.remove(name)
            yield _passed_over(Path(parent, name))
        for name in sorted(names):
            if not name.startswith("."):
                path = Path(parent, name)
                yield FileFound(path, _why_no_file(path, root))
    yield from out_of_reach


def content_of(path: Path) -> bytes:
    """The bytes of an ordinary file.

    Raises `UnreadableFile` with the reason where it is none, is too large, or cannot be opened.
    """
    try:
        # Without O_NONBLOCK, a pipe that took the file's place since it was listed would be waited for.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if reason := _why_not_ordinary(os.fstat(file.fileno()).st_mode):
                raise UnreadableFile(reason)
            size = os.fstat(file.fileno()).st_size
            if size <= LARGEST_FILE_BYTES and len(content := file.read(LARGEST_FILE_BYTES + 1)) <= LARGEST_FILE_BYTES:
                return content
    except OSError as error:
        raise UnreadableFile(f"the file cannot be opened: {error.strerror or error}") from error
    raise UnreadableFile(f"{size / 2**20:.0f} MB is over the limit of {LARGEST_FILE_BYTES // 2**20} MB")


def _is_not_entered(path: Path, folder: Path) -> bool:
    return path.is_symlink() or len(path.relative_to(folder).parts) > DEEPEST


def _passed_over(path: Path) -> FileFound:
    if path.is_symlink():
        return FileFound(path, "it is a link to a folder, and those are not followed; add that folder itself")
    return FileFound(path, f"it lies more than {DEEPEST} folders deep; move it up")


def _why_no_file(path: Path, root: Path) -> str | None:
    try:
        if path.is_symlink() and not Path(target := os.path.realpath(path, strict=True)).is_relative_to(root):
            return f"it is a link out of the folder{_kind_of_target(target)}; put a copy in its place"
        return _why_not_ordinary(path.stat().st_mode)
    except OSError as error:
        return f"the file cannot be opened: {error.strerror or error}"


def _kind_of_target(target: str) -> str:
    return " to another folder" if Path(target).is_dir() else ""


def _why_not_ordinary(mode: int) -> str | None:
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        return "it is a pipe or a socket between programs, not a file"
    return "it is a device, not a file" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "it is not a file"


def _unlistable(error: OSError) -> SourceError:
    return SourceError(
        f"The folder {error.filename} cannot be listed ({error.strerror or error}); make it readable, or remove it."
    )
