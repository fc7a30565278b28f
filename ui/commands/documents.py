"""Commands for the documents: bring them in, list them, index them anew."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ui.commands.opening import DESCRIBED, opened, print_report, progress_bar
from ui.commands.options import AsJson, DataDir, Groups, existing_catalog, existing_folder, names_in


def ingest(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of documents; without one, all sources are looked at again.")
    ] = None,
    data_dir: DataDir = None,
    name: Annotated[str | None, typer.Option(help="A name for the source.  [default: the folder's]")] = None,
    with_briefs: Annotated[bool, typer.Option("--with-briefs", help="Answer from the shipped briefs too.")] = False,
    groups: Groups = "",
    as_json: AsJson = False,
) -> None:
    """Add a folder of documents, or bring the index up to date."""
    readers = names_in(groups)
    if readers and folder is None:
        raise typer.BadParameter("name the folder that is for these groups", param_hint="--groups")
    with opened(data_dir, briefs=folder is None or with_briefs) as assistant, progress_bar("Reading") as progress:
        if folder is None:
            report = assistant.sync(progress)
        else:
            report = assistant.add(folder, name=name, groups=readers, progress=progress)
    print_report(report, as_json)
    if report.failed and not (report.new or report.changed or report.unchanged):
        raise typer.Exit(1)


def documents(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the documents, and the files that could not be read with the reason."""
    catalog = existing_catalog(data_dir)
    listed, failed = catalog.documents(), catalog.failures()
    if as_json:
        rows = [
            {
                "id": d.id,
                "path": f"{d.source}/{d.path}",
                "title": d.title,
                "publisher": d.publisher,
                "published": d.published,
                "language": d.language,
                "identifiers": d.identifiers,
                "origins": dict(d.origins),
                "remarks": d.remarks,
                "sha256": d.sha256,
            }
            for d in listed
        ]
        reasons = [{"path": f"{f.source}/{f.path}", "reason": f.reason} for f in failed]
        typer.echo(json.dumps({"documents": rows, "failed": reasons}, ensure_ascii=False, indent=2))
        return
    for document in listed:
        typer.echo(f"{document.published or 'undated':10}  {document.source}/{document.path}  {document.title}")
        if found := [f"{name} from its {origin}" for name, origin in document.origins if origin != "stated"]:
            typer.echo(f"            {', '.join(found)}")
        for remark in document.remarks:
            typer.echo(f"            {remark}")
    for failure in failed:
        typer.echo(f"not read    {failure.source}/{failure.path}: {failure.reason}")
    typer.echo(f"{len(listed)} documents, {catalog.passage_count()} passages, {len(failed)} files not read")


def reindex(data_dir: DataDir = None) -> None:
    """Rebuild both indexes from the catalog alone; the files are not needed."""
    folder = existing_folder(data_dir)
    with opened(folder, briefs=False, rebuild=True) as assistant, progress_bar("Indexing") as progress:
        knew_subjects = assistant.store.catalog.facets.knows_subjects
        count = assistant.reindex(progress)
    typer.echo(f"{count} passages indexed anew.{'' if knew_subjects else f' {DESCRIBED}'}")
