"""Short-lived tokens for a frame in a portal's page, and tickets for one document each.

A browser gives a frame from another site no cookies that can be relied on. So the portal's server, which has a key,
asks for a token in the name of the person it knows, and its page hands that to the frame. The frame sends it as a
header. A link cannot: for each document that is opened, the frame asks for a ticket, good for that address alone.
"""

from dataclasses import dataclass

from ui.access.identity import ASK, Identity, rights_up_to
from ui.access.signing import Signer

SHORTEST, USUAL, LONGEST = 5, 15, 60  # minutes
_TICKET_SECONDS = 60
_EMBED, _TICKET = "embed", "ticket"


@dataclass(frozen=True, slots=True)
class EmbedTokens:
    """Makes and reads both."""

    signer: Signer

    def token_for(self, owner: Identity, person: str, minutes: int) -> str:
        """A token that lets `person` ask, in the name of the key or person that it is made for."""
        return self.signer.sign(_EMBED, {"by": owner.id, "name": person}, minutes * 60)

    def holder(self, text: str) -> Identity | None:
        """Who holds this token, if it is a valid one; it gives the right to ask and no other."""
        payload = self.signer.read(_EMBED, text)
        if payload is None:
            return None
        name, by = str(payload.get("name", "")), str(payload.get("by", ""))
        return Identity(name or by, "embed", rights_up_to(ASK), subject=f"{by}:{name}")

    def ticket_for(self, holder: Identity, path: str) -> str:
        """A ticket that opens `path` and nothing else, for a minute."""
        return self.signer.sign(_TICKET, {"name": holder.name, "subject": holder.id, "path": path}, _TICKET_SECONDS)

    def bearer(self, ticket: str, path: str) -> Identity | None:
        """Who opens `path` with this ticket, if it is one for that path."""
        payload = self.signer.read(_TICKET, ticket)
        if payload is None or payload.get("path") != path:
            return None
        return Identity(str(payload["name"]), "ticket", rights_up_to(ASK), subject=str(payload["subject"]))
