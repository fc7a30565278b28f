"""What the writer of an e-mail says, told apart from what the mail quotes of others.

Told by form, in no language: lines that start with ">", the line before them that ends in a colon, what a mail program
marks as a quotation in markup, and blocks of fields that name a sender by address ("From:", "Sent:", "To:", in whatever
language), behind which an earlier message follows to the end. Below a line of two dashes stands a signature.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.document import Span
from corpus.readers.markup import blocks_of

_FIELD = re.compile(r"[>\s*]*\*?([^\W\d_][\w \-]{0,24})\*?\s?[:：]\*?\s*(.*)")
_RULE = re.compile(r"\s*[-_=*—]{2,}[\w \-:,.]{0,60}[-_=*—]{2,}\s*|\s*_{8,}\s*|\s*-{8,}\s*")
_ADDRESS = re.compile(r"[^\s@<>]{1,80}@[^\s@<>]{1,200}")
# How programs begin the subject of a message that is passed on.
_PASSED_ON = frozenset("fw fwd wg tr rv vs i enc enc doorst pd fs vl vb rif ynt pārs пересл переслано".split())
_SUBJECTS = frozenset(
    "subject betreff objet asunto assunto oggetto onderwerp ämne emne aihe тема temat temats konu".split()
)
_DATES = frozenset(
    "date sent gesendet datum envoyé fecha data enviado inviato дата отправлено data nosūtīts tarih".split()
)
_FEWEST_FIELDS = 3
_MOST_BEFORE = 3  # lines in front of quoted ones that say who is quoted


@dataclass(frozen=True, slots=True)
class Told:
    """One text of a mail, line by line, each with whether others are quoted in it; `asides` are signatures."""

    lines: tuple[str, ...]
    quoted: frozenset[int] = frozenset()
    asides: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    @property
    def is_quoting(self) -> bool:
        """Whether others are quoted in it."""
        return bool(self.quoted)


def of_lines(text: str) -> Told:
    """A plain text."""
    lines = tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    quoted = {number for number, line in enumerate(lines) if line.lstrip().startswith(">")}
    quoted |= set(_introductions(lines, quoted))
    signature = next((number for number, line in enumerate(lines) if line.rstrip("\r") in ("-- ", "--")), len(lines))
    end = min((number for number in quoted if number > signature), default=len(lines))
    asides = range(signature, end)
    return Told(lines, frozenset(quoted), frozenset(asides) if signature < len(lines) else frozenset())


def of_markup(markup: str) -> Told:
    """A text in HTML; lines of two blocks have an empty one between."""
    lines: list[str] = []
    quoted: set[int] = set()
    for block in blocks_of(markup):
        for line in (*([""] if lines else []), *block.text.split("\n")):
            if block.quoted:
                quoted.add(len(lines))
            lines.append(line)
    quoted |= set(_introductions(lines, quoted))
    return Told(tuple(lines), frozenset(quoted))


def _introductions(lines: Sequence[str], quoted: set[int]) -> Iterator[int]:
    """The lines before quoted ones that say who wrote them: "On Monday Anna <anna@example.org> wrote:"."""
    for number in sorted(quoted):
        if number - 1 in quoted or number == 0:
            continue
        end = number - 1
        while end > 0 and not lines[end].strip() and number - end < 3:
            end -= 1
        if not lines[end].rstrip().endswith(":"):
            continue
        start = end
        while start > 0 and end - start < _MOST_BEFORE and lines[start - 1].strip():
            start -= 1
        if end - start == _MOST_BEFORE:  # it ends a paragraph of the writer's
            start = end
        if _names(lines[start:number]):
            yield from range(start, number)


def _names(lines: Sequence[str]) -> bool:
    """Whether these lines name a sender by address, or a day by its figures."""
    joined = " ".join(lines)
    return bool(_ADDRESS.search(joined)) or sum(character.isdigit() for character in joined) >= 4


def forwarded(told: Told, subject: str, *, has_own_words: bool) -> tuple[Told, list[tuple[str, bytes]]]:
    """The text without an earlier message behind it, and that message where it is passed on: its subject, and all.

    An earlier message that is only answered stays, as quoted.
    """
    start = _header_start(told)
    if start is None:
        return told, []
    fields, body = _fields(told.lines, start)
    first = start - 1 if start and _RULE.fullmatch(told.lines[start - 1]) else start
    own = "".join(line for number, line in enumerate(told.lines[:first]) if number not in told.quoted)
    prefix = subject.partition(":")[0].strip().lower() if ":" in subject else ""
    is_passed_on = prefix in _PASSED_ON or not (has_own_words or any(map(str.isalnum, own)))
    if not is_passed_on:
        rest = frozenset(range(first, len(told.lines)))
        return Told(told.lines, told.quoted | rest, told.asides - rest), []
    kept = Told(told.lines[:first], _before(told.quoted, first), _before(told.asides, first))
    name, whole = _message(fields, told.lines[body:])
    return kept, [(name, whole)]


def _before(numbers: frozenset[int], end: int) -> frozenset[int]:
    return frozenset(number for number in numbers if number < end)


def _header_start(told: Told) -> int | None:
    """Where the first block of fields starts that names a sender."""
    for number, line in enumerate(told.lines):
        if ":" in line and number not in told.quoted and _starts_block(told.lines, number):
            fields, _ = _fields(told.lines, number)
            if len(fields) >= _FEWEST_FIELDS and _is_header(fields):
                return number
    return None


def _is_header(fields: Sequence[tuple[str, str]]) -> bool:
    names = {name for name, _ in fields}
    return any(_ADDRESS.search(value) for _, value in fields[:2]) or bool(names & _SUBJECTS and names & _DATES)


def _starts_block(lines: Sequence[str], number: int) -> bool:
    before = lines[number - 1].strip() if number else ""
    return not before or bool(_RULE.fullmatch(before))


def _fields(lines: Sequence[str], start: int) -> tuple[list[tuple[str, str]], int]:
    """The fields from a line on, and where what comes behind them starts; single empty lines may be between."""
    found: list[tuple[str, str]] = []
    number = start
    while number < len(lines) and len(found) < 8:
        match = _FIELD.fullmatch(lines[number])
        if match is None:
            is_gap = not lines[number].strip() and number + 1 < len(lines) and _FIELD.fullmatch(lines[number + 1])
            if not is_gap or number == start or lines[number + 1].strip().endswith(":"):
                break
        else:
            found.append((match.group(1).strip().lower(), match.group(2).strip()))
        number += 1
    return found, number


def _message(fields: Sequence[tuple[str, str]], lines: Sequence[str]) -> tuple[str, bytes]:
    """An earlier message, as a mail of its own."""
    subject = next((value for name, value in fields if name in _SUBJECTS), "")
    sender = next((value for _, value in fields if _ADDRESS.search(value)), fields[0][1])
    date = next((value for name, value in fields if name in _DATES), "")
    head = [f"From: {sender}", f"Subject: {subject}", f"Date: {date}", "MIME-Version: 1.0"]
    head += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return subject, "\n".join([*head, "", *lines]).encode("utf-8", "replace")


def marked(texts: Sequence[Told]) -> tuple[str, tuple[Span, ...]]:
    """The texts as one, and the spans of it that are not the writer's own words."""
    text = ""
    spans: list[Span] = []
    for told in texts:
        if text:
            text = text.rstrip("\n") + "\n\n"
        position = len(text)
        aside = told.quoted | told.asides
        for number, line in enumerate(told.lines):
            if number in aside and line.strip():
                follows = spans and spans[-1].end == position - 1
                start = spans.pop().start if follows else position
                spans.append(Span(start, position + len(line)))
            position += len(line) + 1
        text += told.text
    return text, tuple(spans)
