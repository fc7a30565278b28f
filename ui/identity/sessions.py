"""Who signed in, kept in a signed cookie: nothing on the server, so any number of processes can serve a person.

The price: a session cannot be ended from the server before its hours are over, except for all at once by a new secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from ui.identity.signing import Signer

_PURPOSE = "session"
# A browser drops a cookie above 4,096 bytes in silence.
_LONGEST = 3_800


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider named."""

    subject: str
    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sessions:
    """Writes and reads the cookie; `secure` where people come over https."""

    signer: Signer
    hours: int = 8
    secure: bool = True

    @property
    def cookie(self) -> str:
        """The cookie's name; the prefix makes browsers refuse it from a neighbouring host or without https."""
        return "__Host-assistant" if self.secure else "assistant"

    def person(self, cookies: Mapping[str, str]) -> Person | None:
        """Who is signed in by these cookies."""
        payload = self.signer.read(_PURPOSE, cookies.get(self.cookie, ""))
        if payload is None:
            return None
        return Person(str(payload["sub"]), str(payload["name"]), tuple(map(str, payload["groups"])))

    def begin(self, response: Response, person: Person) -> bool:
        """Sign the person in; False where the groups are too many for a cookie."""
        payload = {"sub": person.subject, "name": person.name, "groups": list(person.groups)}
        text = self.signer.sign(_PURPOSE, payload, self.hours * 3600)
        if len(text) > _LONGEST:
            return False
        self.set_cookie(response, self.cookie, text, self.hours * 3600)
        return True

    def end(self, response: Response) -> None:
        """Sign the person out of this browser."""
        self.set_cookie(response, self.cookie, "", 0)

    def set_cookie(self, response: Response, name: str, value: str, seconds: int) -> None:
        """A cookie that no script reads and that other sites' requests do not carry."""
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax")
