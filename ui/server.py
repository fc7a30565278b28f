"""Serving the page and the API: one port, taken before anything heavy is loaded, released cleanly on a signal."""

import errno
import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from corpus.errors import AssistantError

if TYPE_CHECKING:
    import uvicorn

    from assistant.assembly import Assistant

# Seconds that answers under way are given; an open page's heartbeat would otherwise hold the server for good.
_GRACE = 3
_HIGHEST_PORT = 65_535


class AddressInUse(AssistantError):
    """Another process listens on the port."""


def serve(assistant: "Assistant", host: str, port: int, *, uploads: str = "nobody", names: Sequence[str] = ()) -> None:
    """Serve until SIGTERM or SIGINT, then return; port 0 takes a free one. The address is printed.

    `names` are those that the server is reached under besides `host` and the loopback ones.

    Raises `AddressInUse` where the port is taken and `AssistantError` where the address cannot be listened on.
    """
    with bind(host, port) as listening:
        import uvicorn

        from ui.api.app import create_app

        config = uvicorn.Config(
            create_app(assistant, uploads=uploads, hosts=(host, *names)),
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
        server = uvicorn.Server(config)
        print(f"Health Cooperation Assistant: {address(listening, host)}", flush=True)
        with _ended_by_signals(server):
            server.run(sockets=[listening])


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens on the address; whoever connects waits until the server is up."""
    if not 0 <= port <= _HIGHEST_PORT:  # the resolver would take it modulo 65536
        raise AssistantError(f"Port {port} does not exist; give another --port, from 0 to {_HIGHEST_PORT}.")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:  # the latter for what is no name at all, "a..b" for one
        reason = getattr(error, "strerror", None) or error
        raise AssistantError(f"{host} is not an address of this machine ({reason}); give another --host.") from error
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(place)
        listening.listen()  # a port that is only bound can be bound by another process too
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(
                f"Port {port} is already in use; stop what listens there, or give another --port."
            ) from error
        raise AssistantError(
            f"{host}:{port} cannot be listened on ({error.strerror}); give another --host or --port."
        ) from error
    return listening


def address(listening: socket.socket, host: str) -> str:
    """The URL to open, with the port that was really taken."""
    port = listening.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _ended_by_signals(server: "uvicorn.Server") -> Iterator[None]:
    """Make both signals mean "finish and return": uvicorn raises a handled one again for whoever listened before."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread gets signals
        return

    def end(_number: int, _frame: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
