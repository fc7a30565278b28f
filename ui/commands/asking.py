"""Commands that answer: a question, a timeline, and what documents can be filtered by."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ui import EARLIEST_YEAR, LATEST_YEAR
from ui.commands.opening import opened
from ui.commands.options import AsJson, DataDir


def _filter(name: str, what: str) -> Any:
    return typer.Option(f"--{name}", help=f"Read only documents {what}; repeatable, any of them will do.")


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
    from assistant.scope.scope import Scope
    from ui.export.file import check_file, write_briefing
    from ui.rendering import answer_as_text

    if export is not None:
        check_file(export)  # before the question is asked

    parties, topics, publishers, languages, sources = (
        tuple(given or ()) for given in (party, topic, publisher, language, source)
    )
    scope = Scope(parties, topics, publishers, languages, sources, since, until)
    with opened(data_dir) as assistant:
        answer = assistant.ask(question, history or [], scope)
        if export is not None:
            write_briefing(export, answer, assistant.store.document)
    typer.echo(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2) if as_json else answer_as_text(answer))


def brief(
    parties: Annotated[
        list[str], typer.Option("--parties", help="Countries and organisations by name, separated by commas.")
    ],
    since: Annotated[str | None, typer.Option(help="Read only documents of this year, month or day, or later.")] = None,
    until: Annotated[
        str | None, typer.Option(help="Read only documents of this year, month or day, or earlier.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the briefing to a .docx or .md file too, with footnotes.")
    ] = None,
) -> None:
    """Brief on parties: how far things have come, what they cover, what is not reported; every line cited."""
    from assistant.scope.scope import Scope
    from ui.export.file import check_file, write_briefing
    from ui.rendering import answer_as_text

    if export is not None:
        check_file(export)
    with opened(data_dir) as assistant:
        answer = assistant.brief(parties, Scope(since=since, until=until))
        if export is not None:
            write_briefing(export, answer, assistant.store.document)
    typer.echo(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2) if as_json else answer_as_text(answer))


def news(
    parties: Annotated[
        list[str] | None, typer.Option("--parties", help="Only documents that name all of these; separated by commas.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Only documents stored on this day or later, as in 2026-05-01.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the documents that were stored last, each with the furthest step it reports."""
    with opened(data_dir) as assistant:
        found = assistant.news(parties or (), since)
    if as_json:
        typer.echo(json.dumps([item.to_dict() for item in found], ensure_ascii=False, indent=2))
        return
    for item in found:
        told = f"\n    {item.step.status.words}: {item.step.text}" if item.step else ""
        about = ", ".join(part for part in (item.document.publisher, item.document.published) if part)
        typer.echo(f"{item.added[:10]}  {item.document.title}{f' ({about})' if about else ''}{told}")
    if not found:
        typer.echo("No document was stored in this time.")


def filters(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List what documents can be filtered by: parties, topics, publishers, languages and sources."""
    from assistant.scope.scope import FIELD_OF
    from ui.wire.filters import values_as_json

    with opened(data_dir) as assistant:
        values, period = assistant.filters(), assistant.period()
    if as_json:
        typer.echo(json.dumps(values_as_json(values, period), ensure_ascii=False, indent=2))
        return
    for field in FIELD_OF.values():
        listed = (f"{value} ({count})" for value, count in values[field].items())
        typer.echo(f"--{field}: {', '.join(listed) or 'none'}")
    typer.echo(f"--since, --until: {' to '.join(period) if period else 'no document is dated'}")


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
    from ui.pages.timeline.drawing import timeline_as_text

    with opened(data_dir) as assistant:
        found = assistant.timeline(parties, since, until)
    typer.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) if as_json else timeline_as_text(found))
