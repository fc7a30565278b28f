import io
import time
import zipfile
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest
from fakes import document
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from texts import hostile

from corpus import files
from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.readers import formats
from corpus.readers.formats import read, read_content, supported_suffixes
from corpus.readers.front_matter import NotForIndexing
from corpus.readers.office.word import LARGEST_UNPACKED_BYTES
from corpus.readers.stated.titles import LONGEST_TITLE

PROSE = "The ministers of health met in Baku and agreed to exchange specialists, students and experience."
RUSSIAN = "Министры здравоохранения двух стран встретились в Баку и обсудили сотрудничество в области медицины. " * 3
LATVIAN = "Veselības ministri tikās Rīgā, lai pārrunātu sadarbību ārstu izglītībā un slimnīcu attīstībā. " * 3


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def reason(path: Path) -> str:
    """Why a file cannot be read: one line."""
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    message = str(caught.value)
    assert message.strip()
    assert "\n" not in message
    return message


def pdf(*pages: str, title: str = "") -> bytes:
    """A PDF with one line of text on each page."""
    streams = [f"BT /F 12 Tf 20 700 Td ({text}) Tj ET".encode("latin-1") if text else b"" for text in pages]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, stream in enumerate(streams):
        resources = f"/Resources << /Font << /F 3 0 R >> >> /Contents {5 + 2 * number} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] {resources} >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
    objects.append(f"<< /Title ({title}) /CreationDate (D:20220919103000Z) >>".encode())
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (size, len(objects))
    return body + b"xref\n0 %d\n0000000000 65535 f \n%b%bstartxref\n%d\n%%%%EOF" % (size, table, trailer, len(body))


def encrypted(content: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# plain text


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_plain_text_is_kept_character_for_character(tmp_path, newline):
    text = newline.join(["  A heading", "", PROSE, "\tEnd \u00a0e\u0301 👩‍⚕️ שלום", ""])
    assert read(file(tmp_path, "a.txt", text)).text == text


@settings(max_examples=100)
@given(hostile)
def test_any_text_is_kept_or_refused_with_a_reason(text):
    try:
        extraction = read_content(text.encode(errors="replace"), "a.txt")
    except UnreadableFile:
        return
    assert extraction.text == text.removeprefix("\ufeff").replace("\x00", " ")
    assert extraction.title.strip()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8-sig", LATVIAN),
        ("utf-16", RUSSIAN),
        ("utf-16", LATVIAN),
        ("cp1251", RUSSIAN),
        ("cp1257", LATVIAN),
        ("cp1257", "Sveikatos ministrai susitiko aptarti bendradarbiavimo gydytojų švietimo ir plėtros srityse."),
        ("cp1254", "Sağlık bakanları iş birliğini görüşmek üzere bir araya geldiler ve anlaşma imzaladılar."),
        ("cp1250", "Ministr zdravotnictví přijel do Prahy, aby projednal spolupráci v oblasti lékařství."),
        ("cp1252", "Le ministre de la santé a été reçu à l’hôpital où les médecins ont présenté leurs résultats."),
        ("koi8_r", RUSSIAN),
        ("cp1252", "“Der Gesundheitsminister” reiste nach München – und traf dort Ärzte. " * 3),
    ],
)
def test_the_encoding_of_a_text_file_is_recognised(tmp_path, encoding, text):
    assert read(file(tmp_path, "a.txt", text.encode(encoding))).text == text


def test_big_endian_utf_16_is_recognised_by_its_mark(tmp_path):
    assert read(file(tmp_path, "a.txt", b"\xfe\xff" + RUSSIAN.encode("utf-16-be"))).text == RUSSIAN


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t ", "the file is empty"),
        (bytes(range(256)) * 20, "it is a binary file"),
        (b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 100, "it is a binary file"),
        (b"\x01\x02\x03\x04words\x05\x06\x07" * 50, "it is a binary file"),
        (b"*** --- !!!", "no text was found in it"),
    ],
)
def test_a_text_file_that_is_none_has_one_clear_reason(tmp_path, content, words):
    assert words in reason(file(tmp_path, "a.txt", content))


def test_an_unsupported_format_is_named_with_those_that_are(tmp_path):
    message = reason(file(tmp_path, "a.xyz", b"words"))
    assert ".xyz" in message
    assert all(suffix in message for suffix in supported_suffixes())
    assert "without a suffix" in reason(file(tmp_path, "README", b"words"))


def test_a_suffix_in_capitals_is_the_same_format(tmp_path):
    assert read(file(tmp_path, "A.TXT", PROSE)).text == PROSE


def test_a_file_over_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "a.txt"
    with path.open("wb") as large:
        large.truncate(files.LARGEST_FILE_BYTES + 2**20)
    assert "65 MB is over the limit of 64 MB" in reason(path)


