"""The names that a server answers to where nobody has to sign in; the same list holds for the tools at `/mcp`.

A page from elsewhere can make its own name lead to any address, and its reader's browser then takes the answers for
that page's own ("DNS rebinding"). What gives it away is the name that it asks for.
"""

from collections.abc import Iterable
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

# This machine's own names.
HERE = ("127.0.0.1", "localhost", "[::1]")
_HEALTH = "/health/"


def host_name(host: str) -> str:
    """The name of a Host header, without the port."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return name.lower().removesuffix(".")


def is_loopback(name: str) -> bool:
    """Whether the name or address is one of this machine's for itself."""
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def is_known(scope: Scope, names: Iterable[str]) -> bool:
    """Whether a request asks for this machine, for one of these names, or for the very address that it reached.

    One without any name comes from no browser; orchestrators ask for a server's health so.
    """
    given = Headers(scope=scope).getlist("host")
    name = host_name(given[0]) if len(given) == 1 else ""
    if not name:
        return not given and scope["path"].startswith(_HEALTH)
    known = {host_name(own if own.startswith("[") or own.count(":") < 2 else f"[{own}]") for own in names}
    return is_loopback(name) or name in known or _is_reached(name, scope)


def _is_reached(name: str, scope: Scope) -> bool:
    """Whether the name is the address that the connection reached, which no other page can have for a name."""
    reached = scope.get("server") or ("", None)
    try:
        return ip_address(name) == ip_address(str(reached[0]))
    except ValueError:
        return False
