"""An `Answer` as safe Markdown for the conversation, and as plain text for a terminal.

Whatever comes from a document, its metadata, a file name or a question is data: `escape_markdown` turns every
character of it that a Markdown dialect, an HTML parser or an autolinker could act on into a numeric entity. Only this
module's own literals are markup. Nothing here knows Gradio; the panel of sources is
`ui.chat.sources`, documents as pages are `ui.pages.documents.page`.
"""

import html
import re
import textwrap
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from assistant.answer import EXTRACTIVE, Answer, Citation, Outcome, Statement
from assistant.compose import remarks
from ui.languages.marking import lang, marked, sentence
from ui.languages.places import date_in_words
from ui.languages.shared import AS_OF, PAGE, SOURCES, UNDATED, UNDERSTOOD
from ui.languages.words import PluralText, Text, told

STOPPED = Text("Stopped.")
DRAFT = Text("Draft: the sentences shown are checked, more may follow.")
FAILED = Text("This could not be answered")
CLOSEST = Text("What comes closest, though it does not answer the question:")
CLOSEST_AS_TEXT = Text("What comes closest (not sources of an answer)")
WORDED_BY = Text("Worded by {model}; every sentence was checked against the passages it cites.")
NOTE = Text("Note: {text}")
COUNTED_SOURCES = PluralText("{count} source", "{count} sources")
COUNTED_CLOSEST = PluralText("{count} closest passage", "{count} closest passages")
CHARACTERS = Text("characters {start}–{end}")
TERMINAL_WIDTH = 88
HEADLINES = {
    Outcome.NOT_FOUND: Text("Not found in the documents"),
    Outcome.UNCLEAR: Text("Too little to go on"),
    Outcome.PARTIAL: Text("Less than was asked for"),
}
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
    return date_in_words(date) or one_line(date)


def publication_date(citation: Citation) -> str | None:
    """When the cited document was published, as people write it."""
    return readable_date(citation.document.published) if citation.document.published else None


# The conversation


def answer_as_markdown(answer: Answer, number: int = 1) -> str:
    """The answer for the conversation, in which it has a `number`: what to know about it, then its statements.

    A marker leads to its passage in the document; its id, `marker-NUMBER-CITATION`, is what the way back leads to.
    """
    parts = []
    if one_line(answer.standalone_question) != one_line(answer.question):
        parts.append(_note("understood", UNDERSTOOD(question=answer.standalone_question)))
    if answer.outcome in HEADLINES:
        parts.append(_note("headline", str(HEADLINES[answer.outcome])))
    parts.extend(_remark("warning", warning) for warning in answer.warnings)
    parts.extend(_statements(answer, number))
    if answer.closest:
        parts.append(_note("closest", str(CLOSEST)))
        parts.extend(_closest_line(citation, number) for citation in answer.closest)
    parts.extend(_note(kind, text) for kind, text in _colophon(answer))
    if cited := answer.citations or answer.closest:
        parts.append(f'<a class="to-sources" href="#sources-{number}">{_counted(len(cited), answer)}</a>')
    return _section(answer.outcome.value.replace("_", "-"), parts, f' id="answer-{number}"')


def _counted(count: int, answer: Answer) -> str:
    return (COUNTED_SOURCES if answer.citations else COUNTED_CLOSEST)(count)


def _colophon(answer: Answer) -> Iterable[tuple[str, str]]:
    if answer.as_of:
        yield "as-of", AS_OF(date=readable_date(answer.as_of))
    if answer.composer != EXTRACTIVE and not answer.is_draft:
        yield "composer", worded_by(answer)
    if answer.is_draft:
        yield "draft", str(DRAFT)


def worded_by(answer: Answer) -> str:
    """Who put an answer into words, where that was a language model."""
    return WORDED_BY(model=answer.composer)


def failure_as_markdown(reason: str, *, is_told: bool = False) -> str:
    """An expected failure, in place of an answer; `is_told` where its reason is in the page's language already."""
    line = escape_markdown(reason) if is_told else failure_as_line(reason)
    return _section("failure", [_note("headline", str(FAILED)), line])


def failure_as_line(reason: str) -> str:
    """An expected failure as a line of Markdown, marked where the page is in another language."""
    line, attribute = sentence(reason)
    return f"<span{attribute}>{escape_markdown(line)}</span>" if attribute else escape_markdown(line)


