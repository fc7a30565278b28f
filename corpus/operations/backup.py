"""A data folder in one file, and back.

A backup is made under the writer's lock, so nothing changes meanwhile; databases go through SQLite's own backup, other
files are copied, and only the index build in use is taken. The manifest, last in the file, has every file's SHA-256.
What can be made anew is left out: locks, the secret that signs sessions, other builds. A restore fills an empty
folder, compares every file with the manifest and both indexes with the catalog, and removes what it wrote otherwise.
"""

import hashlib
import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from corpus.catalog.catalog import FILE, Catalog
from corpus.catalog.database import address_of
from corpus.catalog.privacy import close_to_others, private_file, private_folder
from corpus.errors import AssistantError
from corpus.index.index import FIRST_BUILD, SearchIndex
from corpus.store.lock import writers_lock

_FORMAT, _MANIFEST = 1, "manifest.json"
_DATABASE = b"SQLite format 3\x00"
_LEFT_OUT = {"secret", "page"}
_LEFT_OUT_ENDINGS = ("-wal", "-shm", "-journal", ".lock", ".new")


class BackupError(AssistantError):
    """A backup cannot be written, read, or put where it should go."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    documents: int
    passages: int
    files: int


def refuse_shared(server: str | None) -> None:
    """Raises `BackupError` where the catalog is on a server: what is in the data folder can be made anew from it."""
    if server:
        raise BackupError(
            f"The catalog is in {address_of(Path(FILE), server)}, whose own programs make backups: pg_dump --format="
            "custom, and pg_restore into an empty database; every data folder then follows it by itself."
        )


def back_up(folder: Path, file: Path) -> Backup:
    """Write the data folder into `file`.

    Raises `BackupError` where that cannot be done, and `DataFolderBusy` where another process is writing to the folder.
    """
    if not (folder / FILE).is_file():
        raise BackupError(f"There is no catalog in {folder}; give the data folder with --data-dir.")
    if file.exists():
        raise BackupError(f"{file} exists already; choose another name.")
    beside = file.with_name(f"{file.name}.part")
    try:
        with writers_lock(folder), tempfile.TemporaryDirectory(dir=file.absolute().parent) as workspace:
            held, build = _held(folder)
            made = _write(folder, beside, build=build, held=held, workspace=Path(workspace))
        beside.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"The backup {file} cannot be written ({error}).") from error
    finally:
        beside.unlink(missing_ok=True)
    return made


# Python before 3.11.4 (Debian 12 has 3.11.2) has no such filter; what it would refuse is refused before.
_ONLY_DATA: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def restore(file: Path, folder: Path) -> Backup:
    """Fill `folder`, which must be empty or missing, from `file`.

    Raises `BackupError` where the file is damaged or does not hold together, and leaves the folder empty then.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty; restore into an empty folder: --data-dir FOLDER")
    private_folder(folder)
    try:
        return _restored(file, folder)
    except BaseException as error:
        for entry in folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        if isinstance(error, OSError | tarfile.TarError | ValueError | KeyError | EOFError):
            raise BackupError(f"{file} cannot be restored ({error}); use another backup.") from error
        raise


def _restored(file: Path, folder: Path) -> Backup:
    with tarfile.open(file) as archive:
        for member in archive.getmembers():
            place = PurePosixPath(member.name)
            if not (member.isreg() or member.isdir()) or place.is_absolute() or ".." in place.parts:
                raise tarfile.TarError(f"{member.name} is no file within the folder")
        archive.extractall(folder, **_ONLY_DATA)  # noqa: S202 (each member was looked at)
    close_to_others(folder)
    manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    if manifest["format"] != _FORMAT:
        raise BackupError(f"{file} has format {manifest['format']}, and this version reads {_FORMAT}.")
    (folder / _MANIFEST).unlink()
    found = {path.relative_to(folder).as_posix(): _digest(path) for path in folder.rglob("*") if path.is_file()}
    if found != manifest["files"]:
        wrong = sorted(
            name for name in found.keys() | manifest["files"] if found.get(name) != manifest["files"].get(name)
        )
        raise BackupError(f"{file} is damaged: {wrong[0]} is not as it was written; use another backup.")
    _compare_with_catalog(folder)
    close_to_others(folder)  # what the indexes wrote as they were opened
    return Backup(**manifest["holds"])


def _compare_with_catalog(folder: Path) -> None:
    """Both indexes hold every passage that the catalog shows."""
    with closing(Catalog(folder)) as catalog:
        build = catalog.state("build")
        shown = {passage.id for document in catalog.documents() for passage in catalog.passages(document)}
    if build is None and not shown:
        return
    with closing(SearchIndex(folder, build or FIRST_BUILD)) as index:
        if shown - index.vectors.ids() or index.keywords.count() < len(shown):
            raise BackupError("The indexes in this backup lack passages of its catalog; use another backup.")


def _held(folder: Path) -> tuple[tuple[int, int], str]:
    """How many documents and passages the catalog shows, and the build in use."""
    with closing(Catalog(folder)) as catalog:
        return (len(catalog.documents()), catalog.passage_count()), catalog.state("build") or FIRST_BUILD


def _write(folder: Path, file: Path, *, build: str, held: tuple[int, int], workspace: Path) -> Backup:
    digests = {}
    file.unlink(missing_ok=True)  # of a backup that was killed
    private_file(file)
    with tarfile.open(file, "w:gz", compresslevel=1) as archive:
        for path in _files(folder, build):
            name = path.relative_to(folder).as_posix()
            taken = _snapshot(path, workspace / "database") if _is_database(path) else path
            digests[name] = _digest(taken)
            archive.add(taken, name, recursive=False)
        made = Backup(*held, len(digests))
        manifest = workspace / _MANIFEST
        manifest.write_text(json.dumps({"format": _FORMAT, "holds": asdict(made), "files": digests}), encoding="utf-8")
        archive.add(manifest, _MANIFEST)
    return made


def _files(folder: Path, build: str) -> Iterator[Path]:
    """The files of the data folder that a backup takes."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        is_old_build = parts[0] == "indexes" and len(parts) > 1 and parts[1] != build
        is_left_out = parts[0] in _LEFT_OUT or path.name.endswith(_LEFT_OUT_ENDINGS)
        if path.is_file() and not path.is_symlink() and not is_old_build and not is_left_out:
            yield path


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_DATABASE)) == _DATABASE


def _snapshot(path: Path, copy: Path) -> Path:
    """A database as it stands now, with what its journal holds, as one file."""
    copy.unlink(missing_ok=True)
    read_only = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(read_only, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    return copy


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
