"""An `Answer` as safe Markdown for the page, and as plain text for a terminal.

Whatever comes from a document, its metadata, a file name or a question is data: `escape_markdown` turns every
character of it that a Markdown dialect, an HTML parser or an autolinker could act on into a numeric entity. Only this
module's own literals are markup. Nothing here knows Gradio; documents as pages are `document_page`.
"""

import html
import re
import textwrap
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit

from assistant.answer import EXTRACTIVE, Answer, Citation, Outcome
from corpus.document import Document

FindDocument = Callable[[str], Document | None]

NO_ANSWER_YET = "## Sources\n\nEvery sentence of an answer carries a number. The passage it rests on is shown here."
STOPPED = "*Stopped.*"
DRAFT = "Draft: the sentences shown are checked, more may follow."
# Characters of a document shown around a quote, both sides together.
SURROUNDINGS = 200
TERMINAL_WIDTH = 88
_ELLIPSIS = "…"
_HEADLINES = {
    Outcome.NOT_FOUND: "Not found in the documents",
    Outcome.UNCLEAR: "Too little to go on",
    Outcome.PARTIAL: "Less than was asked for",
}
_REFUSALS = (Outcome.NOT_FOUND, Outcome.UNCLEAR)
_MONTHS = (
    "January February March April May June July August September October November December"  # not of the locale
).split()
# Controls (terminal escapes among them) and marks that reverse the writing direction of what follows them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# What Markdown, its extensions (tables, math, autolinks) or HTML could act on: anywhere in a text, or at its start.
# The rest stays readable, because Gradio also hands a message's Markdown to screen readers as a label.
_ACTIVE = re.compile(r"[#$&*<=>@\[\\\]^_`{|}~]|:(?=/)|(?<=[wW]{3})\.|^[-+]|^\d+[.)]")
_URL = re.compile(r"[!-~]+")


# Values, made safe for one context each


def one_line(text: str) -> str:
    """`text` with white space as single spaces, and without control and direction characters."""
    return " ".join(_UNSEEN.sub("", text).split())


def escape_markdown(text: str) -> str:
    """`text` on one line as Markdown, and as HTML content, that shows just these characters and does nothing.

    `html.unescape` gives the line back.
    """
    return _ACTIVE.sub(lambda match: f"{match.group()[:-1]}&#{ord(match.group()[-1])};", one_line(text))


def safe_url(url: str | None) -> str | None:
    """The address if it is one of the web, ready for an attribute or a Markdown link; otherwise None."""
    if not url or _URL.fullmatch(url) is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:  # an unclosed bracket, for one
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return None
    return quote(url, safe=":/?#@!$&+,;=%~-._")


def document_url(citation: Citation) -> str:
    """Where the cited document opens with the passage highlighted."""
    place = quote(citation.document.id, safe="")
    return f"/documents/{place}?start={citation.start}&end={citation.end}#passage"


def readable_date(date: str) -> str:
    """An ISO date, possibly cut to month or year, as people write it; anything else as it is."""
    match = re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?", date)
    if match is None:
        return one_line(date)
    year, month, day = match.groups()
    return " ".join(part for part in (day and str(int(day)), month and _MONTHS[int(month) - 1], year) if part)


# The conversation


def answer_as_markdown(answer: Answer) -> str:
    """The answer for the conversation: statements with linked markers, its date, and what to know about it."""
    parts = []
    if one_line(answer.standalone_question) != one_line(answer.question):
        parts.append(_note("understood", f"Understood as: {answer.standalone_question}"))
    if answer.outcome in _HEADLINES:
        parts.append(_note("headline", _HEADLINES[answer.outcome]))
    parts.extend(_statements(answer))
    if answer.closest:
        parts.append(_note("closest", "What comes closest, though it does not answer the question:"))
        parts.extend(_closest_line(citation) for citation in answer.closest)
    if answer.as_of:
        parts.append(_note("as-of", f"As of {readable_date(answer.as_of)}, the date of the newest source cited."))
    if answer.composer != EXTRACTIVE and not answer.is_draft:
        parts.append(_note("composer", _worded_by(answer)))
    parts.extend(_note("warning", warning) for warning in answer.warnings)
    if answer.is_draft:
        parts.append(_note("draft", DRAFT))
    return _section(answer.outcome.value.replace("_", "-"), parts)


def _worded_by(answer: Answer) -> str:
    return f"Worded by {answer.composer}; every sentence was checked against the passages it cites."


def failure_as_markdown(sentence: str) -> str:
    """An expected failure, in place of an answer."""
    return _section("failure", [_note("headline", "This could not be answered"), escape_markdown(sentence)])


def _statements(answer: Answer) -> Iterable[str]:
    cited = {citation.number: citation for citation in answer.citations}
    for statement in answer.statements:
        markers = [cited[number] for number in statement.citations if number in cited]
        text = escape_markdown(statement.text)
        yield " ".join([text, *(f"[[{citation.number}]]({document_url(citation)})" for citation in markers)])


