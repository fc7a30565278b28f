"""Files made to break whoever reads them: bombs, mazes, lies about lengths and encodings, and names.

`make_hostile_files` writes them; each makes a document or has a reason, and none may take down or hold up the reader.
"""

import gzip
import io
import os
import random
import socket
import zipfile
from pathlib import Path

PROSE = "The ministers of health met in Baku and agreed to exchange specialists, students and experience."
_DOCX_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_DOCX_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{target}"/>'
    "</Relationships>"
)
_DOCX_START = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
_DOCX_END = "</w:body></w:document>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
PDF_HEAD = b"%PDF-1.7\n"


def docx(body: str, *, before: str = "", target: str = "word/document.xml", **parts: str) -> bytes:
    """A Word file with this body; `before` stands before the root, `parts` beside it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _DOCX_TYPES)
        archive.writestr("_rels/.rels", _DOCX_RELATIONS.format(target=target))
        archive.writestr("word/document.xml", before + _DOCX_START + body + _DOCX_END)
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(*objects: bytes, root: int = 1, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, with a right table of their places."""
    body, offsets = PDF_HEAD, []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    told = b"trailer\n<< /Size %d /Root %d 0 R %b >>\n" % (len(objects) + 1, root, trailer)
    return body + b"xref\n0 %d\n0000000000 65535 f \n%b%bstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
        told,
        len(body),
    )


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), entries, content)


def page_with(content: bytes, entries: bytes = b"") -> bytes:
    """A PDF of one page whose content is this stream."""
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        stream(content, entries),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )


