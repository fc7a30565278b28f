"""What a document is called: the heading that stands over it, or else its file's name; never a sentence of its text.

A day, a page number, a note, an address, a line that comes back on every page and the heading of a section are none. A
section's heading is told by its fellows: one of several of its kind, none of whose words is a name in the text.
What a folder's other documents are called is for `intake` to look at.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import PurePath
from urllib.parse import unquote

from corpus.document import Span
from corpus.readers.metadata import one_line
from corpus.readers.stated.datelines import dateline, day_in_name, is_dateline
from corpus.readers.stated.identifiers import is_numbered
from corpus.text.sentences import blocks, without_marker

LONGEST_TITLE = 200
_LONGEST_HEADING = 160
# A heading over the whole stands among the first blocks; and so many are looked at for headings like it.
_FIRST_BLOCKS = 12
_BLOCKS_READ = 400
_TEXT_READ = 60_000
_FULL_LINE = 85
_MARKS = re.compile(r"[*`]{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|\[\^?\d{1,3}\]$|<[^<>]{1,200}>|\{[#.][^{}]{1,80}\}")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_HEADING = re.compile(r"^ {0,3}(?P<level>#{2,6}(?=[^\s#])|#{1,6}(?=[ \t]))[ \t]*(?P<words>.*)$", re.MULTILINE)
_RUBBISH = re.compile(
    r"(?:untitled|microsoft (?:word|powerpoint|excel)\b.*|slide \d+|powerpoint presentation"
    r"|document\d*|title|none|.{1,3}|.*\.(?:docx?|pdf|indd|qxd|rtf|odt|pptx?|xlsx?|wpd|tmp)|[\W\d_]*|.*\(anonymous\).*|[a-z]:\\.*|/.*)",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\[?\d{1,3}\]?[.)]?\s{0,3}(?=[^\W\d_]).{0,400}\.")
_PAGE_NUMBER = re.compile(r"(?:[^\W\d_]{1,8}\.? ){0,1}\d{1,4}(?: ?[/|] ?\d{1,4}| [^\W\d_]{1,5} \d{1,4})?")
_ADDRESS = re.compile(r"(?:https?://|www\.|[\w.-]{1,64}@)\S+")


def tidy(title: str) -> str:
    """A title in one line, without marks of layout and characters that nobody sees."""
    told = one_line(_MARKS.sub("", _UNSEEN.sub("", title))).strip(" #|")
    if len(told) <= LONGEST_TITLE:
        return told
    return told[:LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def is_rubbish(title: str, name: str) -> bool:
    """Whether a title in a file's properties says nothing: a program's, a file's name, a number."""
    return bool(_RUBBISH.fullmatch(title)) or title.casefold() == PurePath(name).stem.casefold() or is_dateline(title)


def title_in_name(name: str) -> str:
    """The title that a file's name stands for: without suffix and day, words parted as words."""
    stem = unquote(PurePath(name).stem)
    stem = _UNSEEN.sub("", stem).strip()
    day = day_in_name(stem[:11])
    rest = stem[10:].strip(" -_") if day and day == stem[:10] else stem
    stem = rest if sum(map(str.isalpha, rest)) >= 3 else stem
    words = [word for word in re.split(r"[-_\s]+", stem) if word]
    if len(words) >= 3 and stem == stem.lower():
        return tidy(" ".join(words).capitalize())
    return tidy(stem.replace("_", " ")) or name


def heading_in(text: str, furniture: Sequence[Span], name: str, *, is_markdown: bool = False) -> str:
    """The heading over the whole text; nothing where it has none."""
    if is_markdown and (found := _marked_heading(text, furniture)) is not None:
        return found
    return _named_heading(text, name) or _standing_heading(text, furniture)


def _marked_heading(text: str, furniture: Sequence[Span]) -> str | None:
    """Markdown's heading: the first of the highest level, where it is the only one or names the document.

    None where no line is marked as a heading, so that others may be looked for.
    """
    found = []
    for match in islice(_HEADING.finditer(text), _BLOCKS_READ):
        words = tidy(match.group("words").rstrip(" \t\r#"))
        if any(map(str.isalpha, words)) and not _is_within(match.start(), furniture) and not is_dateline(words):
            found.append((len(match.group("level")), words))
    if not found:
        return None
    level = min(level for level, _ in found)
    top = [words for its, words in found if its == level]
    if len(top) > 1 and found[0][0] > level:
        top = []
    first = found[0][1] if found[0][0] == level or len(top) > 1 else top[0]
    return first if len(top) == 1 or _names_something(first, text) else ""


