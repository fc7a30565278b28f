"""Looks at everything an installation stands on and says what is well and what is not, with the mend.

Each check is independent of the others, so that one finding never hides the next. Nothing is changed.
"""

import importlib.metadata
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from assistant.model.prompts import GREETING
from assistant.model.provider import LanguageModel
from assistant.model.provider_failures import ModelUnavailable
from assistant.reader.network import CHECKSUM, WEIGHTS, read_weights
from corpus.catalog.catalog import FILE, Catalog
from corpus.encoder.model_files import DEFAULT_MODEL, Precision, checksums, model_folder
from corpus.encoder.opening import open_encoder
from corpus.encoder.protocol import Encoder
from corpus.encoder.released import PACKAGE, SHA256, ReleasedWeights
from corpus.errors import AssistantError, DataFolderBusy
from corpus.index.index import NO_SERVERS
from corpus.index.servers import Servers
from corpus.index.vector_server import connect, disconnect
from corpus.store.lock import writers_lock
from corpus.store.store import Store

_LIBRARIES = (*("langchain-core", "chromadb", "langchain-chroma", "onnxruntime", "tokenizers", "tantivy", "gradio"),)
# What the encoder's speed is measured with: as long as passages are.
_PASSAGES = ["The ministers of health of both countries met and spoke about the training of doctors. " * 6] * 16


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw."""

    subject: str
    healthy: bool
    detail: str


def examine(
    data_folder: Path,
    model: str,
    language_model: Callable[[], LanguageModel | None] = lambda: None,
    servers: Servers = NO_SERVERS,
    precision: Precision = "int8",
) -> list[Finding]:
    """Check versions, encoder, reader, catalog, indexes, sources and lock; and the language model, if there is one.

    `language_model` connects to the one configured; it is asked one question.
    """
    asked = _checked("language model", lambda: _language_model(language_model()))
    return [
        _versions(),
        _checked("model", lambda: _model(model)),
        _checked("speed", lambda: _speed(model, precision)),
        _checked("reader", _reader),
        *((asked,) if asked.detail else ()),
        *_stores(data_folder, model, servers, precision),
    ]


def _checked(subject: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, check())
    except AssistantError as error:
        return Finding(subject, False, str(error))


def _versions() -> Finding:
    versions = [f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES]
    return Finding("versions", True, f"Python {platform.python_version()}, {', '.join(versions)}")


def _model(model: str) -> str:
    if model == DEFAULT_MODEL:
        file, package = ReleasedWeights().path.name, f"{PACKAGE} {importlib.metadata.version(PACKAGE)}"
        return f"{model} from {package} (bytes as released: {file} {SHA256[:12]}…); reads about a hundred languages"
    short = ", ".join(f"{name} {digest[:12]}…" for name, digest in checksums(model_folder(model)).items())
    return f"{model} (a model of your own, no checksum pinned: {short})"


def _speed(model: str, precision: Precision) -> str:
    """How fast this machine encodes, as it is set to and as it could be."""
    if model != DEFAULT_MODEL:
        return f"{_rate(open_encoder(model)):.0f} passages a second"
    choices: tuple[Precision, ...] = ("int8", "float32")
    return "; ".join(
        f"{_rate(open_encoder(precision=choice)):.0f} passages a second with {choice}"
        f"{' (in use)' if choice == precision else ''}"
        for choice in choices
    )


def _rate(encoder: Encoder) -> float:
    """Passages a second."""
    encoder.encode_passages(_PASSAGES[:1], _PASSAGES[:1])  # loads it
    started = time.perf_counter()
    encoder.encode_passages([""] * len(_PASSAGES), _PASSAGES)
    return len(_PASSAGES) / (time.perf_counter() - started)


def _reader() -> str:
    read_weights(WEIGHTS, CHECKSUM)  # says what is wrong with them
    return f"{WEIGHTS.name} ({WEIGHTS.stat().st_size / 1e6:.0f} MB, bytes as trained: {CHECKSUM[:12]}…)"


def _language_model(model: LanguageModel | None) -> str:
    """What it took the model to answer; nothing where there is none."""
    if model is None:
        return ""
    try:
        reply = model.ask(GREETING, purpose="doctor", time_budget=model.time_budget())
    except ModelUnavailable as error:
        raise AssistantError(f"{error}; check ASSISTANT_LLM, ASSISTANT_LLM_URL and its key") from error
    return f"{model.name}{f' at {model.address}' if model.address else ''} answers ({reply.usage})"


def _stores(folder: Path, model: str, servers: Servers, precision: Precision) -> Iterator[Finding]:
    if servers.catalog is None and not (folder / FILE).is_file():
        yield Finding("catalog", True, f"none in {folder} yet; the first question or `assistant ingest` makes it")
        return
    yield (in_use := _checked("catalog", lambda: _asked(folder, servers, _catalog)))
    if servers.vectors:
        yield _checked("vector server", lambda: _vector_server(str(servers.vectors)))
    if in_use.healthy:
        yield _checked("sources", lambda: _asked(folder, servers, _sources))
        yield _checked("indexes", lambda: _indexes(folder, model, servers, precision))
        yield _checked("writer's lock", lambda: _asked(folder, servers, _lock))


def _asked(folder: Path, servers: Servers, question: Callable[[Catalog], str]) -> str:
    with closing(Catalog(folder, server=servers.catalog)) as catalog:
        return question(catalog)


def _catalog(catalog: Catalog) -> str:
    catalog.require_sound()
    failed = len(catalog.failures())
    return (
        f"{catalog.address}, generation {catalog.generation}, {len(catalog.documents())} documents, "
        f"{catalog.passage_count()} passages, {failed} files not read"
    )


def _vector_server(server: str) -> str:
    client = connect(server)
    try:
        return f"{server} answers (version {client.get_version()})"
    finally:
        disconnect(client)


def _sources(catalog: Catalog) -> str:
    sources = catalog.sources()
    missing = [source for source in sources if not source.folder.is_dir() and not catalog.keeps_files_of(source)]
    if missing:
        raise AssistantError(
            "; ".join(f"the folder {source.folder} of '{source.name}' is missing" for source in missing)
            + ": bring it back, or run: assistant sources remove NAME"
        )
    return ", ".join(f"{source.name} ({source.folder})" for source in sources) or "none"


def _indexes(folder: Path, model: str, servers: Servers, precision: Precision) -> str:
    store = Store(folder, open_encoder(model, precision), servers=servers)
    try:
        expected = store.catalog.passage_count()
        in_vectors, in_keywords = store.index.vectors.count(), store.index.keywords.count()
        if not expected == in_vectors == in_keywords:
            raise AssistantError(
                f"the catalog has {expected} passages, the vectors {in_vectors}, the keywords {in_keywords}; "
                "run: assistant reindex"
            )
        vectors = f" and {servers.vectors}" if servers.vectors else ""
        return (
            f"{store.index.folder}{vectors}, {expected} passages in vectors and keywords, "
            f"built with {store.fingerprint}"
        )
    finally:
        store.close()


def _lock(catalog: Catalog) -> str:
    try:
        with catalog.writers_turn() if catalog.is_shared else writers_lock(catalog.path.parent):
            return "free"
    except DataFolderBusy:
        return "held: another process is writing just now"