def test_a_text_of_no_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "LONGEST_TEXT", 4_000_000)
    assert "text of 5 million characters" in reason(file(tmp_path, "a.txt", "words " * 800_000))


def test_a_file_that_is_gone_has_a_reason(tmp_path):
    assert "cannot be opened" in reason(tmp_path / "gone.txt")


# titles, dates, publishers


def test_a_sentence_is_no_title_where_the_file_names_none(tmp_path):
    share = "Share on social media\n"
    assert read(file(tmp_path, "visit.txt", f"{share}A visit to Riga.\n\n{PROSE}")).title == "visit"
    assert read(file(tmp_path, "visit.txt", f"{share}A visit to Riga\n\n{PROSE}")).title == "A visit to Riga"


def test_a_long_title_is_cut_at_a_word(tmp_path):
    title = read(file(tmp_path, "a.md", f"---\ntitle: {'word ' * 100}\n---\n{PROSE}")).title
    assert title.endswith("word …")
    assert len(title) <= LONGEST_TITLE + 2


def test_a_date_that_no_calendar_has_is_not_a_publication_date(tmp_path):
    assert read(file(tmp_path, "a.txt", f"Published: 2022-99-99\n{PROSE}")).published is None


# Markdown


FRONT_MATTER = """\
---
title: A "quoted" title
publisher: Ministry of Health
published: 2022-09-19
url: https://example.org/a
language: lv
parties: [Latvia, Azerbaijan]
topics: telemedicine
---
"""


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org",
        "ftp://example.org",
        "http://[",
        "a",
    ],
)
def test_an_address_that_is_not_of_the_web_is_dropped_and_the_rest_kept(tmp_path, address):
    matter = FRONT_MATTER.replace("https://example.org/a", f'"{address}"')
    extraction = read(file(tmp_path, "a.md", matter + PROSE))
    assert extraction.url is None
    assert (extraction.publisher, extraction.parties) == ("Ministry of Health", ("Latvia", "Azerbaijan"))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_front_matter_describes_the_document_and_is_furniture(tmp_path, newline):
    text = (FRONT_MATTER + "# Heading\n\n" + PROSE).replace("\n", newline)
    extraction = read(file(tmp_path, "a.md", text))
    assert extraction.text == text
    assert extraction.title == 'A "quoted" title'
    assert (extraction.publisher, extraction.published) == ("Ministry of Health", "2022-09-19")
    assert (extraction.url, extraction.language) == ("https://example.org/a", "lv")
    assert (extraction.parties, extraction.topics) == (("Latvia", "Azerbaijan"), ("telemedicine",))
    assert extraction.furniture[0].of(text) == FRONT_MATTER.replace("\n", newline)


@pytest.mark.parametrize("published", ["2022", "2022-09", "2022-09-19", "2022-09-19T10:30:00Z"])
def test_a_publication_date_may_be_cut_short(tmp_path, published):
    extraction = read(file(tmp_path, "a.md", f"---\ndate: {published}\n---\n{PROSE}"))
    assert extraction.published == published[:10]


@pytest.mark.parametrize("published", ["soon", "true", "05/06/2022", "'2022-13-45'", "[2022]", ""])
def test_what_is_no_date_is_no_publication_date(tmp_path, published):
    assert read(file(tmp_path, "a.md", f"---\ndate: {published}\n---\n{PROSE}")).published is None


@pytest.mark.parametrize(
    "yaml",
    ["title: [unclosed", "title: 'a\nb: c: d", "\ttitle: a", "{" * 5000, "date: 2022-13-45", "a: !!python/none x"],
)
def test_broken_front_matter_is_read_line_by_line_and_remarked(tmp_path, yaml):
    extraction = read(file(tmp_path, "a.md", f"---\n{yaml}\npublisher: The ministry: press office\n---\n{PROSE}"))
    assert extraction.publisher == "The ministry: press office"
    (remark,) = extraction.remarks
    assert "front matter is not valid YAML" in remark
    assert "read line by line" in remark
    assert extraction.furniture[0].of(extraction.text).endswith("---\n")


def test_text_between_two_rules_is_no_front_matter(tmp_path):
    extraction = read(file(tmp_path, "a.md", f"---\njust words\n---\n{PROSE}"))
    assert (extraction.furniture, extraction.remarks) == ((), ())


@pytest.mark.parametrize("value", ["false", "False", "no", "off"])
def test_a_file_may_ask_not_to_be_indexed(tmp_path, value):
    with pytest.raises(NotForIndexing):
        read(file(tmp_path, "a.md", f"---\nindex: {value}\n---\n{PROSE}"))


