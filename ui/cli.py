"""The command line. Thin: it reads arguments, calls the assistant, prints; nothing is decided here.

Exit codes: 0 done (a refusal is an answer), 1 it could not be done and the sentence on stderr says what to do,
2 wrong usage. The commands are in `ui.commands` and import heavy libraries when they run, so that `--help` is instant.
"""

import os
import sys

import typer

from corpus.errors import AssistantError
from ui.commands.administration import audit_app, backup, keys_app, move, restore
from ui.commands.asking import ask, brief, filters, news, timeline
from ui.commands.documents import documents, ingest, reindex
from ui.commands.examining import doctor, evaluate
from ui.commands.records import records_app
from ui.commands.serving import chat, mcp, serve
from ui.commands.sources import sources_app

app = typer.Typer(
    name="assistant",
    help="Answers questions about international health cooperation from your documents, each sentence with its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
# In the order that `--help` lists them in.
for command in (
    *(ask, timeline, brief, news, filters, ingest, documents, reindex, chat, serve, mcp, evaluate, doctor),
    *(backup, restore, move),
):
    app.command()(command)
for group, name in ((sources_app, "sources"), (records_app, "records"), (keys_app, "keys"), (audit_app, "audit")):
    app.add_typer(group, name=name)


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


if __name__ == "__main__":
    main()
