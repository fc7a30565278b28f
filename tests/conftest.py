"""What every test gets: no network, hypothesis without a clock, and one real encoder for those that need it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeEncoder, open_store
from hypothesis import HealthCheck, settings
from offline import network_guard

from assistant.assembly import Assistant, open_assistant
from corpus.embedding import open_encoder
from corpus.encoder import Encoder

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


@pytest.fixture
def store(tmp_path: Path, folder: Path) -> Iterator:
    """A store with one source `s`: the empty folder of documents."""
    store = open_store(tmp_path / "data", FakeEncoder(), s=folder)
    yield store
    store.close()
