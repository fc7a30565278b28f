"""A reverse proxy that has signed people in and says who they are in a header.

The header counts only from the peers that were named, by the address of the connection itself. From anybody else the
request is refused as a whole: a header that is ignored in silence would hide a misconfigured proxy, and one that is
believed would let everybody be anybody.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from corpus.errors import AssistantError
from ui.wire.refusals import Refusal

_LONGEST_NAME, _LONGEST_GROUPS = 200, 8_000


class ProxyError(AssistantError):
    """The settings of the proxy make no sense."""


@dataclass(frozen=True, slots=True)
class Peers:
    """Addresses and networks that are trusted to speak for others."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Peers":
        """Peers from addresses and networks, separated by commas."""
        try:
            return cls(tuple(ip_network(part.strip()) for part in text.split(",") if part.strip()))
        except ValueError as error:
            raise ProxyError(f"ASSISTANT_PROXY_PEERS: {error}; give addresses or networks, as 10.0.0.0/8.") from error

    def include(self, address: str) -> bool:
        """Whether this address is one of them."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return any(found in network for network in self.networks)

    def client_of(self, scope: Scope) -> str:
        """The address a request came from: the connection's, or what trusted proxies say stands behind them."""
        address = peer_of(scope)
        named = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
        while self.include(address) and named and named[-1].strip():
            address = named.pop().strip()[:64]
        return address


def peer_of(scope: Scope) -> str:
    """The address of the connection itself, whatever headers say."""
    client = scope.get("client")
    return str(client[0]) if client else ""


@dataclass(frozen=True, slots=True)
class TrustedProxy:
    """Which headers name the person and the groups, and whose word counts."""

    user_header: str
    groups_header: str
    peers: Peers

    def person(self, scope: Scope) -> tuple[str, tuple[str, ...]] | None:
        """The name and groups that the proxy gives, or None where it gives none.

        Raises `Refusal` where somebody else sent the headers, or where they are no clear word.
        """
        headers = Headers(scope=scope)
        names = headers.getlist(self.user_header)
        groups = headers.getlist(self.groups_header) if self.groups_header else []
        if not names and not groups:
            return None
        if not self.peers.include(peer_of(scope)):
            raise Refusal(403, "Only the portal's own proxy may say who somebody is.")
        if len(names) != 1 or len(groups) > 1:
            raise Refusal(400, "The proxy names no one person; it must set its headers once and drop the visitor's.")
        name = _text(names[0]).strip()
        if not name or len(name) > _LONGEST_NAME or not name.isprintable() or len("".join(groups)) > _LONGEST_GROUPS:
            raise Refusal(400, "The proxy's headers hold no usable name.")
        listed = _text("".join(groups)).replace(";", ",").split(",")
        return name, tuple(group.strip() for group in listed if group.strip())


def _text(value: str) -> str:
    """A header's value as UTF-8, where it is; the server reads headers as Latin-1."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
