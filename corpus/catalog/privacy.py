"""A data folder is its owner's alone: folders 0700 and files 0600, whoever wrote them and with whatever mask.

The folder is closed before anything is written into it, so that what libraries write is never open to others; their
files are closed as well, at opening and after each writing. What is another user's is left as it is.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600


def private_folder(folder: Path) -> None:
    """Make a folder, or close one that is ours. Raises `OSError` where it cannot be made."""
    folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER)
    _close(folder, _FOLDER)


def private_file(path: Path) -> None:
    """Make an empty file that nobody else can read, where there is none; SQLite's journals then are as closed."""
    with suppress(OSError):  # whoever opens it next says why it cannot be made
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE))


def close_to_others(folder: Path) -> None:
    """Close a folder with all that is in it, as it was left by an earlier version or a library."""
    _close(folder, _FOLDER)
    for place, folders, files in os.walk(folder):
        for name in folders:
            _close(Path(place, name), _FOLDER)
        for name in files:
            _close(Path(place, name), _FILE)


def _close(path: Path, mode: int) -> None:
    with suppress(OSError):  # gone meanwhile, another user's, or on a disk that is read only
        found = path.lstat()
        # A folder with the sticky bit is one that others are meant to use, as /tmp.
        shared = bool(found.st_mode & stat.S_ISVTX)
        if not stat.S_ISLNK(found.st_mode) and not shared and stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(stat.S_IMODE(found.st_mode) & mode)
