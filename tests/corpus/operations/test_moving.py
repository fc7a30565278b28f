"""A catalog goes from its file into PostgreSQL whole or not at all, and answers there as it did before."""

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql
from fakes import FakeEncoder, child_environment
from servers import PASSWORD
from test_encodings import Counting
from typer.testing import CliRunner

from assistant.assembly import Assistant, open_assistant
from assistant.settings import Settings
from corpus.catalog import tables
from corpus.catalog.catalog import Catalog
from corpus.catalog.database import address_of, open_engine
from corpus.catalog.kept_files import FOLDER
from corpus.errors import DataFolderBusy, DataFolderDamaged, StoreUnreachable
from corpus.operations.moving import MoveError, TableRows, move_catalog
from corpus.store.store import writers_lock
from ui.cli import app
from ui.identity.keys import KeyRing
from ui.identity.signing import secret_of
from ui.keeping import conversation_stores, feedback_store
from ui.keeping.conversations import continued
from ui.keeping.moving import move
from ui.storage import database, shared
from ui.storage.shared import shared_secret

pytestmark = [pytest.mark.servers, pytest.mark.processes]

QUESTION = "What did Iceland and Malta sign?"
SIGNED = "{} and {} signed a health agreement in Valletta on 3 May 2024."
ALL = [*tables.metadata.sorted_tables, *database.metadata.sorted_tables, *shared.metadata.sorted_tables]
KILLED = """
import os, signal, sys
from pathlib import Path
from corpus.operations.moving import TableRows, move_catalog
from ui.storage.shared import metadata

def rows():
    yield {"name": "signing", "value": "x"}
    print("copied", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

move_catalog(Path(sys.argv[1]), sys.argv[2], [TableRows(metadata.tables["secret"], rows())])
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with all that there can be: old versions, failures, added files, records, a source for some."""
    folder, inside, data = tmp_path / "documents", tmp_path / "data" / "inside", tmp_path / "data"
    folder.mkdir()
    inside.mkdir(parents=True)
    (folder / "agreement.txt").write_text(SIGNED.format("Iceland", "Peru"))
    (folder / "empty.txt").write_text("")
    (inside / "hidden.txt").write_text(SIGNED.format("Fiji", "Malta"))
    assistant = open_assistant(data, folder=folder, encoder=FakeEncoder())
    (folder / "agreement.txt").write_text(SIGNED.format("Iceland", "Malta"))
    assistant.sync()
    assistant.add(inside, groups=["staff"])
    assistant.add_files([("added.txt", io.BytesIO(SIGNED.format("Nepal", "Samoa").encode()))])
    kept = database.Database(data)
    notes, conversation_store = (
        feedback_store.FeedbackStore(kept, days=90),
        conversation_stores.ServerConversations(kept),
    )
    for question in (QUESTION, "What did Nepal and Samoa sign?"):
        answer = assistant.ask(question)
        notes.note_question(answer, 5.0)
        notes.add_feedback(answer, assistant.store.generation, liked=True, reason="a \N{BLACK HEART SUIT}")
        conversation_store.put("anna", continued(None, answer, database.moment()), [])
    kept.close()
    assistant.close()
    return data


@pytest.fixture
def moved(data: Path, schema: str, tmp_path: Path) -> Iterator[Assistant]:
    """Another machine's assistant over the database to which the data folder was moved."""
    move(data, schema)
    moved = on_server(tmp_path / "other", schema)
    yield moved
    moved.close()


def on_server(folder: Path, server: str, encoder: FakeEncoder | None = None, vectors: str | None = None) -> Assistant:
    settings = Settings(catalog_url=server, chroma_url=vectors)  # type: ignore[arg-type]
    return open_assistant(folder, encoder=encoder or FakeEncoder(), settings=settings)


def held(server: str | None, folder: Path, *, without: tuple[str, ...] = ()) -> dict[str, list[Mapping[str, Any]]]:
    """All rows of all tables that are there, of the file or the database."""
    found = {}
    for file, metadata in (("catalog.sqlite3", tables.metadata), (database.FILE, database.metadata)):
        engine = open_engine(address_of(folder / file, server))
        with engine.connect() as connection:
            for table in (table for table in metadata.sorted_tables if table.name not in without):
                rows = connection.execute(sql.select(table).order_by(*table.primary_key)).mappings()
                found[table.name] = [dict(row) for row in rows]
        engine.dispose()
    return found


