"""What every test gets: no network, hypothesis without a clock, and one real encoder for those that need it."""

import json
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import started
from fakes import ROOT, SERVERS_OF, SUPPORT, FakeEncoder, child_command, child_environment, open_store
from hypothesis import HealthCheck, settings
from offline import network_guard
from prepared import prepared_briefs
from servers import KINDS, running_chroma, running_postgres, with_schema, without_schema

from assistant.assembly import Assistant, open_assistant
from corpus.catalog.catalog import Catalog
from corpus.encoder.opening import open_encoder
from corpus.encoder.protocol import Encoder
from corpus.index.servers import Servers
from corpus.ingest.sync import sync
from corpus.store.store import Store


def _unsettled() -> tuple[str, ...]:
    """Tests that pin what the old reader answered, or were not looked at since: each line the beginning of an id."""
    lines = (SUPPORT / "unsettled.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


_UNSETTLED = _unsettled()
network_guard.install()
started.install()
# The same examples every time: what passes here passes in CI. `pytest --hypothesis-profile=explore` tries new ones.
_PATIENT = [HealthCheck.too_slow, HealthCheck.filter_too_much]
settings.register_profile("suite", deadline=None, suppress_health_check=_PATIENT, derandomize=True)
settings.register_profile("explore", deadline=None, suppress_health_check=_PATIENT)
settings.load_profile("suite")

# The marks that who asks for these fixtures must have.
NEEDING = {"postgres": "servers", "chroma_server": "servers", "killer": "processes", "browser": "browser"}


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Fail a test that tried to reach another machine, even where the code under test swallowed the refusal."""
    network_guard.attempts.clear()
    yield
    attempts = list(network_guard.attempts)
    network_guard.attempts.clear()
    assert not attempts, f"the test tried to reach another machine: {attempts}"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Forget what earlier tests started; what the fixtures of this one start counts as its own."""
    started.needed.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test that starts or ends what its marks do not tell."""
    result = yield
    unmarked = [(mark, what) for mark, what in started.needed if item.get_closest_marker(mark) is None]
    assert not unmarked, f"the test, or its module, lacks marks for what it starts or ends: {unmarked}"
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each module to one worker: what it opens, it opens once. Refuse what asks for a server without its mark."""
    for item in items:
        if item.nodeid.startswith(_UNSETTLED):
            item.add_marker(pytest.mark.xfail(reason="pins what the old reader answered", strict=False))
    for item in items:
        for fixture in NEEDING.keys() & set(getattr(item, "fixturenames", ())):
            if item.get_closest_marker(NEEDING[fixture]) is None:
                raise pytest.UsageError(f"{item.nodeid} asks for {fixture} and is not marked {NEEDING[fixture]}")
        item.add_marker(pytest.mark.xdist_group(f"{item.path.stem} {_kind_of(item)}".strip()))


def _kind_of(item: pytest.Item) -> str:
    """The kind of installation that a test is run on, which may have a worker to itself."""
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("servers", "")) if callspec else ""


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The real encoder, loaded once."""
    return open_encoder()


@pytest.fixture(scope="session")
def briefs_data(encoder: Encoder, request: pytest.FixtureRequest) -> Path:
    """A data folder of the shipped briefs, to be copied and never to be opened: see `prepared`."""
    return prepared_briefs(encoder, request.config)


@pytest.fixture(scope="session")
def briefs(encoder: Encoder, briefs_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the shipped briefs."""
    data = shutil.copytree(briefs_data, tmp_path_factory.mktemp("briefs") / "data")
    assistant = open_assistant(data, encoder=encoder)
    yield assistant
    assistant.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared inputs, which a checkout alone does not have."""
    folder = ROOT.parent / "shared"
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
        chosen = kinds[:1] if alone else kinds
        marked = [pytest.param(kind, marks=() if kind == KINDS[0] else pytest.mark.servers) for kind in chosen]
        metafunc.parametrize("servers", marked, indirect=True)


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
        child_command(str(SUPPORT / "killed_sync.py")),
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
