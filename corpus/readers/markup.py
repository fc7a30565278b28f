"""Everything that markup shows, as blocks: for mails and chapters, in which nothing is a page around the text.

For web pages there is `web_page`. A block is a paragraph, a heading, a list item, a table row; `quoted` ones are what
another has written (in a mail: the message that it answers). What is hidden is no evidence and is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.readers.tables import Cell, rows_as_text

_BLOCKS = frozenset(
    """
    address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr html li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul
    """.split()
)
_UNSEEN = frozenset("script style head title template noscript svg math select object iframe button textarea".split())
_HIDDEN_STYLE = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|opacity:0(?:\.0+)?(?:;|$)|font-size:0(?:px|pt|em|%)?(?:;|!|$)"
)
_QUOTES = ("gmail_quote", "gmail_extra", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "zmail_extra")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WIDEST = 100


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text that stands by itself."""

    text: str
    quoted: bool = False


def blocks_of(content: bytes | str) -> list[Block]:
    """The blocks in order. Raises what lxml raises where nothing is markup: a `ValueError` or an `LxmlError`."""
    from lxml import etree

    if isinstance(content, str):
        parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
        root = etree.fromstring(content.encode("utf-8", "replace"), parser)
    else:
        root = etree.fromstring(content, etree.HTMLParser(no_network=True, huge_tree=True, encoding=_stated(content)))
    return list(_Walk().blocks(root)) if root is not None else []


def _stated(content: bytes) -> str | None:
    """XHTML is UTF-8 where it does not say otherwise; an HTML parser would take it for Latin."""
    start = content[:1024].lower()
    if b"encoding=" in start or b"charset=" in start or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    return "utf-8"


class _Walk:
    """A walk over the elements, without recursion: markup may be nested without end."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._skipped: Any = None
        self._quoted = 0
        self._counts: list[int] = []
        self._marker = ""

    def blocks(self, root: Any) -> Iterator[Block]:
        from lxml import etree

        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event in ("comment", "pi"):
                self._words.append(element.tail or "")
            elif event == "end":
                yield from self._left(element)
            elif _is_unseen(element):
                walk.skip_subtree()
                self._skipped = element
            elif element.tag == "sup" and (raised := _raised(element)):
                self._words.append(raised)
                walk.skip_subtree()
                self._skipped = element
            elif element.tag == "table" and (rows := _data(element)) is not None:
                yield from self._flush()
                yield from (Block(row, self._quoted > 0) for row in rows_as_text(rows))
                walk.skip_subtree()
                self._skipped = element
            else:
                yield from self._entered(element)
        yield from self._flush()

    def _entered(self, element: Any) -> Iterator[Block]:
        tag = element.tag
        if tag in _BLOCKS:
            yield from self._flush()
        self._quoted += _is_quote(element)
        if tag in ("ol", "ul"):
            self._counts.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self._marker = self._next_marker()
        elif tag == "br":
            self._words.append("\v")
        self._words.append(element.text or "")

    def _left(self, element: Any) -> Iterator[Block]:
        if element is self._skipped:
            self._skipped = None
        elif isinstance(element.tag, str):
            if element.tag in _BLOCKS:
                yield from self._flush()
            self._quoted -= _is_quote(element)
            if element.tag in ("ol", "ul") and self._counts:
                self._counts.pop()
        self._words.append(element.tail or "")

    def _next_marker(self) -> str:
        if not self._counts or self._counts[-1] < 0:
            return "- "
        self._counts[-1] += 1
        return f"{self._counts[-1]}. "

    def _flush(self) -> Iterator[Block]:
        """The block that ends here; two line breaks end one, and one does where a sentence may."""
        words, self._words = "".join(self._words), []
        for part in re.split(r"\v\s*\v[\s\v]*", words):
            lines = [" ".join(line.split()) for line in part.split("\v")]
            if text := _joined([line for line in lines if line]):
                yield Block(self._marker + text, self._quoted > 0)
                self._marker = ""


def _joined(lines: list[str]) -> str:
    """Lines with breaks between them, but not within a sentence that goes on."""
    text = ""
    for line in lines:
        goes_on = text and text[-1] not in ".:;!?" and (line[0].islower() or line[0].isdigit())
        text += (" " if goes_on else "\n" if text else "") + line
    return text


def _is_unseen(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or "hidden" in element.attrib:
        return True
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search("".join(style.lower().split())))


def _is_quote(element: Any) -> bool:
    if element.tag == "blockquote":
        return True
    names = (element.get("class") or "").split()
    return any(name in _QUOTES for name in names)


def _raised(element: Any) -> str:
    """A note's number or a power, which must not become a digit of the figure before it."""
    text = "".join(element.itertext()).strip()
    return text.translate(_RAISED) if text.isascii() and text.isdigit() and len(text) <= 4 else ""


def _data(table: Any) -> list[list[Cell]] | None:
    """The rows of a table that holds data; None for one that only lays out a page, as mails do."""
    if next(table.iterdescendants("table"), None) is not None:
        return None
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iterdescendants("tr")
            if not _is_unseen(row)]  # fmt: skip
    texts = [[_text(cell) for cell in row if not _is_unseen(cell)] for row in rows]
    full = [row for row in texts if sum(bool(text) for text in row) > 1]
    cells = [text for row in full for text in row]
    if len(full) < 2 or sum(map(len, cells)) > _WIDEST * len(cells):
        return None
    return [_spread(row) for row in rows]


def _spread(row: list[Any]) -> list[Cell]:
    return [(_text(cell), _span(cell.get("colspan"))) for cell in row if not _is_unseen(cell)]


def _span(value: str | None) -> int:
    return min(int(value), 100) if value and value.isascii() and value.isdigit() and value.strip("0") else 1


def _text(cell: Any) -> str:
    """A cell's text without what is hidden in it."""
    parts: list[str] = []
    from lxml import etree

    for event, element in (walk := etree.iterwalk(cell, events=("start", "end", "comment"))):
        raised = _raised(element) if element.tag == "sup" else ""
        if event != "start":
            parts += [" " if element.tag in _BLOCKS else "", element.tail or "" if element is not cell else ""]
        elif raised or (element is not cell and _is_unseen(element)):
            parts.append(raised)
            walk.skip_subtree()
        else:
            parts += [" " if element.tag in _BLOCKS or element.tag == "br" else "", element.text or ""]
    return " ".join("".join(parts).split())
