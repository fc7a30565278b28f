"""A file that is not what its name says is read as what it is, and a remark says so."""

import io
import zipfile
from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from corpus.ingest.isolation import IsolatedReader
from corpus.readers.formats import read, read_content, supported_suffixes
from corpus.readers.recognising import is_plain, recognised

CASES = Path(__file__).parents[2] / "cases"
PROSE = "The ministers of health met in Baku and agreed to exchange specialists, students and experience for years."
HTML = f"<!DOCTYPE html>\n<html><body><p>{PROSE}</p></body></html>".encode()
MAIL = f"Received: by x\nFrom: Anna <anna@example.org>\nSubject: Visit\nMIME-Version: 1.0\n\n{PROSE}".encode()
RTF = rb"{\rtf1\ansi " + PROSE.encode() + rb"\par}"


def package(*parts: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in parts:
            archive.writestr(part, "")
        if mimetype:
            archive.writestr("mimetype", mimetype)
    return out.getvalue()


def compound(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le")


def test_the_public_cases_are_read_as_what_they_are() -> None:
    told = read(CASES / "misc" / "really_pdf.txt")
    assert told.text.startswith("Latvia and Romania signed an agreement on organ transplantation on 3 July 2025.")
    assert told.remarks[0] == "Its name ends in .txt; it is read as what it is (.pdf)."
    page = read(CASES / "misc" / "really_html.txt")
    assert page.text.strip() == "Latvia and Senegal signed an agreement on polio on 23 June 2025."


@pytest.mark.parametrize(
    ("content", "suffix", "kind"),
    [
        (HTML, ".txt", ".html"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<html>" + HTML, ".md", ".html"),
        (HTML, ".doc", ".html"),
        (HTML, ".xls", ".html"),
        (HTML, ".pdf", ".html"),
        (HTML, ".htm", ".htm"),
        (MAIL, ".txt", ".eml"),
        (b"From: a@x.example\nTo: b\nDate: Mon, 3 Mar 2025\nSubject: Visit\n\nWords.", ".txt", ".eml"),
        (RTF, ".doc", ".rtf"),
        (RTF, ".docx", ".rtf"),
        (b"%PDF-1.7 ...", ".docx", ".pdf"),
        (b"\xef\xbb\xbf %PDF-1.7 ...", ".txt", ".pdf"),
        (PROSE.encode(), ".docx", ".txt"),
        (package("[Content_Types].xml", "word/document.xml"), ".doc", ".docx"),
        (package("[Content_Types].xml", "xl/workbook.xml"), ".docx", ".xlsx"),
        (package("[Content_Types].xml", "ppt/presentation.xml"), ".zip", ".pptx"),
        (package("a.txt", "b.txt"), ".docx", ".zip"),
        (package("content.xml", mimetype="application/vnd.oasis.opendocument.text"), ".docx", ".odt"),
        (package("content.xml"), ".ods", ".ods"),
        (package(mimetype="application/epub+zip"), ".zip", ".epub"),
        (compound("__properties_version1.0"), ".eml", ".msg"),
    ],
)
def test_content_decides(content: bytes, suffix: str, kind: str) -> None:
    assert recognised(content, suffix) == kind
    assert suffix != ".txt" or not is_plain(content)


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (b"The file starts with %PDF-1.7, then come objects.", ".txt"),
        (b"In HTML, <html> opens the page and </html> ends it.", ".md"),
        (b"<p>A paragraph</p>\n\nand Markdown.", ".md"),
        (b"From: Riga\nTo: Baku\n\nThe plane leaves at nine.", ".txt"),
        (b"Title: Minutes\nDate: 3 May 2025\nSubject: Nurses\n\nThe ministers met.", ".txt"),
        (b"PK is short for many things.", ".txt"),
        (b"not a zip", ".docx"),
        (b"Country,Students\nNepal,41\n", ".csv"),
    ],
)
def test_what_only_mentions_another_format_is_what_its_name_says(content: bytes, suffix: str) -> None:
    assert recognised(content, suffix) == suffix
    assert is_plain(content)


@pytest.mark.parametrize(
    ("stream", "suffix", "words"),
    [
        ("WordDocument", ".docx", r"an old Word file \(.doc\); save it as .docx"),
        ("WordDocument", ".doc", "an old Word file"),
        ("Workbook", ".xlsx", "an old workbook"),
        ("PowerPoint Document", ".ppt", "an old presentation"),
        ("EncryptedPackage", ".xlsx", "it is encrypted"),
        ("", ".txt", "an old Office program"),
    ],
)
def test_old_and_encrypted_office_files_are_refused_with_the_true_reason(stream: str, suffix: str, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_content(compound(stream), f"a{suffix}")
    assert suffix not in (".doc", ".ppt") or suffix not in supported_suffixes()


def test_a_disguised_file_is_read_apart() -> None:
    with IsolatedReader() as reader:
        reader.read(PROSE.encode(), "a.txt")
        assert reader._child is None
        reader.read(HTML, "a.txt")
        assert reader._child is not None
