"""Commands that look at the assistant itself: how good its answers are, and whether it is in order."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ui.commands.opening import opened, progress_bar
from ui.commands.options import AsJson, DataDir, folder_of


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
    with opened(data_dir) as assistant, progress_bar("Asking") as progress:
        report = reports.make_report(measuring.evaluate(assistant, cases, progress), questions=path.name)
    comparison = None if earlier is None else reports.compare(earlier, report)
    text = tables.report_as_text(report)
    if report_folder is not None:
        reports.write_report(report_folder, report, text)
    if as_json:
        typer.echo(json.dumps({**report, "against": comparison}, ensure_ascii=False, indent=2))
    else:
        typer.echo(text if comparison is None else f"{text}\n\n{tables.comparison_as_text(comparison)}")


def doctor(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Check the model, the stores, the versions and the lock; a language model is asked one question."""
    from dataclasses import asdict

    from assistant.assembly import language_model
    from assistant.doctor import examine
    from assistant.settings import read_settings

    settings = read_settings()
    findings = examine(
        folder_of(data_dir),
        settings.model,
        lambda: language_model(settings),
        settings.servers,
        settings.precision,
    )
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.healthy else 'FAIL'}  {finding.subject}: {finding.detail}")
    if not all(finding.healthy for finding in findings):
        raise typer.Exit(1)