def test_empty_front_matter_says_nothing(tmp_path):
    assert read(file(tmp_path, "a.md", f"---\n---\n# The heading\n{PROSE}")).title == "The heading"


def test_a_comment_in_the_front_matter_is_not_the_title(tmp_path):
    assert read(file(tmp_path, "a.md", f"---\n# a comment\nlanguage: en\n---\n# The heading #\n{PROSE}")).title == (
        "The heading"
    )


@pytest.mark.parametrize(
    "value",
    [
        '"a\\ud800b"',
        "0x" + "f" * 5000,
        "&a [x, x]\nb: &b [x]\nparties: [[x], {y: z}, Latvia]",
        "{a: b}",
        "!!binary aGVsbG8=",
        ".nan",
    ],
)
def test_strange_values_in_front_matter_never_reach_the_store(tmp_path, value):
    extraction = read(file(tmp_path, "a.md", f"---\ntitle: {value}\n---\n{PROSE}"))
    assert extraction.title.encode()
    assert all(party.encode() and "[" not in party for party in extraction.parties)


LEVELS = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
MERGES = "\n".join(f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))


@pytest.mark.parametrize("bomb", [f"a0: &a0 [x]\n{LEVELS}\ntitle: *a11", f"a0: &a0 {{x: y}}\n{MERGES}", "a: &a [*a]"])
def test_front_matter_that_would_unfold_is_refused_unread(tmp_path, bomb):
    started = time.monotonic()
    assert "aliases such as *name are not read" in reason(file(tmp_path, "a.md", f"---\n{bomb}\n---\n{PROSE}"))
    assert time.monotonic() - started < 5


def test_front_matter_of_no_end_is_refused_unread(tmp_path):
    assert "longer than 20000" in reason(file(tmp_path, "a.md", f"---\n{'a: b' * 10_000}\n---\n{PROSE}"))


def test_no_heading_makes_the_search_for_a_title_take_forever(tmp_path):
    started = time.monotonic()
    read(
        file(tmp_path, "a.md", "# a" + " " * 20_000 + "b" + " " * 20_000 + "c\n" + "#" + " \t" * 20_000 + "\n" + PROSE)
    )
    assert time.monotonic() - started < 5


# HTML


PAGE = f"""<!doctype html><html lang="en"><head><title>A visit to Riga</title>
<meta property="og:site_name" content="The Caspian Post">
<meta property="article:published_time" content="2022-09-19T10:00:00Z"></head>
<body><nav><a href="/">Home</a> <a href="/news">All the news</a></nav>
<article><h1>A visit to Riga</h1><p>{PROSE}</p>
<p>They will meet again in Riga next year, the ministry said.</p></article>
<footer>Privacy policy. Terms of use.</footer><script>alert("x")</script></body></html>"""


def test_a_web_page_is_its_article_without_the_page_around_it(tmp_path):
    extraction = read(file(tmp_path, "a.html", PAGE))
    assert PROSE in extraction.text
    assert not [word for word in ("alert", "Privacy", "All the news", "<p>") if word in extraction.text]
    assert extraction.title == "A visit to Riga"
    assert extraction.publisher == "The Caspian Post"
    assert extraction.published == "2022-09-19"


def test_a_web_page_in_a_legacy_encoding_is_read(tmp_path):
    page = f'<html><head><meta charset="windows-1251"></head><body><p>{RUSSIAN}</p></body></html>'
    assert RUSSIAN.strip() in read(file(tmp_path, "a.htm", page.encode("cp1251"))).text


@pytest.mark.parametrize("page", [b"<html></html>", b"<!-- nothing -->", b"\x00\xff\xfe<", b"<div>" * 50_000])
def test_a_page_without_an_article_has_a_reason(tmp_path, page):
    assert "no article text was found" in reason(file(tmp_path, "a.html", page))


# PDF


def test_a_pdf_has_pages_and_every_offset_its_page_number(tmp_path):
    texts = ["The first page.", "", "The third page."]
    extraction = read(file(tmp_path, "a.pdf", pdf(*texts, title="A report")))
    assert [page.of(extraction.text).strip() for page in extraction.pages] == texts
    assert (extraction.title, extraction.published) == ("A report", None)
    assert dict(extraction.origins) == {"title": "stated"}
    paged = document(extraction.text, pages=extraction.pages)
    assert paged.page_of(extraction.text.index("first")) == 1
    assert paged.page_of(extraction.text.index("third")) == 3


def test_an_encrypted_pdf_is_refused(tmp_path):
    assert "encrypted" in reason(file(tmp_path, "a.pdf", encrypted(pdf(PROSE), "secret")))


def test_a_pdf_encrypted_without_a_password_is_read(tmp_path):
    assert PROSE in read(file(tmp_path, "a.pdf", encrypted(pdf(PROSE), ""))).text


