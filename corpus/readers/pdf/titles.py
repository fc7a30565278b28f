"""A PDF's title: what its first page sets as one, before what the file's properties say of it.

Properties are believed only where the first pages say the same words: programs fill them with "untitled", with paths
and with the title of whatever file was written over.
"""

from collections.abc import Sequence

from corpus.readers.metadata import one_line
from corpus.readers.pdf.paragraphs import Block, begins_item

LONGEST_TITLE = 250
_LARGER = 1.15  # than the text, at least


def title_of(stated: str, blocks: Sequence[Block], body: float) -> str:
    """The title of a document of these blocks (of its first pages) whose properties state a title."""
    text = " ".join(line for block in blocks for line in block.lines)
    if stated and _is_said(stated, text):
        return stated
    heading = _heading([block for block in blocks if block.kind == "text"], body)
    return heading or ("" if _is_rubbish(stated) else stated)


def _is_said(title: str, text: str) -> bool:
    """Whether a text says nearly all words of a title; one word alone may be there by chance."""
    words = [word for word in _words(title) if len(word) > 1]
    said = set(_words(text))
    return len(words) > 1 and not _is_rubbish(title) and sum(word in said for word in words) >= 0.8 * len(words)


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()


def _is_rubbish(title: str) -> bool:
    """Whether a title has the form of a file's name, of a path or of a program's own words."""
    name, _, suffix = title.rpartition(".")
    is_file = bool(name) and 1 < len(suffix) < 6 and suffix.isalnum() and not suffix.isdigit()
    is_one_word = " " not in title.strip()
    return is_file or is_one_word or "\\" in title or "://" in title or title.startswith(("/", "(", "Microsoft "))


def _heading(blocks: Sequence[Block], body: float) -> str:
    """The largest heading of the first page that has one, with the numbers that a cover sets beside it."""
    for page in sorted({block.page for block in blocks}):
        found = [block for block in blocks if block.page == page and _is_heading(block, body)]
        if not found:
            continue
        opening = [block for block in found if _opens(block, [one for one in blocks if one.page == page])]
        largest = max(opening or found, key=lambda block: (round(block.size), block.is_bold))
        if round(largest.size) < _LARGER * body and not _opens(largest, [one for one in blocks if one.page == page]):
            continue
        parts = [largest, *_identifiers(largest, found, blocks)]
        return one_line(" – ".join(_told(block) for block in parts))[:LONGEST_TITLE]
    return ""


def _is_heading(block: Block, body: float) -> bool:
    text = _told(block)
    letters = sum(letter.isalpha() for letter in text)
    is_set_off = block.size >= _LARGER * body or block.is_bold
    is_short = len(text) <= LONGEST_TITLE and not text.endswith((".", ";", ",")) and not begins_item(text)
    return is_set_off and is_short and letters > 3 and letters > 0.4 * len(text.replace(" ", ""))


def _opens(heading: Block, blocks: Sequence[Block]) -> bool:
    """Whether a heading stands before all running text and lists of its page."""
    before = blocks[: next(place for place, block in enumerate(blocks) if block is heading)]
    return not any(len(_told(block)) > LONGEST_TITLE or begins_item(block.lines[0]) for block in before)


def _identifiers(largest: Block, found: Sequence[Block], blocks: Sequence[Block]) -> list[Block]:
    """The heading near the largest that tells it from its kind: "Situation Report 28"."""
    order = {id(block): place for place, block in enumerate(blocks)}
    near = [block for block in found if block is not largest and abs(order[id(block)] - order[id(largest)]) <= 3]
    numbered = [block for block in near if any(letter.isdigit() for letter in _told(block)) and len(_told(block)) < 60]
    numbered.sort(key=lambda block: -round(block.size))
    return numbered[:1] if not any(letter.isdigit() for letter in _told(largest)) else []


def _told(block: Block) -> str:
    return one_line(" ".join(block.lines)).rstrip("⁰¹²³⁴⁵⁶⁷⁸⁹*†")
