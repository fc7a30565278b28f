"""Options that commands share, and what is meant by them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import AssistantError

if TYPE_CHECKING:
    from corpus.catalog.catalog import Catalog

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


def existing_folder(data_dir: Path | None) -> Path:
    """The data folder, if there is a catalog in it, or one on a server; raises `AssistantError` otherwise."""
    from assistant.settings import read_settings

    folder = folder_of(data_dir)
    if read_settings().catalog_server is None and not (folder / "catalog.sqlite3").is_file():
        raise AssistantError(f"There is no catalog in {folder} yet; add documents first: assistant ingest FOLDER")
    return folder


def existing_catalog(data_dir: Path | None) -> "Catalog":
    """The catalog that is there already; raises `AssistantError` where there is none."""
    from assistant.settings import read_settings
    from corpus.catalog.catalog import Catalog

    return Catalog(existing_folder(data_dir), server=read_settings().catalog_server)