def _deflated(size: int) -> bytes:
    import zlib

    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"\0" * 2**20) for _ in range(size // 2**20)) + packer.flush()


def _pdfs() -> dict[str, bytes]:
    good = page_with(f"BT /F 12 Tf 20 700 Td ({PROSE}) Tj ET".encode())
    catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
    return {
        "truncated.pdf": good[: len(good) // 2],
        "header-only.pdf": PDF_HEAD,
        "no-trailer.pdf": good[: good.index(b"trailer")],
        "wrong-offsets.pdf": good.replace(b"startxref\n", b"startxref\n9"),
        "circular-pages.pdf": pdf(catalog, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
        "circular-pair.pdf": pdf(
            catalog, b"<< /Type /Pages /Kids [3 0 R] /Count 9 >>", b"<< /Type /Pages /Kids [2 0 R] /Count 9 >>"
        ),
        "endless-count.pdf": pdf(catalog, b"<< /Type /Pages /Kids [] /Count 999999999 >>"),
        "parent-of-itself.pdf": pdf(
            catalog, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 3 0 R >>"
        ),
        "deep-pages.pdf": pdf(
            catalog,
            *(b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (n + 1) for n in range(2, 3_000)),
            b"<< /Type /Page >>",
        ),
        "deep-array.pdf": pdf(catalog, b"<< /Type /Pages /Kids " + b"[" * 20_000 + b"]" * 20_000 + b" /Count 1 >>"),
        "deep-dictionary.pdf": pdf(b"<< /A " * 20_000 + b"1" + b" >>" * 20_000),
        "stream-bomb.pdf": page_with(_deflated(128 * 2**20), b"/Filter /FlateDecode"),
        "stream-of-bombs.pdf": page_with(
            gzip.compress(_deflated(32 * 2**20))[10:-8], b"/Filter [/FlateDecode /FlateDecode]"
        ),
        "length-lies.pdf": page_with(b"BT ET").replace(b"/Length 5", b"/Length 999999999"),
        "length-of-itself.pdf": page_with(b"BT ET").replace(b"/Length 5", b"/Length 4 0 R"),
        "form-in-itself.pdf": pdf(
            catalog,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << /X 4 0 R >> >> /Contents 5 0 R >>",
            stream(b"/X Do /X Do", b"/Type /XObject /Subtype /Form /Resources << /XObject << /X 4 0 R >> >>"),
            stream(b"/X Do"),
        ),
        "forms-in-forms.pdf": pdf(
            catalog,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << /X 5 0 R >> >> /Contents 4 0 R >>",
            stream(b"/X Do"),
            *(
                stream(
                    b"/X Do " * 10, b"/Type /XObject /Subtype /Form /Resources << /XObject << /X %d 0 R >> >>" % (n + 1)
                )
                for n in range(5, 25)
            ),
            stream(b"BT (x) Tj ET", b"/Type /XObject /Subtype /Form"),
        ),
        "many-operators.pdf": page_with(b"q Q " * 300_000),
        "endless-text.pdf": page_with(b"BT /F 12 Tf " + b"(words words) Tj " * 5_000 + b" ET"),
        "unknown-filter.pdf": page_with(b"BT ET", b"/Filter /Bomb"),
        "run-length-bomb.pdf": page_with(b"\x81(" * 200_000, b"/Filter /RunLengthDecode"),
        "lzw-noise.pdf": page_with(random.Random(1).randbytes(200_000), b"/Filter /LZWDecode"),
        "ascii85.pdf": page_with(b"z" * 2_000_000 + b"~>", b"/Filter /ASCII85Decode"),
        "noise.pdf": PDF_HEAD + random.Random(2).randbytes(300_000),
        "previous-of-itself.pdf": good.replace(b"/Size", b"/Prev 9 /Size"),
        "object-stream-of-itself.pdf": pdf(
            stream(b"1 0 2 4 << >> << >>", b"/Type /ObjStm /N 99999999 /First 8 /Extends 1 0 R"), root=1
        ),
    }


def _words() -> dict[str, bytes]:
    good = docx(paragraph(PROSE))
    external = f'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>{_DOCX_START}{paragraph("&e;")}{_DOCX_END}'
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (260 * 2**20))
    lying = bytearray(docx(paragraph(PROSE), **{"word/big.xml": " " * 2**22}))
    place = lying.rindex(b"PK\x01\x02")
    lying[place + 24 : place + 28] = (10).to_bytes(4, "little")
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"word/{number}.xml", "")
    return {
        "bomb.docx": bomb.getvalue(),
        "lying-sizes.docx": bytes(lying),
        "truncated.docx": good[: len(good) // 2],
        "many-parts.docx": many.getvalue(),
        "deep.docx": docx("<w:p>" * 100_000 + "</w:p>" * 100_000),
        "deep-tables.docx": docx("<w:tbl><w:tr><w:tc>" * 60 + paragraph(PROSE) + "</w:tc></w:tr></w:tbl>" * 60),
        "laughs.docx": docx(paragraph("&l11;"), before=f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]>'),
        "external-entity.docx": docx("", **{"word/document2.xml": external}, target="word/document2.xml"),
        "outside.docx": docx(paragraph(PROSE), **{"../../outside.txt": "escaped", "/tmp/outside.txt": "escaped"}),
        "target-outside.docx": docx(paragraph(PROSE), target="../../../../etc/passwd"),
        "wide-table.docx": docx("<w:tbl><w:tr>" + "<w:tc><w:p/></w:tc>" * 3_000 + "</w:tr></w:tbl>" + paragraph(PROSE)),
        "long-attribute.docx": docx(f'<w:p w:x="{"a" * 11_000_000}"/>'),
        "text-of-no-end.docx": docx(paragraph("words " * 1_200_000)),
        "span-lies.docx": docx(
            '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr>'
            f"{paragraph(PROSE)}</w:tc></w:tr></w:tbl>"
        ),
        "not-word.docx": good.replace(b"word/document.xml", b"xl/workbook12.xml"),
        "zip-in-name-only.docx": b"PK\x03\x04" + random.Random(3).randbytes(50_000),
        "plain.docx": PROSE.encode(),
    }


def _pages() -> dict[str, bytes]:
    return {
        "nested.html": b"<div>" * 100_000 + PROSE.encode() + b"</div>" * 100_000,
        "nested-formatting.html": b"<b><i>" * 50_000 + PROSE.encode(),
        "nested-tables.html": b"<table><tr><td>" * 5_000 + PROSE.encode(),
        "comment-open.html": b"<!--" + b"-" * 100_000 + PROSE.encode(),
        "entities.html": b"<p>" + b"&amp;" * 200_000 + PROSE.encode(),
        "laughs.html": f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]><p>&l11; {PROSE}</p>'.encode(),
        "script-only.html": b"<script>" + b"a" * 1_000_000 + b"</script>",
        "nul.html": b"<p>\x00" + PROSE.encode() + b"\x00</p>",
        "lying-charset.html": b'<meta charset="utf-16"><p>' + PROSE.encode() + b"</p>",
        "no-charset.html": b'<meta charset="bomb-8"><p>' + PROSE.encode() + b"</p>",
        "noise.html": b"<html>" + random.Random(4).randbytes(50_000),
        "many-links.html": b"".join(b'<p><a href="/%d">link %d</a></p>' % (n, n) for n in range(2_000)),
        "angle-brackets.html": b"<" * 500_000,
        "data-address.html": b'<img src="data:image/png;base64,' + b"A" * 500_000 + b'"><p>' + PROSE.encode(),
        "json-ld.html": b'<script type="application/ld+json">' + b"[" * 100_000 + b"</script><p>" + PROSE.encode(),
        "address-local.html": b'<link rel="canonical" href="file:///etc/passwd"><p>' + PROSE.encode() + b"</p>",
    }


def _messages() -> dict[str, bytes]:
    head = b"From: a@example.org\nTo: b@example.org\nSubject: Visit\nMIME-Version: 1.0\n"
    part = b"--x\nContent-Type: text/plain\n\n" + PROSE.encode() + b"\n"
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(2_000)
    )
    return {
        "parts.eml": head + b"Content-Type: multipart/mixed; boundary=x\n\n" + part * 10_000 + b"--x--\n",
        "nested.eml": head + nested + b"Content-Type: text/plain\n\n" + PROSE.encode(),
        "messages-in-messages.eml": head + b"Content-Type: message/rfc822\n\n" * 5_000 + PROSE.encode(),
        "long-header.eml": head + b"X: " + b"a" * 2_000_000 + b"\n\n" + PROSE.encode(),
        "folded-header.eml": b"Subject: a\n" + b" b\n" * 5_000 + b"\n" + PROSE.encode(),
        "encoded-words.eml": b"Subject: " + b"=?utf-8?q?a?= " * 4_000 + b"\n\n" + PROSE.encode(),
        "addresses.eml": b"From: " + b"a@example.org, " * 1_000 + b"\nSubject: x\n\n" + PROSE.encode(),
        "comments.eml": b"From: " + b"(" * 20_000 + b"\nSubject: x\n\n" + PROSE.encode(),
        "bad-base64.eml": head + b"Content-Transfer-Encoding: base64\n\n" + b"*" * 100_000,
        "bad-charset.eml": head + b"Content-Type: text/plain; charset=bomb-8\n\n" + PROSE.encode(),
        "no-boundary.eml": head + b"Content-Type: multipart/mixed\n\n" + part,
        "date.eml": b"Date: " + b"9" * 5_000 + b"\nSubject: x\n\n" + PROSE.encode(),
        "nul.eml": b"Subject: a\x00b\n\n\x00" + PROSE.encode(),
        "html-nested.eml": head + b"Content-Type: text/html\n\n" + b"<div>" * 50_000 + PROSE.encode(),
    }


