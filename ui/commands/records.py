"""`assistant records`: what is kept of questions and feedback, and how it is deleted."""

from typing import Annotated

import typer

from ui.commands.options import DataDir, folder_of

records_app = typer.Typer(
    help="What is kept of questions, feedback and conversations on the server.", no_args_is_help=True
)


@records_app.command()
def purge(
    older_than: Annotated[int, typer.Option("--older-than", min=0, help="Days; 0 deletes everything.")],
    data_dir: DataDir = None,
    conversations: Annotated[
        bool, typer.Option("--conversations", help="Also conversations that nobody continued since.")
    ] = False,
) -> None:
    """Delete recorded questions and feedback older than so many days."""
    from assistant.settings import read_settings
    from ui.keeping.conversation_stores import purge_conversations
    from ui.keeping.feedback_store import FeedbackStore
    from ui.storage.database import Database, moment

    database = Database(folder_of(data_dir), read_settings().catalog_server)
    if not database.exists:
        typer.echo("Nothing is kept here.")
        return
    questions, judgements = FeedbackStore(database, days=older_than).purge(older_than)
    told = f"Deleted: {questions} of the questions, {judgements} of the judgements"
    if conversations:
        told += f", {purge_conversations(database, moment(days_before=older_than))} of the conversations"
    database.close()
    typer.echo(f"{told}.")
