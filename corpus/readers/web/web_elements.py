"""The elements of a page as blocks of text, in reading order: what is shown, and of that what belongs to the article.

Lists keep their numbers and stand with the sentence that opens them; tables have every cell under its own head; raised
figures stay raised, so that none is read into a number; marks of the page's own notes ("[1]") are left out.
"""

import re
from collections.abc import Iterator
from typing import Any

from corpus.readers.tables import Cell, rows_as_text

_LEFT_OUT = frozenset(
    """
    script style template noscript iframe frame frameset object embed applet svg math canvas audio video select option
    button input textarea nav aside dialog menu head link meta title map datalist rp rt
    """.split()
)
_BLOCKS = frozenset(
    """
    address article blockquote body caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3
    h4 h5 h6 header hgroup hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul
    """.split()
)
_ROLES = frozenset("navigation banner contentinfo complementary search dialog alertdialog menu menubar toolbar".split())
# Words that pages give as class or id to what stands around the article; the second only with nothing but the third.
_AROUND = frozenset(
    """
    cookie cookies consent gdpr newsletter disqus breadcrumb breadcrumbs sidebar navbar advert advertisement pagination
    screenreader sr-only visually-hidden visuallyhidden screen-reader-text
    """.split()
)
_AROUND_ALONE = frozenset(
    "ads comment comments menu modal popup promo related respond share sharing skip social".split()
)
_WITH = frozenset(
    """
    area articles bar block body bottom box buttons container content icons inner items links list main media nav news
    post posts section site stories to top widget wrap wrapper
    """.split()
)
_RAISED = str.maketrans("0123456789+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾")
_NOTE = re.compile(r"\s*(?:\[[\w\s?.,–-]{1,24}\]|[*†‡§])\s*")
_CONCEALED = re.compile(r"display\s?:\s?none|visibility\s?:\s?(?:hidden|collapse)|font-size\s?:\s?0(?![.\d])")
_RULE = re.compile(r"(?P<names>[^{}@;]{1,300})\{(?P<style>[^{}]{0,2000})\}")
_PLAIN_NAME = re.compile(r"[a-z0-9]*(?P<sign>[.#])(?P<name>[\w-]{1,80})", re.IGNORECASE)
_MOST_COLUMNS = 200
Concealed = dict[str, frozenset[str]]


def local(item: Any) -> str:
    """An element's name; nothing for comments and the like."""
    return item.tag.rpartition("}")[2].lower() if isinstance(item.tag, str) else ""


def words_of(item: Any, concealed: Concealed) -> str:
    """The text of one element that is shown, in one line."""
    return " ".join(" ".join(blocks_of(item, concealed)).split())


def blocks_of(root: Any, concealed: Concealed) -> list[str]:
    """The blocks of an element's text; the items of a list follow its opening line by line."""
    walk = _Walk(concealed)
    walk.go(root)
    return walk.blocks


def concealed_by_rules(tree: Any) -> Concealed:
    """The classes and ids that the page's own style rules conceal."""
    names: dict[str, set[str]] = {".": set(), "#": set()}
    for style in tree.iter("style"):
        if "print" in (style.get("media") or "").lower():
            continue
        for rule in _RULE.finditer((style.text or "")[:200_000]):
            if _CONCEALED.search(rule.group("style").lower()):
                for name in rule.group("names").split(","):
                    if plain := _PLAIN_NAME.fullmatch(name.strip()):
                        names[plain.group("sign")].add(plain.group("name"))
    return {sign: frozenset(found) for sign, found in names.items()}


def is_left_out(item: Any, concealed: Concealed) -> bool:
    """Whether an element is not shown, or stands around the article and not in it."""
    kind = local(item)
    if not kind or kind in _LEFT_OUT:
        return True
    if kind in ("body", "html", "main"):
        return False
    if item.get("hidden") is not None or item.get("aria-hidden") == "true" or (item.get("role") or "") in _ROLES:
        return True
    if _CONCEALED.search((item.get("style") or "").lower()):
        return True
    classes, name = (item.get("class") or "").split(), item.get("id") or ""
    if name in concealed.get("#", ()) or not concealed.get(".", frozenset()).isdisjoint(classes):
        return True
    if kind in ("footer", "header") and not any(local(above) in ("article", "main") for above in item.iterancestors()):
        return kind == "footer" or item.find(".//h1") is None
    return any(_stands_around(told.lower()) for told in (*classes, name))


def _stands_around(name: str) -> bool:
    words = set(re.split(r"[-_]+", name))
    if name in _AROUND or not words.isdisjoint(_AROUND):
        return True
    return not words.isdisjoint(_AROUND_ALONE) and words <= _AROUND_ALONE | _WITH


