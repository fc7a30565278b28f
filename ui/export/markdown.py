"""A briefing as Markdown with `[^1]` footnotes, as GitHub, Pandoc and most editors read them.

Everything that is not this module's own literal is escaped by `escape_markdown`: a reader of the file that knows
Markdown shows exactly the characters of the answer, and no word of a document becomes markup.
"""

import html
from collections.abc import Iterator

from assistant.answer import Citation
from ui.export.briefing import Briefing, Section, facts_of, links_of, made_line, place_of
from ui.rendering import CLOSEST_AS_TEXT, escape_markdown


def briefing_as_markdown(briefing: Briefing, address: str | None = None) -> str:
    """The briefing; `address` is where the assistant is reached, for links to the cited passages."""
    alone = len(briefing.sections) == 1
    parts = [f"# {escape_markdown(briefing.title)}", f"*{made_line(briefing)}*"]
    for section in briefing.sections:
        parts += [] if alone else [f"## {escape_markdown(section.question)}"]
        parts += _section(section, address)
    parts += [f"[^{number}]: {_source(citation, address)}" for number, citation in enumerate(briefing.notes, start=1)]
    return "\n\n".join(parts) + "\n"


def _section(section: Section, address: str | None) -> Iterator[str]:
    if section.understood:
        yield f"*{escape_markdown(section.understood)}*"
    if section.headline:
        yield f"**{section.headline}**"
    for line in section.lines:
        yield escape_markdown(line.text) + "".join(f"[^{number}]" for number in line.notes)
    if section.closest:
        yield f"**{CLOSEST_AS_TEXT}**"
        yield "\n".join(f"- {_source(citation, address)}" for citation in section.closest)
    for note in section.notes:
        yield f"*{escape_markdown(note)}*"


def _source(citation: Citation, address: str | None) -> str:
    """Title, publisher, date, quote, place, checksum and links, on one line."""
    facts = ", ".join(escape_markdown(fact) for fact in facts_of(citation))
    # Markdown reads entities in addresses too.
    links = "".join(f" [{escape_markdown(label)}]({html.escape(url)})" for label, url in links_of(citation, address))
    title = escape_markdown(citation.document.title)
    return f"**{title}**, {facts}. “{escape_markdown(citation.quote)}” {escape_markdown(place_of(citation))}.{links}"
