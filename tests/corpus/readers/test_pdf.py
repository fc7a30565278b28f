"""PDFs as people have them: sentences and words whole, columns in order, cells under their heads, nothing hidden."""

from pathlib import Path

import pytest

from corpus.document import Document, Extraction
from corpus.errors import UnreadableFile
from corpus.readers.formats import read
from corpus.readers.pdf.hyphens import Hyphens
from corpus.readers.pdf.titles import title_of
from corpus.text.chunking import ChunkingParameters, passages

CASES = Path(__file__).parents[2] / "cases" / "pdf"


def case(name: str) -> Extraction:
    return read(CASES / f"{name}.pdf")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("two_columns_cols", "Latvia and Croatia signed a memorandum on blood products on 2 June 2025 in Zagreb."),
        ("three_columns", "Estonia and Oman only met, and they postponed every decision on costs until the year 2027."),
        ("positioned_words", "Latvia and Kenya signed an agreement on e-health on 5 February 2025."),
        (
            "hyphenation",
            "Latvia and Slovenia signed an agreement on the treatment of tuberculosis on 12 May 2025 in Lj",
        ),
        ("hyphenation", "It provides for long-term exchanges of doctors."),
        ("letterspaced", "AGREEMENT BETWEEN LATVIA AND FIJI\n\nLatvia and Fiji signed on 2 February 2025."),
        ("ligature", "The office of the chief medical officer of Latvia confirmed the financing of flu vaccines"),
        ("rotated", "signed an agreement on organ transplantation on 3 July 2025. Romania pays the transport."),
        ("rotated_text", "signed an agreement on organ transplantation on 3 July 2025. Romania pays the transport."),
        ("encrypted_empty_aes256", "Latvia and Romania signed an agreement on organ transplantation on 3 July 2025."),
        ("encrypted_empty_rc4", "Latvia and Romania signed an agreement on organ transplantation on 3 July 2025."),
        ("form", "Partner country: Kingdom of Lesotho\n\nDate of signature: 14 August 2025\n\nAmount: 55,000 euros"),
        ("table", "Country: Latvia; Signed: 3 May 2024; Students a year: 12\n\nCountry: Nepal; Students a year: 40"),
        ("ruled_table", "Country: Nepal; Students 2024: 40; Students 2025: 41\n\nCountry: Mali; Students 2025: 7 of"),
        ("ruled_table", "Country: Togo; Students 2024: 9; Students 2025: 9"),
        ("over_pages", "agreed to send twelve nurses to Riga in 2026, at the cost of Latvia. The second sentence ends"),
        ("over_pages", "and tuberculosis is named in it. The two sides then signed the plan on 3 February 2025 in"),
        ("footnotes", "Nauru pays 25 thousand euros a year for the laboratory, which stands in Yaren. The sum"),
        ("footnotes", "The sum is paid in March. The first payment was made in 2024, and the next is due in 2026."),
        ("footnotes", "An area of 40 m² is used."),
        ("footnotes", "Note: By transfer to the account of the ministry.\n\n"),
    ],
)
def test_what_a_reader_sees_is_read(name: str, told: str) -> None:
    assert told in case(name).text


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("white_text", "signed an agreement on midwifery"),
        ("beside_the_text", "signed an agreement"),  # under a black bar
        ("beside_the_text", "nine million"),  # drawn invisibly
        ("beside_the_text", "everything"),  # above the page
        ("beside_the_text", "cancelled"),  # half a point tall
    ],
)
def test_what_a_page_does_not_show_is_no_evidence(name: str, hidden: str) -> None:
    extraction = case(name)
    assert hidden not in extraction.text
    assert "Words that its pages do not show were left out." in extraction.remarks


def test_what_is_beside_hidden_words_is_read() -> None:
    text = case("beside_the_text").text
    assert "Latvia and Palau discussed dental care in June 2025." in text
    assert "White words on a dark ground are read." in text
    assert "Comment: Ask the ministry about the sum." in text


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("mixed_scan", "5 of 6 pages have no text; they may be scans."),
        ("portfolio", "Files embedded in it were not read: hyphenation.pdf."),
        ("page_labels", "Page 3 of the file is numbered 117."),
        ("no_tounicode", "Some letters of its fonts cannot be told; they are shown as \ufffd."),
        ("over_pages", "On every page: DRAFT – NOT AGREED"),
        ("beside_the_text", "It has comments in its margin; they are read as comments."),
    ],
)
def test_what_was_not_read_as_text_is_told(name: str, remark: str) -> None:
    assert remark in case(name).remarks


