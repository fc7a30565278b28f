"""Footnotes in a Word file, below what python-docx offers: their part, its separators, styles and references.

Word needs, or calls the file damaged: the part `/word/footnotes.xml` with its content type and its relationship from
the document; the two separators with the ids -1 and 0, named in the settings as well, before `w:compat` (ECMA-376,
17.11 and 17.15.1.78); ids of their own for the notes. Links of a footnote are relationships of the footnotes' part.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_SEPARATORS = (("separator", -1), ("continuationSeparator", 0))
_LINK_COLOUR = "0563C1"
_NOTE_POINTS = 9
TEXT_STYLE, MARK_STYLE = "footnote text", "footnote reference"


class Footnotes:
    """The footnotes of a Word document that has none yet; numbered from one as they are added.

    Word counts by the order of the references; `refer` to them in the order in which they were added.
    """

    def __init__(self, document: "WordDocument") -> None:
        from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.oxml import OxmlElement
        from docx.oxml.ns import nsmap
        from docx.parts.story import StoryPart

        _add_styles(document)
        element = OxmlElement("w:footnotes", nsdecls={prefix: nsmap[prefix] for prefix in ("w", "r")})
        for kind, number in _SEPARATORS:
            element.append(_separator(kind, number))
        part = document.part
        self._element = element
        self._part = StoryPart(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, element, part.package)
        self._referred: set[int] = set()
        self._count = 0
        part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        _name_separators(document.settings.element)

    def add(self) -> Any:
        """A new footnote; returns its paragraph, to be written to."""
        from docx.text.paragraph import Paragraph

        self._count += 1
        note = _element("w:footnote", id=self._count)
        element = _element("w:p")
        note.append(element)
        self._element.append(note)
        paragraph = Paragraph(element, self._part)
        _set_style(element, "w:pStyle", "FootnoteText")
        mark = paragraph.add_run()
        _set_style(mark._r, "w:rStyle", "FootnoteReference")
        mark._r.append(_element("w:footnoteRef"))
        paragraph.add_run(" ")
        return paragraph

    def refer(self, paragraph: Any, number: int) -> None:
        """Put the mark of a footnote at the end of a paragraph; a second mark of the same one is a plain number."""
        if number in self._referred:
            add_raised(paragraph, str(number))
            return
        self._referred.add(number)
        run = paragraph.add_run()
        _set_style(run._r, "w:rStyle", "FootnoteReference")
        run._r.append(_element("w:footnoteReference", id=number))


def add_raised(paragraph: Any, text: str) -> None:
    """Text at the height of footnote marks."""
    paragraph.add_run(text).font.superscript = True


def add_link(paragraph: Any, label: str, url: str) -> None:
    """A link to another place, at the end of a paragraph of whichever part."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    link = _element("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(label)
    run.font.underline = True
    run.font.color.rgb = RGBColor.from_string(_LINK_COLOUR)
    link.append(run._r)
    paragraph._p.append(link)


def _add_styles(document: "WordDocument") -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    text = document.styles.add_style(TEXT_STYLE, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    text.element.set(_name("w:styleId"), "FootnoteText")
    text.base_style = document.styles["Normal"]
    text.font.size = Pt(_NOTE_POINTS)
    text.paragraph_format.space_after = Pt(3)
    mark = document.styles.add_style(MARK_STYLE, WD_STYLE_TYPE.CHARACTER, builtin=True)
    mark.element.set(_name("w:styleId"), "FootnoteReference")
    mark.font.superscript = True


def _separator(kind: str, number: int) -> Any:
    note = _element("w:footnote", type=kind, id=number)
    paragraph, run = _element("w:p"), _element("w:r")
    run.append(_element(f"w:{kind}"))
    paragraph.append(run)
    note.append(paragraph)
    return note


def _name_separators(settings: Any) -> None:
    named = _element("w:footnotePr")
    for _, number in _SEPARATORS:
        named.append(_element("w:footnote", id=number))
    settings.find(_name("w:compat")).addprevious(named)


def _set_style(element: Any, tag: str, style: str) -> None:
    properties = element.get_or_add_pPr() if tag == "w:pStyle" else element.get_or_add_rPr()
    properties.insert(0, _element(tag, val=style))


def _element(tag: str, **attributes: object) -> Any:
    from docx.oxml import OxmlElement

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(_name(f"w:{name}"), str(value))
    return element


def _name(tag: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(tag))