def counts(server: str) -> dict[str, int]:
    """How many rows there are in the database, in the tables that it has."""
    engine = open_engine(address_of(Path(), server))
    there = sql.inspect(engine).get_table_names()
    with engine.connect() as connection:
        number = sql.select(sql.func.count())
        found = {table.name: connection.scalar(number.select_from(table)) for table in ALL if table.name in there}
    engine.dispose()
    return found  # type: ignore[return-value]


def files_of(folder: Path) -> dict[str, str]:
    """The digests of all files but the journals and locks of who looks."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm", ".lock"))
    }


def test_every_row_is_there_and_the_folder_is_as_it_was(data: Path, schema: str) -> None:
    before = held(None, data)
    assert [name for name, rows in before.items() if not rows] == ["unsettled", "upload"], "otherwise nothing is shown"
    files = files_of(data)
    move(data, schema)
    assert files_of(data) == files
    after = held(schema, data)
    elsewhere = ("source", "upload")
    assert {name: after[name] for name in after if name not in elsewhere} == {
        name: before[name] for name in before if name not in elsewhere
    }
    assert after["upload"] == [{"name": "added.txt", "content": (data / FOLDER / "added.txt").read_bytes()}]
    assert {row["name"]: row["folder"] for row in after["source"]} == {
        "documents": str(data.parent / "documents"),
        "inside": str(data.resolve() / "inside"),
        FOLDER: FOLDER,
    }


def test_the_same_question_is_answered_the_same_and_nothing_is_encoded(data: Path, schema: str, tmp_path: Path) -> None:
    def told(assistant: Assistant) -> list[dict[str, Any]]:
        questions = (QUESTION, "What did Nepal and Samoa sign?", "What did Fiji and Malta sign?", "And Estonia?")
        return [assistant.ask(question).to_dict() | {"timings_ms": None} for question in questions]

    assistant = open_assistant(data, encoder=FakeEncoder())
    before = told(assistant)
    assistant.close()
    assert {answer["outcome"] for answer in before} >= {"answered", "not_found"}
    move(data, schema)
    encoder = Counting()
    moved = on_server(tmp_path / "other", schema, encoder)
    assert told(moved) == before
    assert moved.sync().changes is False
    assert not encoder.encoded
    moved.close()


def test_a_vector_server_that_is_new_is_filled_by_the_command_that_is_named(
    data: Path, schema: str, chroma_server: str, tmp_path: Path
) -> None:
    move(data, schema)
    encoder = Counting()
    moved = on_server(tmp_path / "other", schema, encoder, chroma_server)
    with pytest.raises(DataFolderDamaged, match="run: assistant reindex"):
        moved.ask(QUESTION)
    moved.reindex()
    assert moved.ask(QUESTION).outcome == "answered"
    assert not encoder.encoded
    moved.close()


def test_keys_sign_ins_and_added_files_go_on(data: Path, schema: str, tmp_path: Path) -> None:
    key, secret = KeyRing(data).create("portal", "ask"), secret_of(data)
    move(data, schema)
    found = KeyRing(tmp_path / "other", schema).find(key)
    assert found is not None
    assert (found.name, found.scope) == ("portal", "ask")
    assert shared_secret(tmp_path / "other", schema) == secret
    moved = on_server(tmp_path / "other", schema)
    (document,) = (d for d in moved.store.catalog.documents() if d.path == "added.txt")
    moved.remove_document(document.id)
    assert moved.ask("What did Nepal and Samoa sign?").outcome == "not_found"
    moved.close()


def test_what_is_written_next_goes_on_from_there(moved: Assistant, schema: str, tmp_path: Path) -> None:
    generation = moved.store.generation
    (added,) = moved.add_files([("next.txt", io.BytesIO(SIGNED.format("Ghana", "Bhutan").encode()))])
    assert added.outcome == "indexed"
    assert moved.store.generation > generation
    kept = database.Database(tmp_path / "other", schema)
    feedback_store.FeedbackStore(kept, days=90).note_question(moved.ask("What did Ghana and Bhutan sign?"), 5.0)
    with kept.reading() as connection:
        assert list(connection.scalars(sql.select(feedback_store.questions.c.id).order_by("id"))) == [1, 2, 3]
    kept.close()


def test_a_database_that_holds_something_is_refused(data: Path, schema: str) -> None:
    move(data, schema)
    before = counts(schema)
    with pytest.raises(
        MoveError, match=r"^The database postgresql://assistant:\*\*\*@.* holds something already"
    ) as told:
        move(data, schema)
    assert PASSWORD not in str(told.value)
    assert counts(schema) == before


def test_a_key_alone_is_something(data: Path, schema: str) -> None:
    KeyRing(data, schema).create("portal", "ask")
    with pytest.raises(MoveError, match="in its table key"):
        move(data, schema)
    assert sum(counts(schema).values()) == 1


def test_a_server_that_looked_at_the_empty_database_is_in_nobodys_way(data: Path, schema: str, tmp_path: Path) -> None:
    early = on_server(tmp_path / "early", schema)
    assert early.ask(QUESTION).outcome == "not_found"
    move(data, schema)
    assert early.ask(QUESTION).outcome == "answered"
    early.close()


def test_a_kill_in_the_middle_leaves_the_folder_as_it_was_and_nothing_in_the_database(data: Path, schema: str) -> None:
    files = files_of(data)
    command = [sys.executable, "-c", KILLED, str(data), schema]
    killed = subprocess.run(command, env=child_environment(), capture_output=True, text=True, timeout=120)
    assert (killed.returncode, killed.stdout) == (-9, "copied\n"), killed.stderr
    assert files_of(data) == files
    assert sum(counts(schema).values()) == 0
    move(data, schema)
    assert counts(schema)["document"] == 4, "the same again, unkilled"


def test_nobody_writes_to_either_meanwhile(
    data: Path, schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.catalog.database._PATIENCE_SECONDS", 0.2)
    there = Catalog(tmp_path, server=schema)

    def rows() -> Iterator[dict[str, str]]:
        with pytest.raises(DataFolderBusy), writers_lock(data):
            pass
        with pytest.raises(DataFolderBusy), there.writers_turn():
            pass
        yield {"name": "tried", "value": "both"}

    move_catalog(data, schema, [TableRows(shared.metadata.tables["secret"], rows())])
    assert counts(schema)["secret"] == 1, "they were tried"
    there.close()
    with writers_lock(data), pytest.raises(DataFolderBusy):
        move(data, schema)


def test_texts_with_nuls_and_documents_from_before_changes_were_noted_are_taken_too(
    data: Path, schema: str, tmp_path: Path
) -> None:
    engine = open_engine(address_of(data / "catalog.sqlite3"))
    with engine.begin() as connection:
        connection.execute(sql.delete(tables.changes))
        replaced = sql.func.replace(tables.documents.c.text, "health", "heal\0h")
        connection.execute(sql.update(tables.documents).values(text=replaced))
    engine.dispose()
    move(data, schema)
    moved = on_server(tmp_path / "other", schema)
    (citation, *_) = moved.ask(QUESTION).citations
    assert "a heal\N{REPLACEMENT CHARACTER}h agreement in Valletta" in citation.quote
    moved.close()


@pytest.mark.parametrize(
    ("address", "error", "sentence"),
    [
        ("", MoveError, "set ASSISTANT_CATALOG_URL"),
        ("sqlite:///x", StoreUnreachable, "no address of PostgreSQL"),
        ("postgresql://a:hidden@127.0.0.1:1/b", StoreUnreachable, "refused"),
    ],
)
def test_where_it_cannot_go_is_said(
    address: str, error: type[Exception], sentence: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_CATALOG_URL", address)
    told = CliRunner().invoke(app, ["move", "--data-dir", str(data)]).exception
    assert isinstance(told, error)
    assert sentence in str(told)
    assert "hidden" not in str(told)


def test_the_command_tells_what_went_where(data: Path, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_CATALOG_URL", schema)
    missing = CliRunner().invoke(app, ["move", "--data-dir", str(data / "missing")]).exception
    assert "There is no catalog in" in str(missing)
    told = CliRunner().invoke(app, ["move", "--data-dir", str(data)])
    assert told.stdout.startswith(
        "4 versions of documents, 3 passages, 1 added files, 0 keys: postgresql://assistant:***@"
    )
    assert PASSWORD not in told.output


def test_an_unreadable_added_file_stops_it(data: Path, schema: str) -> None:
    (data / FOLDER / "pipe").unlink(missing_ok=True)
    os.mkfifo(data / FOLDER / "pipe")
    with pytest.raises(MoveError, match="pipe cannot be read"):
        move(data, schema)
    assert sum(counts(schema).values()) == 0
