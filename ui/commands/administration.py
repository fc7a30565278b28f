"""Commands for whoever runs a server: keys, the audit record, backups, moving. None of them loads a model."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.commands.options import AsJson, DataDir, folder_of

if TYPE_CHECKING:
    from ui.identity.keys import KeyRing

keys_app = typer.Typer(help="Make, list and revoke the keys that programs ask with.", no_args_is_help=True)
audit_app = typer.Typer(help="The record of who asked what (ASSISTANT_AUDIT=true).", no_args_is_help=True)


@keys_app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Whose key it is, a portal's name for one.")],
    scope: Annotated[str, typer.Option(help="What it allows: ask, write (ask too) or admin (everything).")] = "ask",
    expires: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days until it opens nothing any more.  [default: never]")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a key and show it, this once."""
    text = _keys(data_dir).create(name, scope, days=expires)
    typer.echo(text)
    typer.echo("Keep it safe: it cannot be shown again. From now on, the page and the API need a sign-in.", err=True)


@keys_app.command("list")
def list_keys(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the keys, without their secrets."""
    from ui.identity.keys import described

    keys = described(_keys(data_dir).all())
    if as_json:
        typer.echo(json.dumps(keys, ensure_ascii=False, indent=2))
        return
    for key in keys:
        ends = f"revoked {key['revoked']}" if key["revoked"] else f"expires {key['expires'] or 'never'}"
        typer.echo(f"{key['id']}  {key['scope']:5}  {key['name']}  made {key['created']}, {ends}")
    if not keys:
        typer.echo("No keys. Make one: assistant keys create NAME")


@keys_app.command("revoke")
def revoke_key(
    name: Annotated[str, typer.Argument(help="The key's name or id, as `assistant keys list` shows it.")],
    data_dir: DataDir = None,
) -> None:
    """Make a key open nothing, from the next request on."""
    _keys(data_dir).revoke(name)
    typer.echo(f"Revoked: {name}")


@audit_app.command("purge")
def purge_audit(
    days: Annotated[int | None, typer.Option(min=0, help="Days to keep.  [default: ASSISTANT_AUDIT_DAYS]")] = None,
    data_dir: DataDir = None,
) -> None:
    """Delete the record of days that are too long ago."""
    from assistant.settings import read_settings
    from ui.access.audit import AuditLog

    gone = AuditLog(folder_of(data_dir) / "audit", read_settings().audit_days).purge(days)
    typer.echo(f"{len(gone)} days deleted{''.join(f', {path.stem}' for path in gone)}")


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, a name that is free.")], data_dir: DataDir = None
) -> None:
    """Write the whole data folder into one file; a running server goes on answering."""
    from assistant.settings import read_settings
    from corpus.operations.backup import back_up, refuse_shared

    refuse_shared(read_settings().catalog_server)
    made = back_up(folder_of(data_dir), file)
    typer.echo(f"{made.documents} documents, {made.passages} passages, {made.files} files: {file}")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `assistant backup` wrote.")], data_dir: DataDir = None
) -> None:
    """Fill an empty data folder from a backup, and check all of it."""
    from assistant.settings import read_settings
    from corpus.operations.backup import refuse_shared
    from corpus.operations.backup import restore as restore_backup

    refuse_shared(read_settings().catalog_server)
    made = restore_backup(file, folder_of(data_dir))
    typer.echo(f"{made.documents} documents, {made.passages} passages, {made.files} files: all as they were written")


def move(data_dir: DataDir = None) -> None:
    """Copy the data folder's catalog, keys and records into the empty PostgreSQL of ASSISTANT_CATALOG_URL."""
    from assistant.settings import read_settings
    from ui.keeping.moving import move as move_folder

    folder = folder_of(data_dir)
    moved = move_folder(folder, read_settings().catalog_server)
    told = (("document", "versions of documents"), ("passage", "passages"), ("upload", "added files"), ("key", "keys"))
    typer.echo(f"{', '.join(f'{moved.rows[table]} {what}' for table, what in told)}: {moved.place}")
    typer.echo(f"{folder} is as it was. Serve from a new data folder, whose index is made from the database.", err=True)


def _keys(data_dir: Path | None) -> "KeyRing":
    from assistant.settings import read_settings
    from ui.identity.keys import KeyRing

    return KeyRing(folder_of(data_dir), read_settings().catalog_server)