class _Walk:
    """One walk in reading order; without recursion, because pages may be nested as deep as they like."""

    def __init__(self, concealed: Concealed) -> None:
        self.blocks: list[str] = []
        self._concealed = concealed
        self._words: list[str] = []
        self._counts: list[int | str | None] = []
        self._joins = False  # whether the next block follows the last line by line

    def go(self, root: Any) -> None:
        """Walk over an element with all that is in it."""
        waiting: list[tuple[Any, bool]] = [(root, True)]
        while waiting:
            item, is_start = waiting.pop()
            if not is_start:
                self._end(item)
            elif (item is root or not is_left_out(item, self._concealed)) and self._begin(item):
                waiting.append((item, False))
                waiting += [(child, True) for child in reversed(item)]
                self._say(item.text)
                continue
            if item is not root:
                self._say(item.tail)
        self._flush()

    def _begin(self, item: Any) -> bool:
        """Whether the walk goes on inside."""
        kind = local(item)
        if kind == "br":
            is_second = "".join(self._words[-2:]).rstrip(" ").endswith("\n")
            self._flush() if is_second else self._words.append("\n")
        elif kind in ("sup", "sub"):
            self._words.append(_raised(item) if kind == "sup" else item.text_content())
        elif kind == "table" and _is_of_data(item):
            self._flush()
            for line in _table(item, self._concealed):
                self._put(line)
        elif kind == "dd" and self._words[-1:] == [": "]:
            return True
        elif kind in _BLOCKS:
            self._flush()
            self._open(item, kind)
            return True
        else:
            return not (kind == "a" and _is_note(item))
        return False

    def _open(self, item: Any, kind: str) -> None:
        if kind in ("ol", "ul"):
            self._joins = bool(self.blocks)
            start = item.get("start") or "1"
            self._counts.append((int(start) if start.isdigit() else 1) if kind == "ol" else None)
        elif kind == "li":
            self._words.append(f"{self._mark(item)} ")

    def _mark(self, item: Any) -> str:
        count = self._counts[-1] if self._counts else None
        if not isinstance(count, int):
            return "-"
        self._counts[-1] = count + 1
        above = item.getparent()
        kind = (above.get("type") or "1") if above is not None else "1"
        if kind in "aA" and 0 < count <= 26:
            return f"{chr(ord(kind) + count - 1)}."
        return f"{count}."

    def _end(self, item: Any) -> None:
        kind = local(item)
        if kind not in _BLOCKS:
            return
        if kind == "dt" and "".join(self._words).strip():
            self._words.append(": ")
            return
        self._flush(joins=kind == "li")
        if kind in ("ol", "ul"):
            self._counts.pop()
            self._joins = bool(self._counts)

    def _say(self, text: str | None) -> None:
        if text:
            self._words.append(re.sub(r"\s+", " ", text.replace("\u00ad", "")))

    def _flush(self, *, joins: bool = False) -> None:
        lines = ("".join(self._words)).split("\n")
        told = [line for line in (" ".join(line.split()) for line in lines) if line]
        self._words = []
        if told and told != ["-"]:
            self._put("\n".join(told))
            self._joins = joins

    def _put(self, text: str) -> None:
        if self._joins and self.blocks and len(self.blocks[-1]) < 20_000:
            self.blocks[-1] += f"\n{text}"
        else:
            self.blocks.append(text)
        self._joins = False


def _raised(item: Any) -> str:
    """A raised figure stays raised; the mark of a note in brackets is the page's own and says nothing."""
    text = "".join(item.itertext()).strip()
    if _NOTE.fullmatch(text):
        return ""
    return text.translate(_RAISED) if text[:1].isdigit() or text[:1] in "+-(" else text


def _is_note(item: Any) -> bool:
    """Whether a link is the mark of a note of the page itself."""
    return (item.get("href") or "").startswith("#") and bool(_NOTE.fullmatch("".join(item.itertext())))


def _is_of_data(table: Any) -> bool:
    """Whether a table holds data and not the layout of the page."""
    if table.get("role") in ("presentation", "none") or any(local(item) == "table" for item in table.iterdescendants()):
        return False
    cells = [item for item in table.iter() if local(item) in ("td", "th")]
    widest = max((len(row) for row in table.iter() if local(row) == "tr"), default=0)
    blocks = max((len(cell.findall(".//p")) + len(cell.findall(".//div")) for cell in cells), default=0)
    return widest > 1 and blocks <= 3


def _table(table: Any, concealed: Concealed) -> Iterator[str]:
    caption = table.find("./caption")
    if caption is not None and (words := words_of(caption, concealed)):
        yield words
    rows: list[list[Cell]] = []
    open_cells: dict[int, int] = {}  # column → how many more rows the cell above goes down
    for row in (item for item in table.iter() if local(item) == "tr"):
        cells: list[Cell] = []
        column = 0
        for cell in (item for item in row if local(item) in ("td", "th")):
            column = _carried(cells, column, open_cells)
            span, down = (_number(cell.get(name)) for name in ("colspan", "rowspan"))
            span = min(span, _MOST_COLUMNS - column)
            if span < 1:
                break
            cells.append((words_of(cell, concealed), span))
            for there in range(column, column + span):
                if down > 1:
                    open_cells[there] = down - 1
            column += span
        _carried(cells, column, open_cells)
        rows.append(cells)
    yield from rows_as_text(rows)


def _carried(cells: list[Cell], column: int, open_cells: dict[int, int]) -> int:
    """Add the cells that come down from above at this column; returns the next free one."""
    while open_cells.get(column, 0) > 0:
        open_cells[column] -= 1
        cells.append((None, 1))
        column += 1
    return column


def _number(value: str | None) -> int:
    return int(value[:6]) or 1 if value and value.isascii() and value.isdigit() else 1
