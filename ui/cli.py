"""The command line. Thin: it reads arguments, calls the assistant, prints; nothing is decided here.

Exit codes: 0 done (a refusal is an answer), 1 it could not be done and the sentence on stderr says what to do,
2 wrong usage. Heavy libraries are imported inside the commands, so that `--help` is instant.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.errors import AssistantError
from ui import EARLIEST_YEAR, LATEST_YEAR
from ui.administration import audit_app, backup, keys_app, restore
from ui.keeping.commands import records_app
from ui.options import AsJson, DataDir, existing_catalog, existing_folder, folder_of

if TYPE_CHECKING:
    from assistant.assembly import Assistant
    from corpus.sync import Progress, SyncReport

DESCRIBED = "The catalog was of an earlier version; its documents can now be filtered by party and topic."

app = typer.Typer(
    name="assistant",
    help="Answers questions about international health cooperation from your documents, each sentence with its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
sources_app = typer.Typer(
    help="List the folders answered from, say who may see one, or remove one.", invoke_without_command=True
)
app.add_typer(sources_app, name="sources")
app.add_typer(records_app, name="records")
app.add_typer(keys_app, name="keys")
app.add_typer(audit_app, name="audit")
app.command("backup")(backup)
app.command("restore")(restore)

Groups = Annotated[str, typer.Option("--groups", help="Groups that may see its documents, separated by commas.")]


def _filter(name: str, what: str) -> Any:
    return typer.Option(f"--{name}", help=f"Read only documents {what}; repeatable, any of them will do.")


@app.command()
def ask(  # noqa: PLR0913 (its options)
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    data_dir: DataDir = None,
    history: Annotated[
        list[str] | None,
        typer.Option("--history", help="An earlier question, for follow-ups; repeatable, oldest first."),
    ] = None,
    party: Annotated[list[str] | None, _filter("party", "on this country or organisation")] = None,
    topic: Annotated[list[str] | None, _filter("topic", "on this topic")] = None,
    publisher: Annotated[list[str] | None, _filter("publisher", "of this publisher")] = None,
    language: Annotated[list[str] | None, _filter("language", "in this language, as in en")] = None,
    source: Annotated[list[str] | None, _filter("source", "of this source")] = None,
    since: Annotated[str | None, typer.Option(help="Read only documents of this year, month or day, or later.")] = None,
    until: Annotated[
        str | None, typer.Option(help="Read only documents of this year, month or day, or earlier.")
    ] = None,
    as_json: AsJson = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the answer to a .docx or .md file too, with footnotes.")
    ] = None,
) -> None:
    """Answer one question."""
    from assistant.scope import Scope
    from ui.export.file import check_file, write_briefing
    from ui.rendering import answer_as_text

    if export is not None:
        check_file(export)  # before the question is asked

    parties, topics, publishers, languages, sources = (
        tuple(given or ()) for given in (party, topic, publisher, language, source)
    )
    scope = Scope(parties, topics, publishers, languages, sources, since, until)
    with _opened(data_dir) as assistant:
        answer = assistant.ask(question, history or [], scope)
        if export is not None:
            write_briefing(export, answer, assistant.store.document)
    typer.echo(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2) if as_json else answer_as_text(answer))


@app.command()
def filters(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List what documents can be filtered by: parties, topics, publishers, languages and sources."""
    from assistant.scope import FIELD_OF
    from ui.scoping import values_as_json

    with _opened(data_dir) as assistant:
        values, period = assistant.filters(), assistant.period()
    if as_json:
        typer.echo(json.dumps(values_as_json(values, period), ensure_ascii=False, indent=2))
        return
    for field in FIELD_OF.values():
        listed = (f"{value} ({count})" for value, count in values[field].items())
        typer.echo(f"--{field}: {', '.join(listed) or 'none'}")
    typer.echo(f"--since, --until: {' to '.join(period) if period else 'no document is dated'}")


@app.command()
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
    readers = _names(groups)
    if readers and folder is None:
        raise typer.BadParameter("name the folder that is for these groups", param_hint="--groups")
    with _opened(data_dir, briefs=folder is None or with_briefs) as assistant, _progress("Reading") as progress:
        if folder is None:
            report = assistant.sync(progress)
        else:
            report = assistant.add(folder, name=name, groups=readers, progress=progress)
    _print_report(report, as_json)
    if report.failed and not (report.new or report.changed or report.unchanged):
        raise typer.Exit(1)