def _texts() -> dict[str, bytes]:
    anchors = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
    merges = "\n".join(f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))
    noise = random.Random(5)
    return {
        "binary.txt": noise.randbytes(300_000),
        "program.txt": b"\x7fELF\x02\x01\x01" + b"\x00" * 1_000,
        "nul.txt": PROSE.encode() + b"\x00" * 10,
        "nul.md": b"# A\x00B\n" + PROSE.encode(),
        "one-line.txt": b"word " * 60_000,
        "one-word.txt": b"x" * 300_000,
        "initials.txt": b"A. " * 10_000,
        "numbers.txt": b"1. Dezember " * 4_000,
        "terminators.txt": b".!?" * 80_000,
        "blank-lines.txt": b"\n" * 200_000 + PROSE.encode(),
        "spaces.txt": b" " * 200_000 + PROSE.encode() + b" " * 50_000,
        "furniture.txt": b"Share on social media\n" * 11_000,
        "furniture-and-words.txt": b"Share\n" * 10_000 + PROSE.encode(),
        "controls.txt": bytes(range(1, 32)) * 1_000,
        "combining.txt": ("a" + "\u0301" * 20_000).encode(),
        "surrogates.txt": b"\xed\xa0\x80\xed\xb0\x80" * 1_000 + PROSE.encode(),
        "utf-7.txt": b"+ADw-script+AD4- " + PROSE.encode(),
        "utf-16-cut.txt": PROSE.encode("utf-16")[:-1],
        "utf-16-lies.txt": b"\xff\xfe" + PROSE.encode(),
        "utf-32.txt": PROSE.encode("utf-32"),
        "mixed.txt": PROSE.encode() + "Министры".encode("cp1251") + "健康".encode("gb18030") + b"\xff\xfe\xfd" * 50,
        "legacy-noise.txt": bytes(noise.choice(range(128, 256)) for _ in range(60_000)),
        "right-to-left.txt": ("\u202e" * 1_000 + PROSE).encode(),
        "anchors.md": f"---\na0: &a0 [x]\n{anchors}\n---\n{PROSE}".encode(),
        "merges.md": f"---\na0: &a0 {{x: y}}\n{merges}\n---\n{PROSE}".encode(),
        "brackets.md": ("---\na: " + "[" * 4_000 + f"\n---\n{PROSE}").encode(),
        "indents.md": ("---\n" + "".join(" " * n + "a:\n" for n in range(180)) + f"---\n{PROSE}").encode(),
        "tags.md": f"---\na: !!python/object/apply:os.system ['touch escaped']\n---\n{PROSE}".encode(),
        "long-number.md": f"---\ntitle: 0x{'f' * 15_000}\n---\n{PROSE}".encode(),
        "sexagesimal.md": f"---\ntitle: 1{':59' * 6_000}\n---\n{PROSE}".encode(),
        "never-closed.md": ("---\n" + "---\t \n " * 2_000 + PROSE).encode(),
        "hashes.md": b"# " + b"#" * 20_000 + b"\n" + PROSE.encode(),
        "heading-spaces.md": b"# a" + b" " * 200_000 + b"b\n" + PROSE.encode(),
        "empty.txt": b"",
        "blank.md": b" \r\n\t " * 100,
        "unknown.xyz": PROSE.encode(),
        "nothing.zip": b"PK\x05\x06" + b"\0" * 18,
        "no-suffix": PROSE.encode(),
    }


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


