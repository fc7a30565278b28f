"""What is new as an Atom feed (RFC 4287), which a portal or a reader of news can show."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from xml.etree import ElementTree

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response
from pydantic import StringConstraints

from assistant.record.news import NewDocument
from ui.access.scoping import scope_of
from ui.wire.addresses import own_address
from ui.wire.problems import documented

if TYPE_CHECKING:
    from assistant.assembly import Assistant

PATH = "/feed.atom"
_ATOM = "http://www.w3.org/2005/Atom"
_MEDIA_TYPE = "application/atom+xml"
_LONGEST_NAMES = 500
_SHOWN = {"schema": {"type": "string"}, "example": "<?xml version='1.0' encoding='utf-8'?>…"}
_FEED: dict[int | str, dict[str, Any]] = {200: {"description": "The feed.", "content": {_MEDIA_TYPE: _SHOWN}}}

Names = Annotated[
    Sequence[Annotated[str, StringConstraints(strip_whitespace=True, max_length=_LONGEST_NAMES)]],
    Query(description="Only documents that name all of these; separated by commas.", examples=[["Latvia"]]),
]


def add_feed(app: FastAPI, assistant: "Assistant") -> None:
    """`GET /feed.atom`."""

    @app.get(
        PATH,
        response_class=Response,
        responses=_FEED | documented(422, 503),
        tags=["documents"],
    )
    def feed(request: Request, parties: Names = ()) -> Response:
        """The documents that were stored last, each with the furthest step it reports, as an Atom feed."""
        chosen = [name for name in parties if name]
        found = assistant.news(chosen, scope=scope_of(request))
        return Response(atom(found, chosen, own_address(request)), media_type=_MEDIA_TYPE)


def atom(found: Sequence[NewDocument], names: Sequence[str], base: str) -> bytes:
    """The feed as XML; `base` is the address of the assistant, without a stroke at its end."""
    root = ElementTree.Element("feed", xmlns=_ATOM)
    about = f": {', '.join(names)}" if names else ""
    _add(root, "title", f"New documents{about}")
    _add(root, "id", f"{base}{PATH}")
    _add(root, "updated", found[0].added if found else datetime.fromtimestamp(0, UTC).isoformat())
    ElementTree.SubElement(root, "link", rel="self", href=f"{base}{PATH}")
    for item in found:
        entry = ElementTree.SubElement(root, "entry")
        address = f"{base}/documents/{item.document.id}"
        _add(entry, "title", item.document.title)
        _add(entry, "id", address)
        _add(entry, "updated", item.added)
        ElementTree.SubElement(entry, "link", rel="alternate", href=address)
        author = ElementTree.SubElement(entry, "author")
        _add(author, "name", item.document.publisher or item.document.source)
        if item.step is not None:
            _add(entry, "summary", f"{item.step.status.words}: {item.step.text}")
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = "".join(filter(_is_xml, text))


def _is_xml(letter: str) -> bool:
    """Whether XML 1.0 may hold a character."""
    return letter in "\t\n\r" or (letter >= " " and not "\ud800" <= letter <= "\udfff" and letter not in "\ufffe\uffff")
