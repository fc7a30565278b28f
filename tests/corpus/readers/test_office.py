"""The formats that people have beside text, PDF and Word: what a person sees in them is read, what is hidden is not."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.readers.formats import read_content
from corpus.readers.grids import MOST_ROWS
from corpus.readers.office.figures import shown

HEAD = ["Country", "Students 2024", "Students 2025"]


def packed(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


# sheets


def workbook(fill: Any) -> Extraction:
    from openpyxl import Workbook

    book = Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return read_content(out.getvalue(), "students.xlsx")


def test_every_cell_of_a_sheet_stands_under_its_head() -> None:
    def fill(book: Any) -> None:
        sheet = book.active
        sheet.title = "Students"
        for row in (["Students by country"], [], HEAD, ["Nepal", 40, 41], ["Mali", None, 25], [], ["Source: ministry"]):
            sheet.append(row)

    extraction = workbook(fill)
    assert extraction.text.split("\n\n") == [
        "Sheet: Students",
        "Students by country",
        "Country: Nepal; Students 2024: 40; Students 2025: 41",
        "Country: Mali; Students 2025: 25",
        "Source: ministry",
    ]
    assert extraction.title == "students"


def test_merged_cells_are_each_ones() -> None:
    def fill(book: Any) -> None:
        sheet = book.active
        for row in (["Region", *HEAD], ["Asia", "Nepal", 40, 41], [None, "Laos", 7, 8]):
            sheet.append(row)
        sheet.merge_cells("A2:A3")

    assert "Region: Asia; Country: Laos; Students 2024: 7; Students 2025: 8" in workbook(fill).text


def test_what_is_hidden_in_a_workbook_is_not_read_and_told() -> None:
    def fill(book: Any) -> None:
        sheet = book.active
        for row in ([*HEAD, "Secret"], ["Nepal", 40, 41, "unseen"], ["Mali", 20, 25, "unseen"]):
            sheet.append(row)
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["D"].hidden = True
        hidden = book.create_sheet("Draft")
        hidden.append(["unseen"])
        hidden.sheet_state = "hidden"

    extraction = workbook(fill)
    assert "Nepal" in extraction.text
    assert not any(word in extraction.text for word in ("unseen", "Mali", "Draft", "Secret"))
    assert extraction.remarks == ("One sheet is hidden and not read.", "Hidden rows or columns were not read.")


def test_a_very_long_sheet_is_read_to_a_limit_and_that_is_told() -> None:
    def fill(book: Any) -> None:
        for number in range(MOST_ROWS + 50):
            book.active.append([f"row {number}"])

    extraction = workbook(fill)
    assert "row 9000" in extraction.text
    assert f"row {MOST_ROWS + 10}" not in extraction.text
    assert any("is very long; its first 10,000 rows were read." in remark for remark in extraction.remarks)


@pytest.mark.parametrize(
    ("value", "form", "told"),
    [
        (0.125, "0.0%", "12.5%"),
        (0.25, "0%", "25%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (1234567, "#,##0", "1,234,567"),
        (25000, '#,##0 "EUR"', "25,000 EUR"),
        (25000, "[$€-407]#,##0", "€25,000"),
        (-1200.5, "#,##0.00;(#,##0.00)", "-1,200.50"),
        (-3, "#,##0;[Red]-#,##0", "-3"),
        (2500000, '0.0,,"M"', "2.5M"),
        (42, "00000", "00042"),
        (0.1 + 0.2, "General", "0.3"),
        (41.0, "General", "41"),
        (25000, '"EUR "#,##0', "EUR 25,000"),
        (1.5, "0.##", "1.5"),
        (2, "0.##", "2"),
        (3.14159, "# ?/?", "3.14159"),
        (datetime(2025, 6, 5), "dd.mm.yyyy", "2025-06-05"),
        (datetime(2025, 6, 5, 14, 30), "d/m/yy h:mm", "2025-06-05 14:30"),
        (date(2025, 6, 1), "mmm yyyy", "2025-06"),
        (True, "General", "yes"),
        ("#REF!", "General", ""),
        ("  two\nlines ", "@", "two lines"),
        (float("nan"), "0.0", "nan"),
    ],
)
def test_a_value_is_told_as_it_is_seen(value: object, form: str, told: str) -> None:
    assert shown(value, form) == told


@pytest.mark.parametrize(
    "text",
    [
        "Country,Students 2024,Students 2025\r\nNepal,40,41\r\n",
        "Country;Students 2024;Students 2025\nNepal;40;41\n",
        "Country\tStudents 2024\tStudents 2025\nNepal\t40\t41\n",
        'Country|"Students 2024"|Students 2025\n"Nepal"|40|41\n',
        "sep=;\nCountry;Students 2024;Students 2025\nNepal;40;41\n",
    ],
)
def test_a_table_in_plain_text_is_read_whatever_separates_its_cells(text: str) -> None:
    extraction = read_content(text.encode(), "students.csv")
    assert extraction.text == "Country: Nepal; Students 2024: 40; Students 2025: 41"
    assert extraction.title == "students"


def test_a_separator_within_quotes_separates_nothing() -> None:
    text = 'Country,Text\nNepal,"Forty, and one,\nmore; come"\nMali,"Ten, or so"\n'
    assert "Country: Nepal; Text: Forty, and one, more; come" in read_content(text.encode("cp1252"), "a.csv").text


# slides


def presentation(fill: Any, name: str = "a.pptx") -> Extraction:
    from pptx import Presentation

    shown = Presentation()
    fill(shown)
    out = io.BytesIO()
    shown.save(out)
    return read_content(out.getvalue(), name)


def slide(shown: Any, title: str, text: str) -> Any:
    made = shown.slides.add_slide(shown.slide_layouts[1])
    made.shapes.title.text = title
    made.placeholders[1].text = text
    return made


def test_slides_are_read_in_order_with_notes_and_tables_and_each_is_a_page() -> None:
    def fill(shown: Any) -> None:
        slide(
            shown, "Telemedicine", "Latvia and Peru signed in Lima."
        ).notes_slide.notes_text_frame.text = "Say it slowly."
        slide(shown, "Draft", "Unseen words.")._element.set("show", "0")
        table = shown.slides.add_slide(shown.slide_layouts[6]).shapes.add_table(2, 3, 0, 0, 9_000, 9_000).table
        for row, values in zip(table.rows, (HEAD, ["Nepal", "40", "41"]), strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = value

    extraction = presentation(fill)
    assert extraction.text.split("\n\n") == [
        "Telemedicine",
        "Latvia and Peru signed in Lima.",
        "Notes: Say it slowly.",
        "Country: Nepal; Students 2024: 40; Students 2025: 41",
    ]
    assert extraction.remarks == ("1 of 3 slides is hidden and not read.",)
    assert [page.of(extraction.text)[:7] for page in extraction.pages] == ["Telemed", "", "Country"]
    assert extraction.title == "Telemedicine"


def test_the_figures_behind_a_chart_are_read() -> None:
    def fill(shown: Any) -> None:
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE

        data = CategoryChartData()
        data.categories = ["Nepal", "Mali"]
        data.add_series("2024", (40, 20))
        data.add_series("2025", (41, 25.5))
        made = shown.slides.add_slide(shown.slide_layouts[6])
        made.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 9_000, 9_000, data)

    assert "Mali; 2024: 20; 2025: 25.5" in presentation(fill).text


# OpenDocument

ODF = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0">{styles}<office:body>{body}</office:body>'
    "</office:document-content>"
)


def open_document(kind: str, body: str, styles: str = "", **parts: str) -> bytes:
    media = f"application/vnd.oasis.opendocument.{kind}"
    inner = "spreadsheet" if kind == "spreadsheet" else kind
    content = ODF.format(styles=styles, body=f"<office:{inner}>{body}</office:{inner}>")
    return packed({"mimetype": media, "content.xml": content, **{f"{name}.xml": part for name, part in parts.items()}})


def test_a_text_is_read_with_numbers_and_notes_and_without_what_is_deleted_or_hidden() -> None:
    styles = (
        '<office:automatic-styles><style:style style:name="H"><style:text-properties text:display="none"/>'
        "</style:style>"
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
        'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
        "</text:list-style></office:automatic-styles>"
    )
    body = (
        "<text:tracked-changes><text:deletion><text:p>Deleted words.</text:p></text:deletion></text:tracked-changes>"
        "<text:h>Agreement</text:h><text:p>Latvia and Peru<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>In Lima.</text:p></text:note-body></text:note> signed<text:line-break/>it. "
        '<text:span text:style-name="H">Unseen.</text:span></text:p>'
        '<text:list text:style-name="L"><text:list-item><text:p>Nurses go.</text:p><text:list><text:list-item>'
        "<text:p>Forty in spring.</text:p></text:list-item></text:list></text:list-item>"
        "<text:list-item><text:p>Doctors come.</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Country</text:p></table:table-cell><table:table-cell>"
        "<text:p>Students</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell>"
        "<text:p>Nepal</text:p></table:table-cell><table:table-cell><text:p>41</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    extraction = read_content(open_document("text", body, styles), "a.odt")
    assert extraction.text.split("\n\n") == [
        "Agreement",
        "Latvia and Peru signed it.",
        "Note: In Lima.",
        "1. Nurses go.",
        "a) Forty in spring.",
        "2. Doctors come.",
        "Country: Nepal; Students: 41",
    ]
    assert extraction.remarks == ("The file has tracked changes; they are read as if all were accepted.",)


def row(*cells: str, extra: str = "") -> str:
    inner = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
    return f"<table:table-row {extra}>{inner}</table:table-row>"


def test_an_open_sheet_is_read_as_shown_however_far_it_goes_on() -> None:
    empty = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    styles = (
        '<office:automatic-styles><style:style style:name="N"><style:table-properties table:display="false"/>'
        "</style:style></office:automatic-styles>"
    )
    body = (
        f'<table:table table:name="Students">{row(*HEAD)}{row("Nepal", "40", "12,5 %")}'
        f"{row('Mali', '1', '2', extra='table:visibility=' + chr(34) + 'collapse' + chr(34))}{empty}</table:table>"
        f'<table:table table:name="Draft" table:style-name="N">{row("Unseen")}</table:table>'
    )
    extraction = read_content(open_document("spreadsheet", body, styles), "a.ods")
    assert extraction.text.split("\n\n") == [
        "Sheet: Students",
        "Country: Nepal; Students 2024: 40; Students 2025: 12,5 %",
    ]
    assert extraction.remarks == ("One sheet is hidden and not read.", "Hidden rows or columns were not read.")


def test_open_slides_are_pages() -> None:
    styles = (
        '<office:automatic-styles><style:style style:name="dp2"><style:drawing-page-properties '
        'presentation:visibility="hidden"/></style:style></office:automatic-styles>'
    )
    frame = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    notes = f"<presentation:notes>{frame.format('Slowly.')}</presentation:notes>"
    body = (
        f'<draw:page draw:style-name="dp1">{frame.format("Signed in Lima.")}{notes}</draw:page>'
        f'<draw:page draw:style-name="dp2">{frame.format("Unseen.")}</draw:page>'
    )
    extraction = read_content(open_document("presentation", body, styles), "a.odp")
    assert extraction.text == "Signed in Lima.\n\nNotes: Slowly."
    assert len(extraction.pages) == 2
    assert extraction.remarks == ("1 of 2 slides is hidden and not read.",)


def test_an_encrypted_open_document_says_so() -> None:
    content = packed({"META-INF/manifest.xml": "<m><encryption-data/></m>", "content.xml": "noise",
                      "mimetype": "application/vnd.oasis.opendocument.text"})  # fmt: skip
    with pytest.raises(UnreadableFile, match="encrypted; save a copy"):
        read_content(content, "a.odt")


# rich text


def test_rich_text_is_read_with_its_letters_notes_lists_and_tables() -> None:
    content = (
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset186 Arial;}{\f2\fcharset204 A;}}"
        rb"{\info{\title Agreement}{\author Anna}}{\header DRAFT \chpgn\par}"
        rb"\pard Latvia{\super\chftn}{\footnote\pard In R\u299?ga.\par} and Peru \'e4\par"
        rb"{\f1 R\'eega}, {\f2 \'d0\'e8\'e3\'e0} {\v Unseen.}{\deleted Gone.}\u8217\'92s end\par"
        rb"{\listtext 1.\tab}Nurses go.\par"
        rb"\trowd\cellx1\cellx2\pard\intbl Country\cell Students\cell\row"
        rb"\trowd\cellx1\cellx2\pard\intbl Nepal\cell 41\cell\row"
        rb"\pard{\pict\bin4 {{}}}{\*\generator X;}{\field{\*\fldinst HYPERLINK x}{\fldrslt A link.}}\par}"
    )
    extraction = read_content(content, "a.rtf")
    assert extraction.text.split("\n\n") == [
        "DRAFT",
        "Latvia and Peru ä",
        "Note: In Rīga.",
        "Rīga, Рига ’s end",
        "1. Nurses go.",
        "Country: Nepal; Students: 41",
        "A link.",
    ]
    assert extraction.title == "Agreement"
    assert [span.of(extraction.text) for span in extraction.furniture] == ["DRAFT"]
    assert extraction.remarks == (
        "The file has tracked changes; they are read as if all were accepted.",
        "On every page: DRAFT",
    )


# books

OPF = (
    '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
    "<dc:title>Health in the Baltics</dc:title><dc:publisher>Riga Press</dc:publisher><dc:language>lv-LV</dc:language>"
    '<dc:date xmlns:o="http://www.idpf.org/2007/opf" o:event="creation">1999-01-01</dc:date><dc:date>2021-05</dc:date>'
    '</metadata><manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    '<item id="b" href="b%20c.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="g" href="gone.xhtml" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="n"/><itemref idref="b"/><itemref idref="a"/><itemref idref="g"/></spine></package>'
)


def book(**more: str) -> bytes:
    container = '<container><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
    page = "<html><head><title>t</title></head><body>{}</body></html>"
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OEBPS/content.opf": OPF,
            "OEBPS/nav.xhtml": page.format("<p>Contents</p>"),
            "OEBPS/b c.xhtml": page.format("<h1>Rīga</h1><p>Forty<sup>3</sup> nurses.</p>"),
            "OEBPS/a.xhtml": page.format("<p>Ten doctors.</p><p hidden=''>Unseen.</p>"),
            **more,
        }
    )


def test_a_book_is_its_chapters_in_reading_order() -> None:
    extraction = read_content(book(), "a.epub")
    assert extraction.text.split("\n\n") == ["Rīga", "Forty³ nurses.", "Ten doctors."]
    assert (extraction.title, extraction.publisher) == ("Health in the Baltics", "Riga Press")
    assert (extraction.language, extraction.published) == ("lv", "2021-05")
    assert extraction.remarks == ("One chapter could not be read.",)


def test_a_book_that_is_locked_says_so() -> None:
    locked = '<encryption><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></encryption>'
    with pytest.raises(UnreadableFile, match="seller's program"):
        read_content(book(**{"META-INF/encryption.xml": locked}), "a.epub")


# archives


def test_an_archive_hands_on_its_files_and_lists_them() -> None:
    extraction = read_content(packed({"a.txt": "Words.", "b/c.txt": "More.", "__MACOSX/._a.txt": "x"}), "x.zip")
    assert extraction.text == "- a.txt\n\n- b/c.txt"
    assert [(item.name, item.content) for item in extraction.attachments] == [
        ("a.txt", b"Words."),
        ("b - c.txt", b"More."),
    ]
    assert extraction.title == "x"


@pytest.mark.parametrize("content", [b"PK\x05\x06" + bytes(18), packed({"folder/": ""})])
def test_an_empty_archive_says_so(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        read_content(content, "x.zip")


@pytest.mark.parametrize("suffix", ["pptx", "xlsx", "odt", "ods", "odp", "epub", "msg", "rtf", "zip"])
@pytest.mark.parametrize(
    "content", [b"no such thing", b"PK\x03\x04 cut", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_a_damaged_file_has_a_reason(suffix: str, content: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_content(content, f"a.{suffix}")
    assert "\n" not in str(caught.value)