def _named_heading(text: str, name: str) -> str:
    """The line that begins with what the file is called ("WHA66.12 Neglected tropical diseases"), to its end."""
    stem = PurePath(name).stem
    if sum(map(str.isalnum, stem)) < 3 or not any(map(str.isdigit, stem)):
        return ""
    lines = [" ".join(line.split()) for line in islice(text[:8000].splitlines(), 80)]
    for number, line in enumerate(lines):
        if not line.startswith(stem + " ") or line.endswith((".", ",", ";")):
            continue
        whole = line
        for following in lines[number + 1 : number + 4]:
            is_wrapped = following[:1].islower() or (
                len(line) >= _FULL_LINE and not following.endswith((",", ";", ":"))
            )
            if not following or not (is_wrapped or line.endswith(("-", ","))):
                break
            whole = whole + following if whole.endswith("-") else f"{whole} {following}"
            line = following
        return tidy(whole)
    return ""


def _standing_heading(text: str, furniture: Sequence[Span]) -> str:
    """The first block that stands as a heading over what follows, unless it is but a section's."""
    running = _running_lines(text)
    standing = [
        (tidy(words), is_first)
        for words, is_first in _blocks_of(text, furniture)
        if not _is_beside_the_matter(words, running)
    ]
    numbered = next((words for words, is_first in standing if is_first and is_numbered(words)), "")
    if numbered:
        return numbered
    first = next(iter(standing), ("", False))[0]
    if not _is_heading(first):
        return ""
    fellows = {words for words, _ in standing[1:] if _is_heading(words)}
    return first if not fellows or _names_something(first, text) else ""


def _blocks_of(text: str, furniture: Sequence[Span]) -> Iterator[tuple[str, bool]]:
    """The first blocks that are no furniture, and whether each is among the very first."""
    within = Span(0, min(len(text), _TEXT_READ))
    for number, block in enumerate(islice(blocks(text, within), _BLOCKS_READ)):
        if not _is_within(block.start, furniture):
            yield without_marker(text, block).of(text), number < _FIRST_BLOCKS


def _is_within(offset: int, spans: Iterable[Span]) -> bool:
    return any(span.start <= offset < span.end for span in spans)


def _running_lines(text: str) -> frozenset[str]:
    """Lines that come back, whatever number stands in them: heads and feet of pages."""
    counts = Counter(_without_numbers(line) for line in text[: 4 * _TEXT_READ].splitlines() if 2 < len(line) < 300)
    return frozenset(line for line, count in counts.items() if count >= 3)


def _without_numbers(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _is_beside_the_matter(block: str, running: frozenset[str]) -> bool:
    line = " ".join(block.split())
    return (
        not any(map(str.isalpha, line))
        or is_dateline(line)
        or bool(len(line) < 100 and dateline([line]))
        or bool(_PAGE_NUMBER.fullmatch(line) and not is_numbered(line))
        or bool(_ADDRESS.match(line))
        or any(_without_numbers(part) in running for part in block.splitlines()[:1])
        or bool(len(line) < 400 and _NOTE.fullmatch(line))
    )


def _is_heading(words: str) -> bool:
    return (
        3 <= len(words) <= _LONGEST_HEADING
        and not words[0].islower()
        and words.rstrip("\"'”’»)")[-1:] not in tuple(".,;:!…")
        and any(map(str.isalpha, words))
    )


def _names_something(heading: str, text: str) -> bool:
    """Whether a heading has a number in it, or a word that the text writes as a name."""
    if re.search(r"\d", re.sub(r"^[\dIVX.]+\s", "", heading)):
        return True
    written = Counter(re.findall(r"[^\W\d_]+", text[:_TEXT_READ]))
    names = [word for word in re.findall(r"[^\W\d_]{3,}", heading) if word[0].isupper() and not word.isupper()]
    return any(written[word] > 1 and not written[word.lower()] for word in names)