def _closest_line(citation: Citation) -> str:
    told = " · ".join(part for part in (citation.document.publisher, _date(citation)) if part)
    whence = escape_markdown(told or citation.document.title)
    return f"- {escape_markdown(citation.quote)} [{whence}]({document_url(citation)})"


def _section(kind: str, parts: Iterable[str]) -> str:
    return "\n\n".join((f'<div class="answer {kind}">', *parts, "</div>"))


def _note(kind: str, text: str) -> str:
    return f'<p class="{kind}">{escape_markdown(text)}</p>'


# The panel beside it


def sources_as_markdown(answer: Answer, find_document: FindDocument) -> str:
    """The panel for one answer: each cited passage in its surroundings, or what comes closest to a refused one."""
    if answer.citations:
        heading = "## Sources"
        shown = answer.citations
    elif answer.closest:
        heading = f"## What comes closest\n\n{_note('not-sources', 'These passages are not sources of an answer.')}"
        shown = answer.closest
    else:
        return "## Sources\n\nThis answer rests on no source."
    kind = "source" if answer.citations else "near"
    return "\n\n".join((heading, *(_source(citation, kind, find_document) for citation in shown)))


def _source(citation: Citation, kind: str, find_document: FindDocument) -> str:
    reference = citation.document
    number = f'<span class="number">{citation.number}</span> ' if kind == "source" else ""
    page = f"page {citation.page}" if citation.page else None
    facts = [escape_markdown(fact) for fact in (reference.publisher, _date(citation) or "undated", page) if fact]
    before, after = surroundings(citation, find_document(reference.id))
    links = [f"[Read in the document]({document_url(citation)})"]
    if original := safe_url(reference.url):
        links.append(f"[Original]({html.escape(original)})")  # Markdown reads entities in addresses too
    return "\n\n".join(
        (
            f'<div class="{kind}">',
            f"### {number}{escape_markdown(reference.title)}",
            f'<p class="facts">{" · ".join(facts)}</p>',
            f"> {escape_markdown(before)} <mark>{escape_markdown(citation.quote)}</mark> {escape_markdown(after)}",
            " · ".join(links),
            f'<p class="path">{escape_markdown(reference.path)}</p>',
            "</div>",
        )
    )


def surroundings(citation: Citation, document: Document | None, width: int = SURROUNDINGS) -> tuple[str, str]:
    """What stands before and after a quote, whole words, at most `width` characters together; no furniture."""
    if document is None or document.text[citation.start : citation.end] != citation.quote:
        return "", ""
    first = max((span.end for span in document.furniture if span.end <= citation.start), default=0)
    last = min((span.start for span in document.furniture if span.start >= citation.end), default=len(document.text))
    before = document.text[first : citation.start]
    after = document.text[citation.end : last]
    half = width // 2
    if len(before) > half:
        before = _ELLIPSIS + before[-half:].partition(" ")[2]
    if len(after) > half:
        after = after[:half].rpartition(" ")[0] + _ELLIPSIS
    return before, after


def _date(citation: Citation) -> str | None:
    return readable_date(citation.document.published) if citation.document.published else None


# The terminal


def answer_as_text(answer: Answer, width: int | None = TERMINAL_WIDTH) -> str:
    """The answer, then its numbered sources (or what comes closest to a refused one); None leaves lines unbroken."""
    parts = []
    if one_line(answer.standalone_question) != one_line(answer.question):
        parts.append(_wrapped(f"Understood as: {answer.standalone_question}", width))
    parts.extend(_wrapped(str(statement), width) for statement in answer.statements)
    if answer.as_of:
        parts.append(_wrapped(f"As of {readable_date(answer.as_of)}, the date of the newest source cited.", width))
    if answer.composer != EXTRACTIVE:
        parts.append(_wrapped(_worded_by(answer), width))
    parts.extend(_wrapped(f"Note: {warning}", width) for warning in answer.warnings)
    if answer.citations:
        sources = (_source_as_text(item, f"[{item.number}]", width, told=answer.text) for item in answer.citations)
        parts.append("\n".join(("Sources", *sources)))
    if answer.closest:
        passages = (_source_as_text(item, "-", width, told="") for item in answer.closest)
        parts.append("\n".join(("What comes closest (not sources of an answer)", *passages)))
    return "\n\n".join(parts)


def _source_as_text(citation: Citation, label: str, width: int | None, *, told: str) -> str:
    """One source; the quote is left out where the answer, `told`, has it word for word."""
    reference = citation.document
    page = f"page {citation.page}, " if citation.page else ""
    lines = [
        f"{label} {one_line(reference.title)}",
        one_line(", ".join(part for part in (reference.publisher, _date(citation) or "undated") if part)),
        f"{one_line(reference.path)}, {page}characters {citation.start}–{citation.end}",
    ]
    if one_line(citation.quote) not in one_line(told):
        lines.insert(1, _wrapped(f"“{one_line(citation.quote)}”", width and width - 6).replace("\n", "\n      "))
    if url := safe_url(reference.url):
        lines.append(url)
    return "  " + "\n      ".join(lines)


def _wrapped(text: str, width: int | None) -> str:
    line = one_line(text)
    return textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) if width else line
