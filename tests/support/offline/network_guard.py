"""Nothing under test may speak to another machine: an audit hook that refuses every attempt and remembers it.

It sees what goes through Python's `socket` module. `tests/conftest.py` installs it in the test process;
`sitecustomize.py` beside it installs it in child processes that have both folders on their `PYTHONPATH`.
"""

import sys
from ipaddress import ip_address
from typing import Any

attempts: list[str] = []


class NetworkAttempt(AssertionError):
    """The code under test tried to reach another machine."""


def install() -> None:
    """Refuse all connections and name look-ups that leave this machine; cannot be undone."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(address[0]):
            _fail(event, address)
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr") and not _is_here(arguments[0]):
        _fail(event, arguments[:2])


def _fail(event: str, target: object) -> None:
    attempts.append(f"{event} {target}")
    raise NetworkAttempt(f"{event} {target}: nothing here may speak to another machine")


def _is_here(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        address = ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
