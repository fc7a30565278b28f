"""Serving the page and the API: one port, taken before anything heavy is loaded, released cleanly on a signal."""

import errno
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

from assistant.settings import Settings, read_settings
from corpus.errors import AssistantError

if TYPE_CHECKING:
    import uvicorn

    from assistant.assembly import Assistant

# Seconds that answers under way are given; an open page's heartbeat would otherwise hold the server for good.
_GRACE = 3
_HIGHEST_PORT = 65_535
NOBODY_SIGNS_IN = "WARNING: nobody has to sign in here; this server answers programs of this machine only."
EVERYBODY = "WARNING: ASSISTANT_OPEN=true and no sign-in: whoever reaches this server may ask."


class AddressInUse(AssistantError):
    """Another process listens on the port."""


def serve(assistant: "Assistant", host: str, port: int, settings: Settings | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then return; port 0 takes a free one. The address is printed.

    Raises `AddressInUse` where the port is taken, and `AssistantError` where the address cannot be listened on, or
    other machines could reach it and nobody would have to sign in.
    """
    settings = settings or read_settings()
    with bind(host, port) as listening:
        import uvicorn

        from ui.access.journal import write_log
        from ui.access.layer import open_access
        from ui.application import create_app
        from ui.keeping.user_data import open_user_data
        from ui.warming import Warming
        from ui.wire.answer_queue import AnswerQueue

        write_log(requests=settings.log_requests)
        access = open_access(settings, assistant.store.folder)
        access = replace(access, hosts=(host, *access.hosts))
        if not access.admission.who.is_on:
            _warn_of_open_door(listening, is_open=settings.open)
        queue = AnswerQueue(settings.questions_at_once, settings.questions_waiting)
        user_data = open_user_data(settings, assistant)
        app = create_app(assistant, access=access, uploads=settings.uploads, user_data=user_data, queue=queue)
        app.state.warming = Warming(assistant)
        # Who a request comes from is `ui.access`'s business; uvicorn would take a header's word for it.
        config = uvicorn.Config(
            app, log_level="warning", server_header=False, proxy_headers=False, timeout_graceful_shutdown=_GRACE
        )
        server = uvicorn.Server(config)
        print(f"Health Cooperation Assistant: {address(listening, host)}", flush=True)
        keys = access.admission.who.keys
        with ExitStack() as stack:
            stack.enter_context(_ended_by_signals(server))
            stack.enter_context(assistant.store.following())
            stack.enter_context(keys.watched() if keys else nullcontext())
            stack.enter_context(app.state.warming)
            server.run(sockets=[listening])


def _warn_of_open_door(listening: socket.socket, *, is_open: bool) -> None:
    """Say loudly that nobody signs in; raises `AssistantError` where other machines reach it and nobody said so."""
    if not is_open and not ip_address(listening.getsockname()[0].partition("%")[0]).is_loopback:
        raise AssistantError(
            "Other machines can reach this address, and nobody would have to sign in; make a key (assistant keys "
            "create NAME), configure a sign-in (docs/portal.md), or say ASSISTANT_OPEN=true."
        )
    print(EVERYBODY if is_open else NOBODY_SIGNS_IN, file=sys.stderr, flush=True)


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
