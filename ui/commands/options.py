"""Options that commands share, and what is meant by them."""

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder of the catalog and indexes.  [default: ASSISTANT_DATA_DIR, or ./data]"),
]
Groups = Annotated[str, typer.Option("--groups", help="Groups that may see its documents, separated by commas.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def folder_of(data_dir: Path | None) -> Path:
    """The data folder: as given, or the settings'."""
    from assistant.settings import read_settings

    return data_dir if data_dir is not None else read_settings().data_dir


def names_in(text: str) -> list[str]:
    """The names in an option that takes several, separated by commas; each once."""
    return list(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))
