"""What commands share: an open assistant, a progress bar, the report of what was read."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ui.commands.options import folder_of

if TYPE_CHECKING:
    from assistant.assembly import Assistant
    from corpus.ingest.pipeline import Progress
    from corpus.ingest.sync import SyncReport

DESCRIBED = "The catalog was of an earlier version; its documents can now be filtered by party and topic."


@contextmanager
def opened(data_dir: Path | None, *, briefs: bool = True, rebuild: bool = False) -> Iterator["Assistant"]:
    """An open assistant; a data folder that never had a source is given the shipped briefs first."""
    from assistant.assembly import open_assistant

    assistant = open_assistant(folder_of(data_dir), rebuild=rebuild)
    try:
        if briefs and not assistant.has_had_sources:
            typer.echo("First start: indexing the shipped briefs (once).", err=True)
            with progress_bar("Indexing") as progress:
                assistant.add_briefs(progress)
        yield assistant
    finally:
        assistant.close()


@contextmanager
def progress_bar(what: str) -> Iterator["Progress"]:
    """A progress bar on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=None)

        def advance(path: str, done: int, total: int) -> None:
            bar.update(task, description=f"{what} {Path(path).name[:40]}", completed=done, total=total)

        yield advance


def print_report(report: "SyncReport", as_json: bool) -> None:
    """Print what became of each file."""
    if as_json:
        from dataclasses import asdict

        typer.echo(json.dumps(asdict(report), ensure_ascii=False, indent=2))
        return
    for path, reason in report.failed.items():
        typer.echo(f"not read: {path}: {reason}")
    for path, count in report.repeated.items():
        typer.echo(f"repeats itself: {path}: {count} passages are left out, whose words stand in it before")
    counts = [f"{len(getattr(report, kind))} {kind}" for kind in ("new", "changed", "unchanged", "removed", "failed")]
    typer.echo(f"{', '.join(counts)}; {report.passages} passages indexed")
    if report.described:
        typer.echo(DESCRIBED)