_ODF_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)


def open_document(kind: str, body: str, before: str = "") -> bytes:
    """An OpenDocument file with this body."""
    content = (
        f"{before}<office:document-content {_ODF_NAMES}><office:body><office:{kind}>{body}</office:{kind}>"
        "</office:body></office:document-content>"
    )
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content})


def workbook(sheet: str, before: str = "", *, rows: bool = True) -> bytes:
    """A workbook of one sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    data = f"<sheetData>{sheet}</sheetData>" if rows else sheet
    return zipped(
        {
            "[Content_Types].xml": _DOCX_TYPES.replace("/word/document.xml", "/xl/workbook.xml")
            .replace(
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                f"{types}.sheet.main+xml",
            )
            .replace(
                "</Types>",
                f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/></Types>',
            ),
            "_rels/.rels": _DOCX_RELATIONS.format(target="xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _DOCX_RELATIONS.format(target="worksheets/sheet1.xml").replace(
                '/officeDocument" Target', '/worksheet" Target'
            ),
            "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{main}">{data}</worksheet>',
        }
    )


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _offices() -> dict[str, bytes]:
    good = workbook(f'<row r="1">{cell("A1", PROSE)}</row>')
    bomb = f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]>'
    text = f"<text:p>{PROSE}</text:p>"
    opened_row = "<table:table-row table:number-rows-repeated='99999999'>"
    container = '<container><rootfiles><rootfile full-path="c.opf"/></rootfiles></container>'
    return {
        "truncated.xlsx": good[: len(good) // 2],
        "laughs.xlsx": workbook(f'<row r="1">{cell("A1", "&l11;")}</row>', bomb),
        "far-cell.xlsx": workbook(f'<row r="1048576">{cell("XFD1048576", PROSE)}</row>'),
        "beyond.xlsx": workbook(f'<row r="99999999999">{cell("ZZZZZ99999999999", PROSE)}</row>'),
        "merged-all.xlsx": workbook(
            f'<sheetData><row r="1">{cell("A1", PROSE)}</row></sheetData><mergeCells count="1">'
            '<mergeCell ref="A1:XFD1048576"/></mergeCells>',
            rows=False,
        ),
        "bomb.xlsx": workbook(" " * (257 * 2**20)),
        "many-cells.xlsx": workbook(
            "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 12_000))
        ),
        "strange-numbers.xlsx": workbook('<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>x</v></c></row>'),
        "no-sheets.xlsx": zipped({"xl/workbook.xml": "<workbook/>", "[Content_Types].xml": _DOCX_TYPES}),
        "empty-parts.pptx": zipped({"ppt/presentation.xml": "", "[Content_Types].xml": _DOCX_TYPES}),
        "laughs.pptx": zipped({"ppt/presentation.xml": f"{bomb}<p>&l11;</p>", "[Content_Types].xml": _DOCX_TYPES}),
        "truncated.pptx": zipped({"ppt/presentation.xml": "<p>"})[:60],
        "laughs.odt": open_document("text", "<text:p>&l11;</text:p>", bomb),
        "external.odt": open_document(
            "text", f"<text:p>&e; {PROSE}</text:p>", '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        ),
        "deep.odt": open_document("text", "<text:section>" * 200 + text + "</text:section>" * 200),
        "deeper.odt": open_document("text", "<text:list><text:list-item>" * 5_000 + text),
        "lists.odt": open_document(
            "text", "<text:list><text:list-item>" * 100 + text + "</text:list-item></text:list>" * 100
        ),
        "truncated.odt": open_document("text", text)[:200],
        "repeated.ods": open_document(
            "spreadsheet",
            f"<table:table>{opened_row}<table:table-cell table:number-columns-repeated='99999999'>{text}"
            "</table:table-cell></table:table-row></table:table>",
        ),
        "repeated-lies.ods": open_document(
            "spreadsheet",
            f"<table:table><table:table-row table:number-rows-repeated='{'9' * 5_000}'><table:table-cell "
            f"table:number-columns-repeated='-1'>{text}</table:table-cell></table:table-row></table:table>",
        ),
        "no-pages.odp": open_document("presentation", ""),
        "deep.rtf": b"{\\rtf1" + b"{" * 100_000 + PROSE.encode(),
        "closed.rtf": b"{\\rtf1 " + PROSE.encode() + b"}" * 100_000,
        "numbers.rtf": b"{\\rtf1\\u99999999999\\uc999999999\\ansicpg99999\\bin-5 " + PROSE.encode() + b"}",
        "surrogates.rtf": b"{\\rtf1" + b"\\u-10179?" * 10_000 + PROSE.encode() + b"}",
        "binary.rtf": b"{\\rtf1 " + PROSE.encode() + b"\\bin999999999 x}",
        "notes.rtf": b"{\\rtf1 " + b"{\\footnote " * 1_000 + PROSE.encode() + b"}" * 1_001,
        "cells.rtf": b"{\\rtf1 " + b"\\trowd\\intbl x\\cell" * 20_000 + b"\\row " + PROSE.encode() + b"}",
        "links.rtf": b"{\\rtf1 " + b"{\\field{\\*\\fldinst{HYPERLINK " * 20_000 + PROSE.encode() + b"}",
        "laughs.epub": zipped({"META-INF/container.xml": f"{bomb}<c>&l11;</c>", "mimetype": "application/epub+zip"}),
        "no-chapters.epub": zipped(
            {"META-INF/container.xml": container, "c.opf": "<package/>", "mimetype": "application/epub+zip"}
        ),
        "outside.epub": zipped(
            {
                "META-INF/container.xml": container.replace("c.opf", "../../../etc/passwd"),
                "mimetype": "application/epub+zip",
            }
        ),
        "quotes.csv": b'"' * 300_001,
        "wide.csv": b"a," * 200_000 + b"\n" + b"1," * 200_000,
        "long.csv": b"a,b\n" + b"1,2\n" * 12_000,
        "ragged.csv": b"".join(b"x," * (n % 50) + b"\n" for n in range(5_000)),
        "nul.csv": b"a,b\n\x00,2\n" * 50,
        "noise.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(6).randbytes(50_000),
        "header.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 5_000,
    }


def _archives() -> dict[str, bytes]:
    within = zipped({"a.txt": PROSE})
    for _ in range(20):
        within = zipped({"z.zip": within})
    encrypted = bytearray(zipped({"a.txt": PROSE}))
    encrypted[6] |= 1
    encrypted[encrypted.rindex(b"PK\x01\x02") + 8] |= 1
    damaged = bytearray(zipped({"a.txt": PROSE * 50, "b.txt": PROSE}))
    damaged[60:80] = b"x" * 20
    return {
        "bomb.zip": zipped({"a.txt": b"\0" * (260 * 2**20)}),
        "bombs.zip": zipped({f"{n}.zip": zipped({"a.txt": b"a" * (30 * 2**20)}) for n in range(8)}),
        "deep.zip": within,
        "many.zip": zipped({f"{n}.txt": PROSE for n in range(250)}),
        "outside.zip": zipped({"../../outside.txt": PROSE, "/tmp/outside.txt": PROSE, "C:\\outside.txt": PROSE}),
        "encrypted.zip": bytes(encrypted),
        "damaged.zip": bytes(damaged),
        "truncated.zip": zipped({"a.txt": PROSE})[:-30],
        "names.zip": zipped({"\u202etxt.exe.md": PROSE, "a\nb.txt": PROSE, "x" * 5_000 + ".txt": PROSE}),
        "hostile.zip": zipped({name: content for name, content in _texts().items() if len(content) < 100_000}),
        "folders.zip": zipped({"a/" * 5_000 + "b.txt": PROSE}),
    }


def _disguised() -> dict[str, bytes]:
    return {
        "pdf.txt": page_with(f"BT /F 12 Tf 20 700 Td ({PROSE}) Tj ET".encode()),
        "bomb.txt": zipped({"word/document.xml": b"\0" * (260 * 2**20)}),
        "cut.md": b"PK\x03\x04" + random.Random(7).randbytes(20_000),
        "mail.txt": b"From: a@b\nMIME-Version: 1.0\n" + b"Content-Type: message/rfc822\n\n" * 3_000 + PROSE.encode(),
        "page.md": b"<html>" + b"<div>" * 50_000 + PROSE.encode(),
        "quoted.eml": b"From: a@b.example\n\n" + b"> x\n" * 5_000 + PROSE.encode(),
        "quotes-deep.eml": b"From: a@b.example\n\n" + b">" * 200_000 + b"\n" + PROSE.encode(),
        "passed-on.eml": b"From: a@b.example\nSubject: Fwd: x\n\n"
        + b"From: a@b.example\nDate: x\nSubject: y\n\n" * 5_000
        + PROSE.encode(),
        "fields.eml": b"From: a@b.example\n\n" + b"a: b\n\n" * 3_000 + PROSE.encode(),
        "alternatives.eml": b"From: a@b.example\nContent-Type: multipart/alternative; boundary=x\n\n"
        + b"".join(b"--x\nContent-Type: text/plain\n\nword%d\n" % n for n in range(2_000))
        + b"--x--\n",
        "flowed.eml": b"From: a@b.example\nContent-Type: text/plain; format=flowed\n\n" + b"word \n" * 5_000,
        "calendar.eml": b"From: a@b.example\nContent-Type: text/calendar\n\n"
        + b"BEGIN:X\n" * 50_000
        + b"SUMMARY:"
        + PROSE.encode(),
    }


def hostile_files() -> dict[str, bytes]:
    """Hostile contents that are quickly seen through, by a name that says what is wrong with each."""
    return _pdfs() | _words() | _pages() | _messages() | _texts() | _offices() | _archives() | _disguised()


def endless_files() -> dict[str, bytes]:
    """Contents that keep a reader busy for minutes, or until its memory is full."""
    return {
        "attributes.html": b"<p " + b"".join(b"a%d=1 " % n for n in range(100_000)) + b">" + PROSE.encode(),
    }


def hostile_names(folder: Path) -> list[Path]:
    """Things in `folder` that are hostile by name or by kind, not by content."""
    outside = folder.parent / "outside.txt"
    outside.write_text("A secret outside.")
    text = "These words are found."
    names = ["x" * 251 + ".txt", "con.txt", "a\nb.txt", "-rf.txt", "..txt", "a..txt", "\u202etxt.exe.md", "~.txt"]
    made = []
    for name in [*(os.fsencode(name) for name in names), b"bad\xff.txt", b"<img src=x onerror=alert(1)>.txt"]:
        path = folder / os.fsdecode(name)
        path.write_text(text)
        made.append(path)
    (folder / "link-out.txt").symlink_to(outside)
    (folder / "link-up.txt").symlink_to("../outside.txt")
    (folder / "link-root").symlink_to("/")
    (folder / "link-loop.txt").symlink_to("link-loop.txt")
    (folder / "link-device.txt").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.txt")
    place = os.open(folder, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"/proc/self/fd/{place}/socket.txt")
    os.close(place)
    deep = folder
    for _ in range(70):
        deep /= "d"
    deep.mkdir(parents=True)
    (deep / "deep.txt").write_text(text)
    kinds = ["link-out.txt", "link-up.txt", "link-root", "link-loop.txt", "link-device.txt", "pipe.txt", "socket.txt"]
    return made + [folder / name for name in kinds]
