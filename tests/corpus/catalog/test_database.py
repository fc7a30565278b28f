"""What goes wrong with a database on a server is said in one sentence, at once, and without its password."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sql
from fakes import child_environment, document
from servers import PASSWORD, free_port, started_postgres

from corpus.catalog.catalog import Catalog
from corpus.catalog.database import INSTALL, address_of, open_engine, write_encodings_alone
from corpus.catalog.entries import Change, Source
from corpus.errors import DataFolderBusy, StoreUnreachable

pytestmark = [pytest.mark.servers, pytest.mark.processes]


@pytest.mark.parametrize(
    "address", ["mysql://a:hidden@h/d", "postgresql://a:hidden@h", "hidden", "postgresql://a:hidden@h:port/d", "x://"]
)
def test_what_is_no_address_is_refused_and_not_repeated(address: str, tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="ASSISTANT_CATALOG_URL is no address of PostgreSQL; set it as") as told:
        Catalog(tmp_path, server=address)
    assert "hidden" not in str(told.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_is_shown_without_its_password(scheme: str, tmp_path: Path) -> None:
    address = address_of(tmp_path / "x", f"{scheme}://assistant:hidden@host:5432/base?password=hidden&sslmode=require")
    assert str(address) == "postgresql://assistant:***@host:5432/base"
    assert address.is_shared


def test_a_server_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(StoreUnreachable, match=r"^The database postgresql://a:\*\*\*@.*refused.*; start it, or"):
        Catalog(tmp_path, server=f"postgresql://a:hidden@127.0.0.1:{free_port()}/base")
    assert time.monotonic() - started < 5


def test_a_wrong_password_is_told(postgres: str, tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="password authentication failed") as told:
        Catalog(tmp_path, server=postgres.replace(PASSWORD, "wrong-one"))
    assert "wrong-one" not in str(told.value)
    assert "\n" not in str(told.value)


def test_a_missing_driver_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from pathlib import Path; from corpus.catalog.catalog import Catalog\n"
        "from corpus.errors import StoreUnreachable\n"
        "try: Catalog(Path(sys.argv[1]), server='postgresql://a@127.0.0.1/b')\n"
        "except StoreUnreachable as error: print(error)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env=child_environment(), capture_output=True, text=True, check=True
    )
    assert f"run: {INSTALL}" in told.stdout


def test_who_stops_in_the_middle_of_a_transaction_is_given_up_with_all_locks(
    schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.catalog.database._STANDSTILL", {"idle_in_transaction_session_timeout": "300ms"})
    standing = open_engine(address_of(tmp_path / "x", schema))
    going = Catalog(tmp_path, server=schema)

    def stand_still() -> None:
        with standing.begin() as connection:
            write_encodings_alone(connection)
            going.encodings.forget_superseded()  # which waits for the lock
            connection.execute(sql.text("SELECT 1"))

    with pytest.raises(StoreUnreachable, match="idle-in-transaction"):
        stand_still()
    assert going.encodings.count() == 0
    standing.dispose()
    going.close()


def test_the_server_looks_whether_the_other_end_is_there(schema: str, tmp_path: Path) -> None:
    engine = open_engine(address_of(tmp_path / "x", schema))
    with engine.connect() as connection:
        connection.rollback()
        assert connection.scalar(sql.text("SHOW tcp_keepalives_idle")) == "30"
        assert connection.scalar(sql.text("SHOW idle_in_transaction_session_timeout")) == "1min"
    engine.dispose()


def test_connections_that_the_server_ended_are_replaced_unseen(schema: str, tmp_path: Path) -> None:
    import psycopg

    catalog = Catalog(tmp_path, server=schema)
    catalog.apply(Change(documents=[(document("Said."), ())]))
    with psycopg.connect(schema, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'assistant'"
        )
    assert catalog.generation == 1
    catalog.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda catalog, folder: catalog.apply(Change(documents=[(document("Said later."), ())])),
        lambda catalog, folder: catalog.note_unsettled(["a"]),
        lambda catalog, folder: catalog.settle(["a"]),
        lambda catalog, folder: catalog.add_source(Source("added", folder)),
        lambda catalog, folder: catalog.remove_source("there"),
    ],
    ids=["apply", "note unsettled", "settle", "add a source", "remove a source"],
)
def test_who_lost_the_turn_without_knowing_changes_nothing(
    change: Callable[[Catalog, Path], None], schema: str, tmp_path: Path
) -> None:
    import psycopg

    first, second = Catalog(tmp_path / "1", server=schema), Catalog(tmp_path / "2", server=schema)
    with first.writers_turn():
        with psycopg.connect(schema, autocommit=True) as connection:  # as a network does
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        with second.writers_turn():
            second.apply(Change(documents=[(document("Said."), ())]))
            second.note_unsettled(["b"])
            second.add_source(Source("there", tmp_path))
        with pytest.raises(DataFolderBusy, match="taken over"):
            change(first, tmp_path)
    assert [item.text for item in second.documents()] == ["Said."]
    assert second.unsettled() == ["b"]
    assert [source.name for source in second.sources()] == ["there"]
    for catalog in (first, second):
        catalog.close()


def test_a_server_that_stops_is_told_and_one_that_comes_back_is_used(postgres: str, tmp_path: Path) -> None:
    from servers import running_postgres

    with running_postgres() as address:
        catalog = Catalog(tmp_path, server=address)
        catalog.apply(Change(documents=[(document("Said."), ())]))
        port = int(address.rpartition(":")[2].partition("/")[0])
        folder = next(path for path in Path("/tmp").glob("assistant-postgres-*") if _holds(path, port))
        stop(folder)
        with pytest.raises(StoreUnreachable, match="cannot be used"):
            catalog.documents()
        with started_postgres(folder, port):
            assert len(catalog.documents()) == 1
            catalog.close()


def _holds(folder: Path, port: int) -> bool:
    told = folder / "data" / "postmaster.pid"  # of a server that runs; other folders may lie about
    return told.is_file() and str(port) in told.read_text().splitlines()


def stop(folder: Path) -> None:
    """Stop the server over `folder`, by its process id."""
    import os
    import signal

    process = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(process, signal.SIGINT)
    patience = time.monotonic() + 20
    while (folder / "data" / "postmaster.pid").exists():
        assert time.monotonic() < patience
        time.sleep(0.05)
