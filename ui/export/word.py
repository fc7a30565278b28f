"""A briefing as a Word file with real footnotes.

Texts are put into XML by lxml, which escapes them; characters that XML cannot hold are left out before. What a Word
file needs for footnotes, and python-docx does not know, is in `footnotes`.
"""

import io
import re
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from assistant.answer import Citation
from ui.export.briefing import (
    Briefing,
    Section,
    facts_of,
    links_of,
    made_line,
    place_of,
)
from ui.export.footnotes import Footnotes, add_link, add_raised
from ui.languages.shared import PRODUCT
from ui.rendering import CLOSEST_AS_TEXT, one_line

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LONGEST_PROPERTY = 255  # characters that Word takes for a title
# What XML 1.0 has no way to hold; `one_line` leaves out the rest of it.
_UNREPRESENTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def briefing_as_word(briefing: Briefing, address: str | None = None) -> bytes:
    """The briefing; `address` is where the assistant is reached, for links to the cited passages."""
    import docx

    document = docx.Document()
    _describe(document, briefing)
    footnotes = Footnotes(document)
    for citation in briefing.notes:
        _write_source(footnotes.add(), citation, address)
    document.add_heading(_text(briefing.title), level=0)
    _small(document, made_line(briefing))
    for section in briefing.sections:
        if len(briefing.sections) > 1:
            document.add_heading(_text(section.question), level=1)
        _write_section(document, section, footnotes, address)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _describe(document: "WordDocument", briefing: Briefing) -> None:
    """The file's properties, in place of those of the library's template."""
    made = datetime.combine(briefing.made, time(), UTC)
    properties = document.core_properties
    properties.title = _text(briefing.title)[:_LONGEST_PROPERTY]
    properties.author = properties.last_modified_by = str(PRODUCT)
    properties.comments = ""
    properties.created = properties.modified = made


def _write_section(document: "WordDocument", section: Section, footnotes: Footnotes, address: str | None) -> None:
    if section.understood:
        _small(document, section.understood)
    if section.headline:
        document.add_paragraph().add_run(section.headline).bold = True
    for line in section.lines:
        paragraph = document.add_paragraph(_text(line.text))
        for position, number in enumerate(line.notes):
            if position:
                add_raised(paragraph, ", ")
            footnotes.refer(paragraph, number)
    if section.closest:
        document.add_heading(str(CLOSEST_AS_TEXT), level=2)
        for citation in section.closest:
            _write_source(document.add_paragraph(style="List Bullet"), citation, address)
    for note in section.notes:
        _small(document, note)


def _write_source(paragraph: Any, citation: Citation, address: str | None) -> None:
    """Title, publisher, date, quote, place, checksum and links, in one paragraph."""
    paragraph.add_run(_text(citation.document.title)).bold = True
    paragraph.add_run(_text(f", {', '.join(facts_of(citation))}. “{one_line(citation.quote)}” {place_of(citation)}."))
    for label, url in links_of(citation, address):
        paragraph.add_run(" ")
        add_link(paragraph, label, url)


def _small(document: "WordDocument", text: str) -> None:
    document.add_paragraph().add_run(_text(text)).italic = True


def _text(text: str) -> str:
    return _UNREPRESENTABLE.sub("", one_line(text))
