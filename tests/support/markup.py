"""Markup that somebody smuggles into a document, its metadata or a question, and a reader of the HTML that comes out.

The payloads never name a real host: `.invalid` resolves nowhere (RFC 6761).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from ui.languages.catalogues import LANGUAGES

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


@dataclass
class Element:
    """An element, and the text within it."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Html:
    """What an HTML parser makes of a page: its elements in order, and all of its text."""

    elements: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of that name whose attributes have these values (`class_` for `class`)."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            element for element in self.elements if element.tag == tag and wanted.items() <= element.attributes.items()
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        (element,) = self.all(tag, **attributes)
        return element

    @property
    def structure(self) -> list[tuple[str, tuple[tuple[str, str | None], ...]]]:
        """The elements with their attributes, but not where links lead nor what language is named."""
        return [
            (element.tag, tuple(item if item[0] not in ("href", "lang") else (item[0], None) for item in attributes))
            for element in self.elements
            for attributes in [element.attributes.items()]
        ]

    @property
    def addresses(self) -> set[str | None]:
        """Everything that a browser could be led to or load."""
        return {
            value
            for element in self.elements
            for name, value in element.attributes.items()
            if name in ("href", "src", "srcset", "action", "formaction", "data", "poster", "background", "xlink:href")
        }


# The links of each masthead: to the page itself in each language, where nothing else stands in its address, and others.
MASTHEAD = {*(f"?lang={code}" for code in LANGUAGES), "/", "/documents", "/timeline"}


def parse(page: str) -> Html:
    """`page` as a lenient HTML parser sees it; comments and processing instructions count as elements."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    return parser.html


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.html = Html()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.html.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in [element.tag for element in self._open]:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.html.text += data
        for element in self._open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        self.html.elements.append(Element("!--", {}))

    def handle_pi(self, data: str) -> None:
        self.html.elements.append(Element("?", {}))

    def unknown_decl(self, data: str) -> None:
        self.html.elements.append(Element("![", {}))