@app.command()
def chat(
    data_dir: DataDir = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.  [default: 7860]")] = None,
) -> None:
    """Bring the index up to date, then open the chat page."""
    with _opened(data_dir) as assistant:
        with _progress("Reading") as progress:
            _print_report(assistant.sync(progress), as_json=False)
        _serve(assistant, host, port)


@app.command()
def serve(
    data_dir: DataDir = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.  [default: 7860]")] = None,
) -> None:
    """Serve the chat page and the API from the index as it is."""
    with _opened(data_dir) as assistant:
        _serve(assistant, host, port)


@app.command()
def mcp(data_dir: DataDir = None) -> None:
    """Serve the tools of the Model Context Protocol on standard input and output, for one client."""
    from ui.mcp.mounting import require_installed
    from ui.mcp.server import serve_on_stdio, standard_output_kept

    require_installed()
    with ExitStack() as stack:
        with standard_output_kept():
            assistant = stack.enter_context(_opened(data_dir))
        serve_on_stdio(assistant)


@app.command()
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
                "sha256": d.sha256,
            }
            for d in listed
        ]
        reasons = [{"path": f"{f.source}/{f.path}", "reason": f.reason} for f in failed]
        typer.echo(json.dumps({"documents": rows, "failed": reasons}, ensure_ascii=False, indent=2))
        return
    for document in listed:
        typer.echo(f"{document.published or 'undated':10}  {document.source}/{document.path}  {document.title}")
    for failure in failed:
        typer.echo(f"not read    {failure.source}/{failure.path}: {failure.reason}")
    typer.echo(f"{len(listed)} documents, {catalog.passage_count()} passages, {len(failed)} files not read")


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
    with _opened(data_dir, briefs=False) as assistant, _progress("Removing") as progress:
        _print_report(assistant.remove(name, progress), as_json=False)


@sources_app.command("restrict")
def restrict_source(
    name: Annotated[str, typer.Argument(help="The source's name, as `assistant sources` lists it.")],
    groups: Groups,
    data_dir: DataDir = None,
) -> None:
    """Let only some groups of signed-in people see a source's documents; nothing of them reaches anyone else."""
    readers = _names(groups)
    if not readers:
        raise typer.BadParameter("name at least one group, or run: assistant sources open", param_hint="--groups")
    with _opened(data_dir, briefs=False) as assistant:
        assistant.restrict(name, readers)
    typer.echo(f"{name} is only for {', '.join(readers)}.")


@sources_app.command("open")
def open_source(
    name: Annotated[str, typer.Argument(help="The source's name, as `assistant sources` lists it.")],
    data_dir: DataDir = None,
) -> None:
    """Let everybody who may ask see a source's documents (again)."""
    with _opened(data_dir, briefs=False) as assistant:
        assistant.restrict(name, [])
    typer.echo(f"{name} is for everybody.")


@sources_app.command("add-briefs")
def add_briefs(data_dir: DataDir = None) -> None:
    """Answer from the shipped briefs (again)."""
    with _opened(data_dir, briefs=False) as assistant, _progress("Reading") as progress:
        _print_report(assistant.add_briefs(progress), as_json=False)


@app.command()
def reindex(data_dir: DataDir = None) -> None:
    """Rebuild both indexes from the catalog alone; the files are not needed."""
    folder = existing_folder(data_dir)
    with _opened(folder, briefs=False, rebuild=True) as assistant, _progress("Indexing") as progress:
        knew_subjects = assistant.store.catalog.facets.knows_subjects
        count = assistant.reindex(progress)
    typer.echo(f"{count} passages indexed anew.{'' if knew_subjects else f' {DESCRIBED}'}")


