"""Short-lived tokens for a frame in a portal's page, and tickets for one document each.

A browser gives a frame from another site no cookies that can be relied on. So the portal's server, which has a key,
asks for a token in the name of the person it knows, and its page hands that to the frame. The frame sends it as a
header. A link cannot: for each document that is opened, the frame asks for a ticket, good for that address alone.
"""

from dataclasses import dataclass

from ui.identity.identity import ASK, Identity, rights_up_to
from ui.identity.signing import Signer

SHORTEST, USUAL, LONGEST = 5, 15, 60  # minutes
_TICKET_SECONDS = 60
_EMBED, _TICKET = "embed", "ticket"


@dataclass(frozen=True, slots=True)
class EmbedTokens:
    """Makes and reads both."""

    signer: Signer

    def token_for(self, owner: Identity, person: str, minutes: int) -> str:
        """A token that lets `person` ask, by the key that it is made with; without one, somebody without a name."""
        return self.signer.sign(_EMBED, {"by": owner.id, "name": person}, minutes * 60)

    def holder(self, text: str) -> Identity | None:
        """Who holds this token, if it is a valid one; it gives the right to ask and no other."""
        payload = self.signer.read(_EMBED, text)
        if payload is None:
            return None
        name, by = str(payload.get("name", "")), str(payload.get("by", ""))
        way, _, key = by.partition(":")
        return Identity(name, "embed", rights_up_to(ASK), subject=f"{by}:{name}", key=key) if way == "key" else None

    def ticket_for(self, holder: Identity, path: str) -> str:
        """A ticket that opens `path` and nothing else, for a minute."""
        payload = {"name": holder.name, "subject": holder.id, "key": holder.key, "path": path}
        return self.signer.sign(_TICKET, payload, _TICKET_SECONDS)

    def bearer(self, ticket: str, path: str) -> Identity | None:
        """Who opens `path` with this ticket, if it is one for that path."""
        payload = self.signer.read(_TICKET, ticket)
        if payload is None or payload.get("path") != path:
            return None
        name, subject, key = (str(payload[part]) for part in ("name", "subject", "key"))
        return Identity(name, "ticket", rights_up_to(ASK), subject=subject, key=key)