def test_a_pdf_without_text_says_that_it_may_be_a_scan(tmp_path):
    assert "OCR" in reason(file(tmp_path, "a.pdf", pdf("", "")))


@pytest.mark.parametrize("content", [b"not a PDF", b"%PDF-1.4\n%%EOF", pdf(PROSE)[:300]])
def test_a_damaged_pdf_has_a_reason(tmp_path, content):
    assert "damaged" in reason(file(tmp_path, "a.pdf", content))


# Word


def word(title: str = "", *, table: bool = True) -> bytes:
    made = docx.Document()
    made.add_paragraph(PROSE)
    if table:
        rows = made.add_table(2, 2).rows
        for cell, text in zip([*rows[0].cells, *rows[1].cells], ["Country", "Doctors", "Latvia", "6400"], strict=True):
            cell.text = text
    made.add_paragraph("After the table.")
    made.core_properties.title = title
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_word_file_is_its_paragraphs_and_table_rows_in_order(tmp_path):
    extraction = read(file(tmp_path, "a.docx", word("A report")))
    assert extraction.text.split("\n\n") == [PROSE, "Country: Latvia; Doctors: 6400", "After the table."]
    assert extraction.title == "A report"


@pytest.mark.parametrize("content", [b"not a zip", word()[:900], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_a_damaged_or_encrypted_word_file_has_a_reason(tmp_path, content):
    assert "damaged or encrypted" in reason(file(tmp_path, "a.docx", content))


def test_a_word_file_that_unpacks_without_end_is_refused(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(LARGEST_UNPACKED_BYTES // 2**20 + 1):
            part.write(bytes(2**20))
    assert "it unpacks to 257 MB" in reason(file(tmp_path, "a.docx", out.getvalue()))


# e-mail


def message(body: str, subtype: str = "plain", charset: str = "utf-8") -> bytes:
    made = EmailMessage()
    made["Subject"] = "Sadarbība veselībā"
    made["From"] = "Ministry <press@example.org>"
    made["Date"] = "Mon, 19 Sep 2022 10:00:00 +0000"
    made.set_content(body, subtype=subtype, charset=charset)
    return made.as_bytes()


@pytest.mark.parametrize("charset", ["utf-8", "windows-1257"])
def test_an_e_mail_has_its_subject_sender_date_and_body(tmp_path, charset):
    extraction = read(file(tmp_path, "a.eml", message(LATVIAN, charset=charset)))
    assert extraction.text.strip() == LATVIAN.strip()
    assert extraction.title == "Sadarbība veselībā"
    assert (extraction.publisher, extraction.published) == ("Ministry <press@example.org>", "2022-09-19")


def test_an_html_e_mail_is_read_like_a_page(tmp_path):
    extraction = read(file(tmp_path, "a.eml", message(PAGE, "html")))
    assert PROSE in extraction.text
    assert "<p>" not in extraction.text


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=",
        b"Subject: x\nContent-Type: text/plain; charset=no-such\n\nbody text",
        b"From: A: <\nContent-Type: text/plain\n\nbody",
        b"From: =?utf-8?q?a;: <b@c>, d:;\n\n",
    ],
)
def test_a_strange_e_mail_is_read_or_has_a_reason(tmp_path, content):
    with suppress(UnreadableFile):
        assert isinstance(read(file(tmp_path, "a.eml", content)), Extraction)


# anything at all


SAMPLES = {
    ".txt": PROSE.encode(),
    ".md": (FRONT_MATTER + PROSE).encode(),
    ".html": PAGE.encode(),
    ".pdf": pdf(PROSE, PROSE),
    ".docx": word(),
    ".eml": message(PAGE, "html"),
}


@pytest.mark.parametrize("suffix", SAMPLES)
@settings(max_examples=60)
@given(
    edits=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=8
    )
)
def test_a_damaged_file_is_read_or_has_a_reason(suffix, edits):
    content = SAMPLES[suffix]
    for place, removed, inserted in edits:
        start = int(place * len(content))
        content = content[:start] + inserted + content[start + removed :]
    path = Path(f"a{suffix}")
    try:
        extraction = read_content(content, path.name)
    except (UnreadableFile, NotForIndexing):
        return
    assert extraction.text.encode()
    assert extraction.title.encode()
    assert all(span.end <= len(extraction.text) for span in (*extraction.pages, *extraction.furniture))


def test_the_seed_articles_state_their_date_and_publishers(shared):
    extractions = [read(path) for path in sorted((shared / "seeds").glob("*.txt"))]
    assert {extraction.publisher for extraction in extractions} == {"The Caspian Post", "News.az"}
    assert {extraction.published for extraction in extractions} == {None, "2022-09-19"}
    assert {extraction.language for extraction in extractions} == {"en"}
