"""Options that commands share."""

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder of the catalog and indexes.  [default: ASSISTANT_DATA_DIR, or ./data]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def folder_of(data_dir: Path | None) -> Path:
    """The data folder: as given, or the settings'."""
    from assistant.settings import read_settings

    return data_dir if data_dir is not None else read_settings().data_dir
