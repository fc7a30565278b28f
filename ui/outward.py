"""Failures as readers are told them: the sentence, without where on this machine the documents lie.

A failure's sentence is made for whoever runs the server and may name folders in full. What leaves the server names them
by what they are; the command line goes on telling all of it.
"""

from pathlib import Path

DATA_FOLDER = "(data folder)"
# Full paths → what readers are told instead, for this process.
_NAMES: dict[str, str] = {}


def conceal(folder: Path, name: str = DATA_FOLDER) -> None:
    """From now on, call this folder by its name towards readers."""
    for path in (folder, folder.absolute(), folder.resolve()):
        if path.is_absolute():
            _NAMES[str(path)] = name


def outward(error: Exception) -> str:
    """What readers are told of a failure."""
    told = str(error)
    for path in sorted(_NAMES, key=len, reverse=True):
        told = told.replace(path, _NAMES[path])
    return told