@pytest.mark.parametrize("name", ["positioned_words", "two_columns_cols", "table", "form", "letterspaced"])
def test_a_plain_file_needs_no_remark(name: str) -> None:
    assert case(name).remarks == ()


def test_a_page_header_is_no_text_and_page_numbers_are_not_told() -> None:
    extraction = case("over_pages")
    assert [span.of(extraction.text) for span in extraction.furniture] == ["DRAFT – NOT AGREED"]
    assert "Page 2" not in extraction.text
    assert extraction.title == "Memorandum of Latvia and Bhutan"


def test_sentences_that_stand_at_the_same_place_of_each_page_are_no_header() -> None:
    text = case("page_labels").text
    assert "item number 2 in Belgrade on 2 May 2025." in text
    assert "item number 3 in Belgrade on 3 May 2025." in text


def test_every_offset_has_its_page_also_in_a_sentence_over_two() -> None:
    extraction = case("over_pages")
    text, pages = extraction.text, extraction.pages
    for page, words in enumerate(["twelve nurses", "at the cost of Latvia", "ruary 2025"]):
        assert pages[page].start <= text.index(words) < pages[page].end


def test_a_passage_holds_the_sentence_that_goes_on_over_a_page() -> None:
    extraction = case("over_pages")
    document = Document(**{name: getattr(extraction, name) for name in ("text", "title", "pages", "furniture")}, id="d")
    found = passages(document, lambda texts: [len(text.split()) for text in texts], ChunkingParameters())
    assert any("to Riga in 2026, at the cost of Latvia." in passage.text for passage in found)


def test_a_file_that_needs_a_password_or_has_no_text_has_its_reason() -> None:
    with pytest.raises(UnreadableFile, match="it is encrypted; save a copy without a password"):
        case("encrypted_user")
    with pytest.raises(UnreadableFile, match="no text was found in it; a scanned document needs text recognition"):
        case("scanned")


def test_when_a_file_was_made_is_not_told_as_its_publication() -> None:
    assert case("old_text_new_creation").published is None


@pytest.mark.parametrize(
    "stated", ["untitled", "(anonymous)", "Microsoft Word - draft3_FINAL.docx", "C:\\Texts\\a b", "Report 5.indd", ""]
)
def test_a_title_that_a_program_wrote_is_none(stated: str) -> None:
    assert title_of(stated, [], 10.0) == ""
    assert title_of("A report on nurses", [], 10.0) == "A report on nurses"


def test_no_case_is_called_by_its_file_properties() -> None:
    titles = {
        path.stem: read(path).title for path in CASES.glob("*.pdf") if path.stem not in ("encrypted_user", "scanned")
    }
    assert not [
        title for title in titles.values() if "untitled" in title or "Microsoft" in title or "anonymous" in title
    ]
    assert titles["table"] == "Quotas of students"


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["the treat-", "ment of"], "the treatment of"),
        (["a long-", "term plan"], "a long-term plan"),
        (["in Addis-", "Abeba"], "in Addis-Abeba"),
        (["COVID-", "19 patients"], "COVID-19 patients"),
        (["the Gesund-", "heitsamt in Riga"], "the Gesundheitsamt in Riga"),
        (["a quality\u00ad", "assured"], "a qualityassured"),
        (["2008–", "2015 only"], "2008–2015 only"),
        (["the plan -", "and more"], "the plan - and more"),
    ],
)
def test_a_word_that_a_line_cuts_is_whole_and_real_hyphens_stay(lines: list[str], whole: str) -> None:
    assert Hyphens(lines).joined(lines) == whole


def test_the_document_itself_says_how_a_word_is_written() -> None:
    assert Hyphens(["a co-payment of"]).joined(["the co-", "payment"]) == "the co-payment"
    assert Hyphens(["a copayment of"]).joined(["the co-", "payment"]) == "the copayment"