def _statements(answer: Answer, number: int) -> Iterable[str]:
    cited = {citation.number: citation for citation in answer.citations}
    used: set[int] = set()
    for statement in answer.statements:
        if not statement.citations:
            yield _remark("remark", statement.text)
            continue
        markers = []
        for citation in (cited[each] for each in statement.citations if each in cited):
            # An id may stand in a page only once.
            identity = "" if citation.number in used else f' id="marker-{number}-{citation.number}"'
            address = html.escape(document_url(citation))
            markers.append(f'<a class="marker"{identity} href="{address}">[{citation.number}]</a>')
            used.add(citation.number)
        yield " ".join([marked(escape_markdown(statement.text), _language_of(statement, answer, cited)), *markers])


def _language_of(statement: Statement, answer: Answer, cited: Mapping[int, Citation]) -> str | None:
    """The language of a statement: that of what it quotes; a language model is asked to write English."""
    if answer.composer != EXTRACTIVE:
        return None
    return next((cited[each].document.language for each in statement.citations if each in cited), None)


def _closest_line(citation: Citation, number: int) -> str:
    facts = " · ".join(part for part in (citation.document.publisher, publication_date(citation)) if part)
    whence = escape_markdown(facts or citation.document.title)
    identity = f"marker-{number}-{citation.number}"
    address = html.escape(document_url(citation))
    quoted = marked(escape_markdown(citation.quote), citation.document.language)
    return f'- {quoted} <a class="near" id="{identity}" href="{address}">{whence}</a>'


def _section(kind: str, parts: Iterable[str], identity: str = "") -> str:
    return "\n\n".join((f'<div class="answer {kind}"{identity}>', *parts, "</div>"))


def _note(kind: str, text: str) -> str:
    return f'<p class="{kind}">{escape_markdown(text)}</p>'


def _remark(kind: str, text: str) -> str:
    """What the assistant itself says of the record: the fixed remarks in the page's language, others marked."""
    translated = told(text)
    # A remark is in the language of the question, which may be another than the page's.
    attribute = lang(remarks.language_of(text)) if translated is None else ""
    return f'<p class="{kind}"{attribute}>{escape_markdown(translated or text)}</p>'


# The terminal


def answer_as_text(answer: Answer, width: int | None = TERMINAL_WIDTH) -> str:
    """The answer, then its numbered sources (or what comes closest to a refused one); None leaves lines unbroken."""
    parts = []
    if one_line(answer.standalone_question) != one_line(answer.question):
        parts.append(_wrapped(UNDERSTOOD(question=answer.standalone_question), width))
    parts.extend(_wrapped(str(statement), width) for statement in answer.statements)
    if answer.as_of:
        parts.append(_wrapped(AS_OF(date=readable_date(answer.as_of)), width))
    if answer.composer != EXTRACTIVE:
        parts.append(_wrapped(worded_by(answer), width))
    parts.extend(_wrapped(NOTE(text=sentence(warning)[0]), width) for warning in answer.warnings)
    if answer.citations:
        sources = (_source_as_text(item, f"[{item.number}]", width, answer=answer.text) for item in answer.citations)
        parts.append("\n".join((str(SOURCES), *sources)))
    if answer.closest:
        passages = (_source_as_text(item, "-", width, answer="") for item in answer.closest)
        parts.append("\n".join((str(CLOSEST_AS_TEXT), *passages)))
    return "\n\n".join(parts)


def _source_as_text(citation: Citation, label: str, width: int | None, *, answer: str) -> str:
    """One source; the quote is left out where the answer has it word for word."""
    reference = citation.document
    place = [PAGE(number=citation.page)] if citation.page else []
    place.append(CHARACTERS(start=citation.start, end=citation.end))
    lines = [
        f"{label} {one_line(reference.title)}",
        one_line(", ".join(part for part in (reference.publisher, publication_date(citation) or str(UNDATED)) if part)),
        ", ".join((one_line(reference.path), *place)),
    ]
    if one_line(citation.quote) not in one_line(answer):
        lines.insert(1, _wrapped(f"“{one_line(citation.quote)}”", width and width - 6).replace("\n", "\n      "))
    if url := safe_url(reference.url):
        lines.append(url)
    return "  " + "\n      ".join(lines)


def _wrapped(text: str, width: int | None) -> str:
    line = one_line(text)
    return textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) if width else line
