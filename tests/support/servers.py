"""Servers that tests start for themselves on this machine, and end by process id: PostgreSQL and Chroma's.

PostgreSQL refuses to run as root, so that root runs it as somebody who owns nothing. Each test gets a schema of its
own in one server, and, where it asks for vectors, collections of its own in another.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# Kinds of installation that tests run against.
KINDS = ("one folder", "postgres", "postgres and chroma")
ON_ALL = KINDS
ONE_CATALOG_EACH = KINDS[:2]
PASSWORD = "only-for-tests"
_BINARIES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")


def postgres_binary(name: str) -> str | None:
    """Where one of PostgreSQL's programs is: Debian does not put them on the path."""
    if (found := shutil.which(name)) is not None:
        return found
    candidates = (path for pattern in _BINARIES for path in Path("/").glob(f"{pattern[1:]}/{name}"))
    return str(max(candidates, default="")) or None


@contextmanager
def running_postgres() -> Iterator[str]:
    """A PostgreSQL on a free port with an empty database; its address. Skips where it is not installed."""
    initdb, server = postgres_binary("initdb"), postgres_binary("postgres")
    if initdb is None or server is None:
        pytest.skip("needs PostgreSQL's initdb (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="needs psycopg")
    folder = Path(tempfile.mkdtemp(prefix="assistant-postgres-"))
    account = _somebody()
    try:
        (folder / "password").write_text(PASSWORD)
        for path in (folder, folder / "password"):
            shutil.chown(path, account) if account else None
        how = ("--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--username=assistant", "--no-sync")
        command = [initdb, f"--pgdata={folder / 'data'}", "--encoding=UTF8", "--locale=C.UTF-8", *how]
        subprocess.run(command, check=True, capture_output=True, user=account, cwd=folder)
        with started_postgres(folder) as address:
            yield address
    finally:
        shutil.rmtree(folder)


@contextmanager
def started_postgres(folder: Path, port: int | None = None) -> Iterator[str]:
    """The server over the data in `folder`, until the context is left; its address."""
    server = postgres_binary("postgres")
    assert server is not None
    port = port or free_port()
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
    options |= {"max_connections": 200, "shared_buffers": "64MB"}
    command = [server, "-D", str(folder / "data"), *(f"--{name}={value}" for name, value in options.items())]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, user=_somebody(), cwd=folder)
    try:
        _wait_until(lambda: _answers(port), process, folder / "log")
        yield f"postgresql://assistant:{PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(signal.SIGINT)  # "fast": it ends the sessions that are left
        process.wait(30)


@contextmanager
def running_chroma(folder: Path, port: int | None = None) -> Iterator[str]:
    """Chroma's own (Rust) server over `folder`, until the context is left; its address."""
    with chroma_process(folder, port) as (address, _):
        yield address


@contextmanager
def chroma_process(folder: Path, port: int | None = None) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The same, with its process."""
    port = port or free_port()
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--host", "127.0.0.1"]
    with (folder.parent / f"{folder.name}.log").open("ab") as log:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log)
    try:
        _wait_until(lambda: _beats(port), process, folder.parent / f"{folder.name}.log")
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(30)


def with_schema(address: str, name: str) -> str:
    """The address of a new, empty schema in the database at `address`."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
    return f"{address}?options=-csearch_path%3D{name}"


def without_schema(address: str, name: str) -> None:
    """Drop it again, with all that is in it."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'DROP SCHEMA "{name}" CASCADE')


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _somebody() -> str | None:
    """An account that root can run PostgreSQL as; None for whoever is not root."""
    if os.getuid() != 0:
        return None
    accounts = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in accounts else "nobody"


def _answers(port: int) -> bool:
    import psycopg

    try:
        psycopg.connect(f"postgresql://assistant:{PASSWORD}@127.0.0.1:{port}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _beats(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _wait_until(ready: object, process: subprocess.Popen[bytes], log: Path) -> None:
    patience = time.monotonic() + 30
    while not ready():  # type: ignore[operator]
        assert process.poll() is None, log.read_text(errors="replace")[-2_000:]
        assert time.monotonic() < patience, f"{process.args} does not answer"
        time.sleep(0.05)
