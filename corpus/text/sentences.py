"""Where sentences begin and end, as spans of the original text.

Rules, not a model: blocks first (paragraphs, headings, list items; hard-wrapped lines are joined), then sentences
inside each block. It knows the abbreviations, initials and ordinals of European prose; it does not parse grammar.
Invariant: spans are in order, never overlap, are trimmed of white space, and cover every other character.
"""

import re
from collections.abc import Iterator

from corpus.document import Span

# A line this long that ends without punctuation was probably wrapped by its author, not ended.
WRAPPED_LINE_LENGTH = 50
# Of a narrower column, only three lines and more tell that they were wrapped.
_NARROWEST_COLUMN = 28
_FEWEST_WRAPPED = 3

_ABBREVIATIONS = frozenset(
    """
    mr mrs ms dr prof st no nos nr art arts vs e.g i.e approx dept gov gen col sen rep lt sgt capt hon rev fr jr
    sr fig figs eq vol vols pp ed eds cf ca al para paras sec u.s u.k u.n h.e ph.d inc ltd co corp jan feb mar
    apr jun jul aug sep sept oct nov dec bzw z.b d.h ggf usw ca dipl ing plkst lpp tālr akad им ул г гг т.е т.д
    т.п руб млн млрд тыс см др
    """.split()
)
_GERMAN_MONTHS = frozenset(
    """
    januar februar märz april mai juni juli august september oktober november dezember
    """.split()
)
# "Item 2:" and "Article 3." begin a block too.
_BLOCK_MARKER = re.compile(
    r"\s*(?:#{1,6}\s|[-*+•‣–—]\s|\d{1,3}[.)]\s|[a-z][.)]\s|\||>|[^\W\d_]{3,12} \d{1,3}[:.)](?:\s|$))"
)
# A dash at the beginning of a line is a list's, or a thought's within a sentence that was wrapped there.
_DASH = re.compile(r"\s*[–—]\s+(?=[^\W\d_])")
_LIST_PREFIX = re.compile(r"(?:#{1,6}|[-*+•‣]|>)\s+")
# After its full stop a sentence may bear the numbers of notes: "dengue.[3]", "dengue.³", and "dengue.3" after a word.
_NOTE_NUMBERS = r"(?:\[\^?\d{1,3}\]|[¹²³⁰⁴-⁹]{1,3}){1,4}"
# Only from the first of a run, and without giving any of it back: otherwise a run of full stops takes its square.
_TERMINATOR = re.compile(
    rf"(?<![.!?…])[.!?…]++[)\]\"'”’»]*+(?:{_NOTE_NUMBERS}|(?<=[^\W\d_][.!?])\d{{1,2}})?(?=\s)|[。！？]++"
)
_OPENING = "\"'“‘«„([—–-"
_SPACE = re.compile(r"\s*")
# How far the rules look past a terminator: looking to the block's end would make a long paragraph take forever.
_LOOK_AHEAD = 64
# How far back, for the same reason: longer than any abbreviation, so that a longer word is still none.
_LOOK_BACK = 64


def blocks(text: str, within: Span | None = None) -> Iterator[Span]:
    """Yield the paragraphs, headings and list items of `text` (or of its part `within`), in order."""
    area = Span(0, len(text)) if within is None else within
    start: int | None = None
    previous = Span(area.start, area.start)
    for line, width in _measured(text, area):
        if not line.of(text).strip():
            if start is not None:
                yield _trimmed(text, Span(start, previous.end))
            start = None
        elif start is None:
            start = line.start
        elif not _continues(previous.of(text), line.of(text), width):
            yield _trimmed(text, Span(start, previous.end))
            start = line.start
        previous = line
    if start is not None:
        yield _trimmed(text, Span(start, previous.end))


def sentences(text: str, block: Span) -> list[Span]:
    """Split one block of `text` into sentences; a block without a terminator is one sentence."""
    spans: list[Span] = []
    start = block.start
    for match in _TERMINATOR.finditer(text, block.start, block.end):
        if _ends_sentence(text, start, match, block.end):
            spans.append(_trimmed(text, Span(start, match.end())))
            start = _after_space(text, match.end(), block.end)
    spans.append(_trimmed(text, Span(start, block.end)))
    return [span for span in spans if len(span)]


