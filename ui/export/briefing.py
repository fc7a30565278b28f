"""What stands in a briefing, whatever the file format: the answers, and the footnotes that they rest on.

Footnotes are numbered through the whole briefing in order of first use. A briefing is only made of answers whose every
citation holds at this moment; nothing from a browser but questions ever gets here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urljoin

from assistant.answer import EXTRACTIVE, Answer, Citation
from assistant.citations import verified
from corpus.document import Document
from corpus.errors import AssistantError
from ui.languages.marking import sentence
from ui.languages.shared import AS_OF, PAGE, PRODUCT, UNDATED, UNDERSTOOD
from ui.languages.words import Text
from ui.rendering import (
    CHARACTERS,
    HEADLINES,
    NOTE,
    document_url,
    one_line,
    publication_date,
    readable_date,
    safe_url,
    worded_by,
)

FindDocument = Callable[[str], Document | None]
MADE = Text("Made on {date} by the {product}. It quotes documents and speaks for nobody.")
CHECKSUM = Text("SHA-256 of the file")
PASSAGE = Text("Passage in the document")
_LONGEST_NAME = 60  # characters of a file's name


class ExportRefused(AssistantError):
    """A citation of the answer does not hold any more."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of an answer and the numbers of its footnotes."""

    text: str
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One question and what was answered; `notes` are what to know about the answer as a whole."""

    question: str
    understood: str | None
    headline: str | None
    lines: tuple[Line, ...]
    closest: tuple[Citation, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """A title, the day it was made, its sections, and its footnotes: the first is number one."""

    title: str
    made: date
    sections: tuple[Section, ...]
    notes: tuple[Citation, ...]


def make_briefing(answers: Sequence[Answer], find_document: FindDocument, made: date | None = None) -> Briefing:
    """A briefing of these answers, in order; raises `ExportRefused` where a citation does not hold any more."""
    for answer in answers:
        for citation in (*answer.citations, *answer.closest):
            if verified(citation, find_document) is None:
                title = one_line(citation.document.title)
                raise ExportRefused(f"“{title}” no longer holds what was quoted from it; ask the question again.")
    notes: list[Citation] = []
    sections = tuple(_section(answer, notes) for answer in answers)
    return Briefing(sections[0].question, made or datetime.now(UTC).date(), sections, tuple(notes))


def _section(answer: Answer, notes: list[Citation]) -> Section:
    """One answer's section; its citations join `notes` where they are first used."""
    question, understood = one_line(answer.question), one_line(answer.standalone_question)
    cited = {citation.number: citation for citation in answer.citations}
    numbers: dict[int, int] = {}
    lines = []
    for statement in answer.statements:
        for number in statement.citations:
            if number in cited and number not in numbers:
                notes.append(cited[number])
                numbers[number] = len(notes)
        used = (numbers[number] for number in statement.citations if number in numbers)
        text = statement.text if statement.citations else sentence(statement.text)[0]
        lines.append(Line(one_line(text), tuple(dict.fromkeys(used))))
    return Section(
        question=question,
        understood=UNDERSTOOD(question=understood) if understood != question else None,
        headline=str(HEADLINES[answer.outcome]) if answer.outcome in HEADLINES else None,
        lines=tuple(lines),
        closest=answer.closest,
        notes=tuple(_notes(answer)),
    )


def _notes(answer: Answer) -> Iterator[str]:
    if answer.as_of:
        yield AS_OF(date=readable_date(answer.as_of))
    if answer.composer != EXTRACTIVE:
        yield one_line(worded_by(answer))
    yield from (one_line(NOTE(text=sentence(warning)[0])) for warning in answer.warnings)


def made_line(briefing: Briefing) -> str:
    """When and by what the briefing was made."""
    return MADE(date=readable_date(briefing.made.isoformat()), product=PRODUCT)


def facts_of(citation: Citation) -> list[str]:
    """Publisher, date and page of a citation, for people."""
    reference = citation.document
    page = PAGE(number=citation.page) if citation.page else ""
    when = publication_date(citation) or str(UNDATED)
    return [fact for fact in (one_line(reference.publisher or ""), when, page) if fact]


def place_of(citation: Citation) -> str:
    """Where the quote stands, and the checksum by which the very file can be known."""
    reference = citation.document
    characters = CHARACTERS(start=citation.start, end=citation.end)
    return f"{one_line(reference.path)}, {characters}. {CHECKSUM}: {one_line(reference.sha256)}"


def links_of(citation: Citation, address: str | None) -> list[tuple[str, str]]:
    """Label and address of each way to the source: its own, and the passage at the assistant's `address`, if given.

    The source's own is its own label, so that it can be read on paper.
    """
    links = []
    if original := safe_url(citation.document.url):
        links.append((original, original))
    if address and (passage := safe_url(urljoin(address, document_url(citation)))):
        links.append((str(PASSAGE), passage))
    return links


def file_name(briefing: Briefing, extension: str) -> str:
    """A name for the file, of plain letters: the title's words and the day."""
    plain = unicodedata.normalize("NFKD", briefing.title).encode("ascii", "ignore").decode().lower()
    words = _words(re.findall(r"[a-z0-9]+", plain))
    return f"{'-'.join([*words, briefing.made.isoformat()]) if words else f'briefing-{briefing.made}'}.{extension}"


def _words(words: Iterable[str]) -> list[str]:
    """The first words, as many as a file's name may have."""
    taken: list[str] = []
    for word in words:
        if len("-".join([*taken, word])) > _LONGEST_NAME:
            break
        taken.append(word)
    return taken
