"""`assistant sources`: the folders answered from, and who may see them."""

from typing import Annotated

import typer

from ui.commands.opening import opened, print_report, progress_bar
from ui.commands.options import DataDir, Groups, existing_catalog, names_in

sources_app = typer.Typer(
    help="List the folders answered from, say who may see one, or remove one.", invoke_without_command=True
)


@sources_app.callback()
def sources(context: typer.Context, data_dir: DataDir = None) -> None:
    """List the folders answered from."""
    if context.invoked_subcommand is not None:
        return
    catalog = existing_catalog(data_dir)
    listed, readers = catalog.sources(), catalog.facets.restrictions()
    for source in listed:
        only = f"  (only for {', '.join(sorted(readers[source.name]))})" if source.name in readers else ""
        typer.echo(f"{source.name}\t{source.folder}{'' if source.folder.is_dir() else '  (missing)'}{only}")
    if not listed:
        typer.echo("No sources. Add a folder: assistant ingest FOLDER")


@sources_app.command("remove")
def remove_source(
    name: Annotated[str, typer.Argument(help="The source's name, as `assistant sources` lists it.")],
    data_dir: DataDir = None,
) -> None:
    """Stop answering from a source; its files are left alone."""
    with opened(data_dir, briefs=False) as assistant, progress_bar("Removing") as progress:
        print_report(assistant.remove(name, progress), as_json=False)


@sources_app.command("restrict")
def restrict_source(
    name: Annotated[str, typer.Argument(help="The source's name, as `assistant sources` lists it.")],
    groups: Groups,
    data_dir: DataDir = None,
) -> None:
    """Let only some groups of signed-in people see a source's documents; nothing of them reaches anyone else."""
    readers = names_in(groups)
    if not readers:
        raise typer.BadParameter("name at least one group, or run: assistant sources open", param_hint="--groups")
    with opened(data_dir, briefs=False) as assistant:
        assistant.restrict(name, readers)
    typer.echo(f"{name} is only for {', '.join(readers)}.")


@sources_app.command("open")
def open_source(
    name: Annotated[str, typer.Argument(help="The source's name, as `assistant sources` lists it.")],
    data_dir: DataDir = None,
) -> None:
    """Let everybody who may ask see a source's documents (again)."""
    with opened(data_dir, briefs=False) as assistant:
        assistant.restrict(name, [])
    typer.echo(f"{name} is for everybody.")


@sources_app.command("add-briefs")
def add_briefs(data_dir: DataDir = None) -> None:
    """Answer from the shipped briefs (again)."""
    with opened(data_dir, briefs=False) as assistant, progress_bar("Reading") as progress:
        print_report(assistant.add_briefs(progress), as_json=False)
