"""An answer as Markdown for other programs' pages: markers, a list of sources with full addresses, nothing active.

Text of documents and questions is escaped as on our own page; only this module's literals and our links are markup.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.answer import EXTRACTIVE, Answer, Citation
from ui.rendering import document_url, escape_markdown, readable_date, safe_url

SOURCES = "**Sources**"
CLOSEST = "**What comes closest** (no sources of an answer)"
UNDERSTOOD = "Understood as: {}"
AS_OF = "As of {}, the date of the newest source cited."
WORDED_BY = "Worded by {}; every sentence was checked against the passages it cites."
UNDATED = "undated"
ORIGINAL = "original"


@dataclass(frozen=True, slots=True)
class Marker:
    """A place in the Markdown where a citation is cited: characters, end excluded."""

    start: int
    end: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class MarkdownAnswer:
    """An answer in pieces that follow each other, and where its citations stand in the whole of them."""

    pieces: tuple[str, ...]
    markers: tuple[Marker, ...]

    @property
    def text(self) -> str:
        """The whole."""
        return "".join(self.pieces)


def written(answer: Answer, address: str) -> MarkdownAnswer:
    """The answer as Markdown; `address` is that of this server, without a slash at its end."""
    pieces: list[str] = []
    markers: list[Marker] = []
    if answer.standalone_question.split() != answer.question.split():
        pieces.append(f"*{UNDERSTOOD.format(escape_markdown(answer.standalone_question))}*\n\n")
    known = {citation.number: citation for citation in answer.citations}
    at = sum(map(len, pieces))
    for place, statement in enumerate(answer.statements):
        piece = f"{' ' if place else ''}{escape_markdown(statement.text)}"
        for number in statement.citations:
            marker = f"[{number}]"
            piece += f" {marker}"
            markers.append(Marker(at + len(piece) - len(marker), at + len(piece), known[number]))
        pieces.append(piece)
        at += len(piece)
    pieces.extend(f"\n\n{note}" for note in _notes(answer))
    pieces.extend(_listed(answer, address))
    return MarkdownAnswer(tuple(pieces), tuple(markers))


def passage_address(citation: Citation, address: str) -> str:
    """Where the cited document opens at its passage, for a reader elsewhere."""
    return f"{address}{document_url(citation)}"


def _notes(answer: Answer) -> Iterator[str]:
    if answer.as_of:
        yield f"*{AS_OF.format(escape_markdown(readable_date(answer.as_of)))}*"
    if answer.composer != EXTRACTIVE:
        yield f"*{WORDED_BY.format(escape_markdown(answer.composer))}*"
    yield from (f"*{escape_markdown(warning)}*" for warning in answer.warnings)


def _listed(answer: Answer, address: str) -> Iterator[str]:
    """The sources, or what comes closest to a refused question; its quote where the answer itself does not hold it."""
    told = escape_markdown(answer.text)
    if answer.citations:
        yield f"\n\n{SOURCES}\n"
        for citation in answer.citations:
            quote = escape_markdown(citation.quote)
            yield f"\n- [{citation.number}] {_source(citation, address)}{'' if quote in told else f': “{quote}”'}"
    if answer.closest:
        yield f"\n\n{CLOSEST}\n"
        for citation in answer.closest:
            yield f"\n- {_source(citation, address)}: “{escape_markdown(citation.quote)}”"


def _source(citation: Citation, address: str) -> str:
    reference = citation.document
    title = escape_markdown(reference.title)
    date = readable_date(reference.published) if reference.published else UNDATED
    facts = ", ".join(escape_markdown(fact) for fact in (reference.publisher, date) if fact)
    original = safe_url(reference.url)
    link = f" ([{ORIGINAL}]({original}))" if original else ""
    return f"[{title}]({passage_address(citation, address)}), {facts}{link}"
