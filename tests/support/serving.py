"""A real server on the loopback address, in a thread of the test process, for clients that speak real HTTP."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from fakes import app_over

from ui.server import address, bind


def served(assistant: Any) -> AbstractContextManager[str]:
    """The address of the application over an assistant."""
    return serving(app_over(assistant))


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address of an application."""
    import uvicorn

    with bind("127.0.0.1", 0) as listening:
        config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield address(listening, "127.0.0.1")
        finally:
            server.should_exit = True
            thread.join(timeout=20)
        assert not thread.is_alive()
