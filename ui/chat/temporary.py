"""The folder that Gradio is told to put files into: private, inside the data folder, and empty at each start.

Nothing of the page writes a file. If something ever did, it would lie here, where only the server's own user reads it,
and not in a folder of the machine that everybody shares.
"""

import os
import shutil
from pathlib import Path

NAME = "page"
# Where Gradio puts what is uploaded or shown, and what it remembers of examples.
_VARIABLES = {"GRADIO_TEMP_DIR": "files", "GRADIO_EXAMPLES_CACHE": "examples"}


def private_folder(data: Path) -> Path:
    """The folder, made anew; on a data folder that cannot be written to, its name alone, where nothing is kept."""
    folder = data.resolve() / NAME
    try:
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
    except OSError:
        return folder  # no route serves files from it, so there is nothing to refuse here
    return folder


def use_folder(folder: Path) -> None:
    """Make it the folder of whatever part of Gradio is made from now on in this process."""
    for variable, name in _VARIABLES.items():
        os.environ[variable] = str(folder / name)