def without_marker(text: str, span: Span) -> Span:
    """The span less a leading list or heading marker, which belongs to the layout and not to the sentence."""
    match = _LIST_PREFIX.match(text, span.start, span.end)
    return Span(match.end(), span.end) if match else span


def _lines(text: str, area: Span) -> Iterator[Span]:
    start = area.start
    for match in re.finditer(r"\r\n|[\n\r\f\v\x85\u2028\u2029]", text[area.start : area.end]):
        yield Span(start, area.start + match.start())
        start = area.start + match.end()
    yield Span(start, area.end)


def _measured(text: str, area: Span) -> Iterator[tuple[Span, int]]:
    """Each line, and the width to which its paragraph was wrapped: 0 where it has too few lines to tell."""
    paragraph: list[Span] = []
    for line in _lines(text, area):
        if line.of(text).strip():
            paragraph.append(line)
            continue
        width = _width(paragraph)
        yield from ((known, width) for known in paragraph)
        yield line, 0
        paragraph = []
    width = _width(paragraph)
    yield from ((known, width) for known in paragraph)


def _width(paragraph: list[Span]) -> int:
    widest = max(map(len, paragraph), default=0)
    return widest if len(paragraph) >= _FEWEST_WRAPPED and widest >= _NARROWEST_COLUMN else 0


def _continues(previous: str, line: str, width: int) -> bool:
    """Whether `line` goes on with the sentence or paragraph of the line before it."""
    before, after = previous.rstrip(), line.lstrip()
    if before.lstrip().startswith(("#", "|")):
        return False
    if _BLOCK_MARKER.match(line):
        first = after[1:].lstrip()[:1]
        goes_on = _DASH.match(line) and len(before) >= WRAPPED_LINE_LENGTH and not _DASH.match(previous)
        return bool(goes_on and first.islower() and before[-1] not in ".!?:;…")
    if before[-1] == ".":
        return _is_abbreviated(before)
    if before[-1] in "!?:…":
        return False
    # A list item's lines, a word parted at the line's end, or a sentence that goes on with a small letter.
    if after[:1].islower() or (_BLOCK_MARKER.match(previous) and line[:2].isspace()):
        return True
    # The next word had no room in the line.
    word = after[:_LOOK_AHEAD].split(maxsplit=1)[0]
    is_full = width > 0 and 2 * len(before) >= width and len(before) + 1 + len(word) > width
    return is_full or len(before) >= WRAPPED_LINE_LENGTH


def _is_abbreviated(line: str) -> bool:
    """Whether a line ends within a sentence, after "Dr." or "No." or an initial."""
    word = line[-_LOOK_BACK:].rsplit(maxsplit=1)[-1].rstrip(".").lstrip(_OPENING)
    is_initial = len(word) == 1 and word.isalpha() and word.isupper()
    return len(line) >= _NARROWEST_COLUMN and (word.lower() in _ABBREVIATIONS or is_initial)


def _ends_sentence(text: str, start: int, match: re.Match[str], end: int) -> bool:
    following = _after_space(text, match.end(), end)
    if following == end:
        return True
    after = text[following : min(following + _LOOK_AHEAD, end)].lstrip(_OPENING + " ")
    if after and after[0].islower():
        return False
    if not match.group().startswith(".") or match.group().startswith(".."):
        return True
    if match.group()[-1] in "]¹²³⁰⁴⁵⁶⁷⁸⁹" or match.group()[-1].isdigit():
        return True  # no abbreviation bears a note
    word = text[max(start, match.start() - _LOOK_BACK) : match.start()].rsplit(maxsplit=1)[-1:]
    last = word[0].lstrip(_OPENING) if word else ""
    if last.lower() in _ABBREVIATIONS:
        return False
    if len(last) == 1 and last.isalpha() and last.isupper():  # an initial, as in "J. Smith"
        return False
    if last.isdigit() and len(last) <= 2:  # "1. First item", "4. Dezember"
        first_word = re.split(r"\W", after, maxsplit=1)[0].lower()
        return start < match.start() - len(last) and first_word not in _GERMAN_MONTHS
    return True


def _after_space(text: str, start: int, end: int) -> int:
    space = _SPACE.match(text, start, end)
    return space.end() if space else start


def _trimmed(text: str, span: Span) -> Span:
    piece = span.of(text)
    lead = len(piece) - len(piece.lstrip())
    return Span(span.start + lead, span.start + lead + len(piece.strip()))
