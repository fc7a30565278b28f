"""Vectors on a Chroma server (`chroma run`, the Rust one): connecting, and its failures in one sentence each.

The Python client waits for ever by default; here nothing does. Chroma 1.x knows no sign-in, so its server belongs on a
private network. Never start the Python server of chromadb before 1.5.9: it ran its clients' code (CVE-2026-45829).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from corpus.errors import BuildGone, StoreUnreachable

_CONNECT_SECONDS, _ANSWER_SECONDS = 5.0, 30.0
_DEFAULT_PORT = 8000
COSINE: dict[str, Any] = {"hnsw": {"space": "cosine"}}


class ServedCollection:
    """A collection on a server, with the same calls as Chroma's own.

    Raises `BuildGone` where it is there no more, and `StoreUnreachable` where the server is not, or is too slow.
    """

    def __init__(self, server: str, collection: Any) -> None:
        self._server = server
        self._collection = collection

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._collection, name)

        def told(*arguments: Any, **named: Any) -> Any:
            with _failures_told(self._server):
                return call(*arguments, **named)

        return told


def connect(server: str) -> Any:
    """A client of the server, with time limits; it is seen to answer before this returns."""
    import chromadb
    import httpx
    from chromadb.config import Settings

    host, port, is_secure = _place(server)
    with _failures_told(server):
        limits = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
        # The client's own first call has no limit yet; a server that takes connections and is silent would hold it.
        httpx.get(f"{server.rstrip('/')}/api/v2/heartbeat", timeout=_CONNECT_SECONDS).raise_for_status()
        client: Any = chromadb.HttpClient(host, port, ssl=is_secure, settings=Settings(anonymized_telemetry=False))
        _session(client._server).timeout = limits
    return client


def collections_of_server(server: str, client: Any, beginning: str) -> dict[str, ServedCollection]:
    """The collections whose names begin so, by name."""
    with _failures_told(server):
        names = [found.name for found in client.list_collections() if found.name.startswith(beginning)]
        found = {name: client.get_collection(name, embedding_function=None) for name in names}
    return {name: ServedCollection(server, collection) for name, collection in found.items()}


def made_on_server(server: str, client: Any, name: str) -> ServedCollection:
    """A collection of this name, made where there is none."""
    with _failures_told(server):
        return ServedCollection(
            server, client.get_or_create_collection(name, embedding_function=None, configuration=COSINE)
        )


def remove_collections(server: str, prefix: str, keep: str) -> None:
    """Delete the collections whose names begin with `prefix`, except those of `keep`, a name and a hyphen."""
    client = connect(server)
    try:
        with _failures_told(server):
            for name in (collection.name for collection in client.list_collections()):
                if name.startswith(prefix) and not name.startswith(f"{keep}-"):
                    client.delete_collection(name)
    finally:
        disconnect(client)


def disconnect(client: Any) -> None:
    """Close a client with its connections, which its own `close` leaves open, and so does the one it checks with."""
    client.close()
    for part in (client, client._admin_client):
        _session(part._server).close()


def _session(api: Any) -> Any:
    """The connections of Chroma's client, an `httpx.Client`.

    chromadb 1.5.9 makes it with `timeout=None` whatever its settings say (those named `chroma_…_timeout_seconds` are a
    server's own), and hands it to nobody: hence a private attribute, and `chromadb<1.6`. A test sees that the limit
    holds; where the attribute is gone, this fails at the first connection.
    """
    return api._session


def _place(server: str) -> tuple[str, int, bool]:
    try:
        parts = urlsplit(server)
        port = parts.port
    except ValueError:  # no number after the colon
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.path not in ("", "/"):
        raise StoreUnreachable("CHROMA_URL is no address of a Chroma server; set it as http://HOST:8000")
    return parts.hostname, port or _DEFAULT_PORT, parts.scheme == "https"


@contextmanager
def _failures_told(server: str) -> Iterator[None]:
    import httpx
    from chromadb.errors import ChromaError, NotFoundError

    try:
        yield
    except NotFoundError as error:
        raise BuildGone(f"The vectors asked for are on {server} no more ({error}); ask again.") from error
    except httpx.TimeoutException as error:
        raise StoreUnreachable(
            f"The vector server {server} does not answer in time; see whether it is overloaded, or start it anew."
        ) from error
    except (httpx.HTTPError, ChromaError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise StoreUnreachable(
            f"The vector server {server} cannot be used ({reason[0]}); start it, or mend CHROMA_URL."
        ) from error