@app.command()
def evaluate(
    questions: Annotated[
        Path | None, typer.Option("--questions", help="Question file, JSON lines; without one, the shipped questions.")
    ] = None,
    data_dir: DataDir = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="An earlier report.json; prints what changed since.")
    ] = None,
    report_folder: Annotated[
        Path | None, typer.Option("--report", help="Folder to write report.json and report.md to.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask a file of questions with known answers, and print how well that went."""
    from assistant.evaluation import cases as questions_file
    from assistant.evaluation import measuring, tables
    from assistant.evaluation import report as reports

    reports.measures()  # what is missing is told before the questions are asked
    path = questions or questions_file.shipped_questions()
    cases = questions_file.read_cases(path)
    earlier = None if against is None else reports.read_report(against)
    with _opened(data_dir) as assistant, _progress("Asking") as progress:
        report = reports.make_report(measuring.evaluate(assistant, cases, progress), questions=path.name)
    comparison = None if earlier is None else reports.compare(earlier, report)
    text = tables.report_as_text(report)
    if report_folder is not None:
        reports.write_report(report_folder, report, text)
    if as_json:
        typer.echo(json.dumps({**report, "against": comparison}, ensure_ascii=False, indent=2))
    else:
        typer.echo(text if comparison is None else f"{text}\n\n{tables.comparison_as_text(comparison)}")


@app.command()
def timeline(
    parties: Annotated[
        list[str], typer.Option("--parties", help="Countries and organisations by name, separated by commas.")
    ],
    since: Annotated[int | None, typer.Option(min=EARLIEST_YEAR, max=LATEST_YEAR, help="First year.")] = None,
    until: Annotated[int | None, typer.Option(min=EARLIEST_YEAR, max=LATEST_YEAR, help="Last year.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Tell what documents report of commitments between parties, oldest first."""
    from ui.timeline.drawing import timeline_as_text

    with _opened(data_dir) as assistant:
        found = assistant.timeline(parties, since, until)
    typer.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) if as_json else timeline_as_text(found))


@app.command()
def doctor(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Check the model, the stores, the versions and the lock; a language model is asked one question."""
    from dataclasses import asdict

    from assistant.assembly import language_model
    from assistant.doctor import examine
    from assistant.settings import read_settings

    settings = read_settings()
    findings = examine(folder_of(data_dir), settings.model, lambda: language_model(settings), settings.servers)
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.healthy else 'FAIL'}  {finding.subject}: {finding.detail}")
    if not all(finding.healthy for finding in findings):
        raise typer.Exit(1)


def main() -> None:
    """The console script: expected failures become one sentence and exit code 1."""
    # Before any of the libraries is imported: no telemetry, no look-ups, no spinning threads.
    os.environ.update(
        ANONYMIZED_TELEMETRY="False",
        GRADIO_ANALYTICS_ENABLED="False",
        HF_HUB_OFFLINE="1",
        TOKENIZERS_PARALLELISM="false",
    )
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        app()
    except AssistantError as error:
        typer.echo(f"assistant: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@contextmanager
def _opened(data_dir: Path | None, *, briefs: bool = True, rebuild: bool = False) -> Iterator["Assistant"]:
    """An open assistant; a data folder that never had a source is given the shipped briefs first."""
    from assistant.assembly import open_assistant

    assistant = open_assistant(folder_of(data_dir), rebuild=rebuild)
    try:
        if briefs and not assistant.has_had_sources:
            typer.echo("First start: indexing the shipped briefs (once).", err=True)
            with _progress("Indexing") as progress:
                assistant.add_briefs(progress)
        yield assistant
    finally:
        assistant.close()


@contextmanager
def _progress(what: str) -> Iterator["Progress"]:
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


def _serve(assistant: "Assistant", host: str | None, port: int | None) -> None:
    import logging

    from assistant.settings import read_settings
    from ui.server import serve as serve_forever

    settings = read_settings()
    # What a language model takes (tokens, seconds, cost) and why it failed; never what was asked.
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("assistant").setLevel(logging.INFO)
    port = settings.port if port is None else port
    serve_forever(assistant, host or settings.host, port, settings)


def _print_report(report: "SyncReport", as_json: bool) -> None:
    if as_json:
        from dataclasses import asdict

        typer.echo(json.dumps(asdict(report), ensure_ascii=False, indent=2))
        return
    for path, reason in report.failed.items():
        typer.echo(f"not read: {path}: {reason}")
    counts = [f"{len(getattr(report, kind))} {kind}" for kind in ("new", "changed", "unchanged", "removed", "failed")]
    typer.echo(f"{', '.join(counts)}; {report.passages} passages indexed")
    if report.described:
        typer.echo(DESCRIBED)


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))
