"""HTML within Markdown: what of it a browser would not show, as spans of the text.

Comments; scripts, styles and templates with all that is in them; elements that are hidden; tags of blocks. A tag within
a sentence stays, because a sentence that is cut there is none.
"""

import re
from collections.abc import Iterator

from corpus.document import Span

_OPENING = re.compile(r"<!--|<(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,15})(?P<rest>(?:\s[^<>]{0,1000})?/?)>")
_LEFT_OUT = frozenset({"script", "style", "template", "noscript"})
_BLOCKS = frozenset(
    """
    address article aside blockquote body br center col colgroup dd details div dl dt figcaption figure footer form h1
    h2 h3 h4 h5 h6 head header hr html iframe img li link main meta nav ol p picture section source summary table tbody
    td tfoot th thead title tr ul video
    """.split()
)
_HIDDEN = re.compile(
    r"\shidden(?=[\s/=>]|$)|display\s?:\s?none|visibility\s?:\s?hidden|font-size\s?:\s?0(?![.\d])", re.I
)


def unshown(text: str, start: int = 0) -> Iterator[Span]:
    """The spans from `start` on that are not to be read, in order; every one is looked for once."""
    position = start
    gone: dict[str, bool] = {}  # where the search for an end has already failed, it fails again
    while match := _OPENING.search(text, position):
        position = match.end()
        name = (match.group("name") or "").lower()
        if not name:
            end = _end_of(text, "-->", position, gone)
        elif not match.group("slash") and (name in _LEFT_OUT or _HIDDEN.search(match.group("rest"))):
            end = _end_of(text, f"</{name}>", position, gone)
        elif name in _BLOCKS and _is_at_edge(text, match.start(), match.end()):
            end = position
        else:
            continue
        if end is not None:
            yield Span(match.start(), end)
            position = end


def _end_of(text: str, sign: str, start: int, gone: dict[str, bool]) -> int | None:
    if sign in gone:
        return None
    place = text.find(sign, start)
    if place < 0:
        gone[sign] = True
        return None
    return place + len(sign)


def _is_at_edge(text: str, start: int, end: int) -> bool:
    """Whether a tag begins or ends a line, tags beside it not counted."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return before in ("", "\n", "\r", ">") or after in ("", "\n", "\r", "<")
