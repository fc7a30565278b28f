"""Word files as people have them: what a reader sees is read, and what a reader does not see is no evidence."""

import io
import zipfile
from pathlib import Path

import pytest

from corpus.document import Extraction
from corpus.readers.formats import read, read_content
from corpus.readers.office.word_numbers import letters, roman
from corpus.readers.tables import rows_as_text

CASES = Path(__file__).parents[2] / "cases" / "docx"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("tracked_changes", "signed the memorandum on 17 June 2025 in Chisinau."),
        ("content_controls", "was signed on 9 May 2025 in Amman."),
        ("content_controls", "agreed to exchange twelve surgeons every year."),
        ("text_box", "signed the agreement on rare diseases on 4 April 2025."),
        ("header_draft", "DRAFT - NOT AGREED"),
        ("auto_numbered", "2. The Parties shall set up a joint committee."),
        ("smart_tag_field", "signed a memorandum in Doha on 5 October 2025, and it covers cancer screening."),
        ("equal_empty_cells", "Country: Nepal; Students 2024: 40; Students 2025: 41"),
    ],
)
def test_what_a_reader_sees_is_read(name: str, told: str) -> None:
    assert told in read(CASES / f"{name}.docx").text


def test_deleted_words_are_gone_and_the_changes_are_told() -> None:
    extraction = read(CASES / "tracked_changes.docx")
    assert extraction.remarks == ("The file has tracked changes; they are read as if all were accepted.",)
    assert not read(CASES / "content_controls.docx").remarks


def test_a_page_header_is_told_and_is_neither_title_nor_passage() -> None:
    extraction = read(CASES / "header_draft.docx")
    assert extraction.remarks == ("On every page: DRAFT - NOT AGREED - of 2 May 2025",)
    assert [span.of(extraction.text) for span in extraction.furniture] == ["DRAFT - NOT AGREED - of 2 May 2025"]
    assert "DRAFT" not in extraction.title


def test_the_day_a_file_was_saved_is_not_told_as_its_publication() -> None:
    assert read(CASES / "text_box.docx").published is None


def paragraph(words: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"


def word(body: str, *, namespace: str = W, **parts: str) -> Extraction:
    """A file of this body; `parts` are styles, numbering, footnotes, header1, by name."""
    kinds = {"header1": "header"}
    relations = "".join(
        f'<Relationship Id="r{n}" Target="{name}.xml" Type="http://x/{kinds.get(name, name)}"/>'
        for n, name in enumerate(parts)
    )
    files = {
        "_rels/.rels": '<Relationships><Relationship Target="word/document.xml" Type="http://x/officeDocument"/>'
        "</Relationships>",
        "word/_rels/document.xml.rels": f"<Relationships>{relations}</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>',
    }
    files |= {
        f"word/{name}.xml": f'<w:part xmlns:w="{namespace}">{content}</w:part>' for name, content in parts.items()
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return read_content(out.getvalue(), "a.docx")


@pytest.mark.parametrize("namespace", [W, STRICT])
def test_both_kinds_of_open_xml_are_read(namespace: str) -> None:
    assert word(paragraph("Latvia and Oman signed."), namespace=namespace).text == "Latvia and Oman signed."


def test_hidden_text_is_no_evidence() -> None:
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret </w:t></w:r><w:r><w:t>shown</w:t></w:r></w:p>"
    shown = '<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>also shown</w:t></w:r></w:p>'
    styled = '<w:p><w:pPr><w:pStyle w:val="H"/></w:pPr><w:r><w:t>secret</w:t></w:r></w:p>'
    styles = '<w:style w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
    assert word(hidden + shown + styled, styles=styles).text == "shown\n\nalso shown"


def test_a_note_stands_after_the_paragraph_that_refers_to_it() -> None:
    body = '<w:p><w:r><w:t>They signed.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>' + paragraph(
        "Next."
    )
    notes = "".join(
        f'<w:footnote w:id="{n}">{paragraph(told)}</w:footnote>' for n, told in ((1, "another"), (2, "In Riga."))
    )
    assert word(body, footnotes=notes).text == "They signed.\n\nNote: In Riga.\n\nNext."


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    body = paragraph("Latvia and ", "<w:rPr><w:del/></w:rPr>") + paragraph("Oman signed.")
    assert word(body).text == "Latvia and Oman signed."


NUMBERING = (
    '<w:abstractNum w:abstractNumId="7">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Article %1"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/>'
    "</w:lvlOverride></w:num>"
)


def listed(words: str, level: int, number: int = 1) -> str:
    return paragraph(words, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def test_automatic_numbers_are_part_of_the_text() -> None:
    body = listed("One", 0) + listed("a", 1) + listed("b", 1) + listed("dot", 2) + listed("Two", 0) + listed("a", 1)
    told = word(body + listed("Nine", 0, 2), numbering=NUMBERING).text.split("\n\n")
    assert told == ["Article 1 One", "(a) a", "(b) b", "dot", "Article 2 Two", "(a) a", "Article 9 Nine"]


def test_numbers_by_style_count_too() -> None:
    styles = '<w:style w:styleId="A"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    body = paragraph("One", '<w:pStyle w:val="A"/>') + paragraph("plain") + paragraph("Two", '<w:pStyle w:val="A"/>')
    assert word(body, styles=styles, numbering=NUMBERING).text == "Article 1 One\n\nplain\n\nArticle 2 Two"


def test_numbers_are_written_as_word_writes_them() -> None:
    assert [letters(n) for n in (1, 26, 27, 53)] == ["a", "z", "aa", "aaa"]
    assert [roman(n) for n in (4, 9, 14, 1994, 5000)] == ["iv", "ix", "xiv", "mcmxciv", "5000"]


def cell(inner: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def test_a_table_in_a_cell_is_read_after_its_own() -> None:
    merged = '<w:vMerge w:val="restart"/>'
    inner = f"<w:tbl><w:tr>{cell(paragraph('x'))}{cell(paragraph('y'))}</w:tr></w:tbl>"
    rows = (
        f"<w:tr>{cell(paragraph('Country'))}{cell(paragraph('Cases'))}</w:tr>"
        f"<w:tr>{cell(paragraph('Mali'), merged)}{cell(paragraph('7') + inner)}</w:tr>"
        f"<w:tr>{cell(paragraph(''), '<w:vMerge/>')}{cell(paragraph('8'))}</w:tr>"
    )
    told = word(f"<w:tbl>{rows}</w:tbl>").text.split("\n\n")
    assert told == ["Country: Mali; Cases: 7", "Country: Mali; Cases: 8", "x; y"]


def test_every_cell_stands_under_its_own_head() -> None:
    rows = [[("Country", 1), ("2024", 1), ("2025", 1)], [("Nepal", 1), ("", 1), ("41", 1)], [("Peru", 1), ("7", 2)]]
    assert list(rows_as_text(rows)) == ["Country: Nepal; 2025: 41", "Country: Peru; 2024: 7; 2025: 7"]


def test_a_table_without_heads_is_told_without_any() -> None:
    assert list(rows_as_text([[("Nepal", 1), ("41", 1)], [("Peru", 1), ("7", 1)]])) == ["Nepal; 41", "Peru; 7"]
    assert list(rows_as_text([])) == []
