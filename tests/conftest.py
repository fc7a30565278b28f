"""What every test gets: no network, hypothesis without a clock, and one real encoder for those that need it."""

import json
import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import SERVERS_OF, TESTS, FakeEncoder, child_command, child_environment, open_store
from hypothesis import HealthCheck, settings
from offline import network_guard
from servers import KINDS, running_chroma, running_postgres, with_schema, without_schema

from assistant.assembly import Assistant, open_assistant
from corpus.catalog.catalog import Catalog
from corpus.encoder.opening import open_encoder
from corpus.encoder.protocol import Encoder
from corpus.index.servers import Servers
from corpus.ingest.sync import sync
from corpus.store.store import Store

network_guard.install()
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Fail a test that tried to reach another machine, even where the code under test swallowed the refusal."""
    network_guard.attempts.clear()
    yield
    attempts = list(network_guard.attempts)
    network_guard.attempts.clear()
    assert not attempts, f"the test tried to reach another machine: {attempts}"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The real encoder, loaded once."""
    return open_encoder()


@pytest.fixture(scope="session")
def briefs(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the shipped briefs."""
    assistant = open_assistant(tmp_path_factory.mktemp("briefs"), encoder=encoder)
    assistant.add_briefs()
    yield assistant
    assistant.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared inputs, which a checkout alone does not have."""
    folder = Path(__file__).parents[2] / "shared"
    if not (folder / "data" / "documents" / "files").is_dir() or not (folder / "seeds").is_dir():
        pytest.skip(f"needs the shared inputs, and there is no {folder}")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    return folder


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a module against each kind of installation that it names as `ON_SERVERS`, except what is `one_folder`."""
    kinds = getattr(metafunc.module, "ON_SERVERS", ())
    if kinds and "servers" in metafunc.fixturenames:
        alone = metafunc.definition.get_closest_marker("one_folder")
        metafunc.parametrize("servers", kinds[:1] if alone else kinds, indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL that runs while the tests do."""
    with running_postgres() as address:
        yield address


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server that runs while the tests do."""
    with running_chroma(tmp_path_factory.mktemp("chroma") / "data") as address:
        yield address


@pytest.fixture
def schema(postgres: str) -> Iterator[str]:
    """The address of an empty schema in it."""
    name = f"test_{secrets.token_hex(6)}"
    yield with_schema(postgres, name)
    without_schema(postgres, name)


@pytest.fixture
def servers(request: pytest.FixtureRequest) -> Servers:
    """The servers of the installation under test: none, PostgreSQL alone, or Chroma's too."""
    kind = getattr(request, "param", KINDS[0])
    catalog = None if kind == KINDS[0] else request.getfixturevalue("schema")
    return Servers(catalog, request.getfixturevalue("chroma_server") if kind == KINDS[2] else None)


@pytest.fixture
def catalog(tmp_path: Path, servers: Servers) -> Iterator[Catalog]:
    """An empty catalog."""
    catalog = Catalog(tmp_path, server=servers.catalog)
    yield catalog
    catalog.close()


@pytest.fixture
def store(tmp_path: Path, folder: Path, servers: Servers) -> Iterator:
    """A store with one source `s`: the empty folder of documents."""
    SERVERS_OF[str(tmp_path / "data")] = servers
    store = open_store(tmp_path / "data", FakeEncoder(), s=folder)
    yield store
    store.close()


@pytest.fixture
def filled(store: Store, folder: Path) -> Store:
    """That store with three documents of one passage each."""
    for name in ("one", "two", "three"):
        (folder / f"{name}.txt").write_text(f"Document {name} speaks of health cooperation between two countries.")
    sync(store)
    return store


@pytest.fixture(scope="module")
def killer() -> "Iterator[Callable[..., dict[str, Any]]]":
    """Ask the program that runs syncs and kills them."""
    program = subprocess.Popen(
        child_command(str(TESTS / "killed_sync.py")),
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(data: Path, work: str = "sync", **job: Any) -> dict[str, Any]:
        program.stdin.write(json.dumps({"data": str(data), "work": work, **job}) + "\n")
        program.stdin.flush()
        return json.loads(program.stdout.readline())

    yield ask
    program.communicate(timeout=30)
    assert program.returncode == 0
