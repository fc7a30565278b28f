"""What a file is, by its content and not by its name: the ending of the format as which it is read.

Magic numbers and the structure behind them decide (a zip by what lies in it, an OLE file by its streams, a web page or
an e-mail by how it starts); where they say nothing, the name is believed. Old Office formats are told by name, because
"damaged" would not be the reason why they are not read.
"""

import io
import zipfile
import zlib

from corpus.errors import UnreadableFile

OLD_FORMATS = (".doc", ".xls", ".ppt")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (b"%PDF-", _ZIP, _OLE, b"{\\rtf")
_BINARY_NAMES = (
    ".pdf",
    ".docx",
    ".pptx",
    ".xlsx",
    ".odt",
    ".ods",
    ".odp",
    ".epub",
    ".rtf",
    ".msg",
    ".zip",
    *OLD_FORMATS,
)
_PACKAGES = (".docx", ".pptx", ".xlsx", ".odt", ".ods", ".odp", ".epub")
_PARTS = (("word/document.xml", ".docx"), ("ppt/presentation.xml", ".pptx"), ("xl/workbook.xml", ".xlsx"))
_MEDIA_TYPES = {
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "application/epub+zip": ".epub",
}
_STREAMS = (
    ("__properties_version1.0", ".msg"),
    ("WordDocument", "an old Word file (.doc); save it as .docx"),
    ("EncryptedPackage", "encrypted; save a copy without a password"),
    ("PowerPoint Document", "an old presentation (.ppt); save it as .pptx"),
    ("Workbook", "an old workbook (.xls); save it as .xlsx"),
)
# A few words in a file of a binary format's name are a damaged file sooner than a text.
_SHORTEST_TEXT = 80
_START = 4096


def recognised(content: bytes, suffix: str) -> str:
    """The ending of the format that the content is in, `suffix` being the ending of its name, in small letters.

    Raises `UnreadableFile` where it is plainly in a format that is not read.
    """
    start = _start(content)
    if start.startswith(b"%PDF-"):
        return ".pdf"
    if start.startswith(_ZIP):
        return _package(content, suffix)
    if start.startswith(_OLE):
        return _compound(content, suffix)
    if start.startswith(b"{\\rtf"):
        return ".rtf"
    if _is_page(start) and suffix != ".html":
        return ".html" if suffix != ".htm" else suffix
    if suffix in (".txt", ".text", ".md", ".markdown", *_BINARY_NAMES) and _is_mail(start):
        return ".eml"
    return ".txt" if suffix in _BINARY_NAMES and _is_text(content) else suffix


def is_plain(content: bytes) -> bool:
    """Whether nothing about the content says that it is more than text; opens nothing."""
    start = _start(content)
    return not (start.startswith(_MAGIC) or _is_page(start) or _is_mail(start))


def _start(content: bytes) -> bytes:
    return content[:_START].removeprefix(b"\xef\xbb\xbf").lstrip()


def _is_page(start: bytes) -> bool:
    lower = start.lower()
    if lower.startswith(b"<?xml"):
        lower = lower.partition(b"?>")[2].lstrip()
    while lower.startswith(b"<!--") and b"-->" in lower:
        lower = lower.partition(b"-->")[2].lstrip()
    return lower.startswith((b"<!doctype html", b"<html>", b"<html "))


def _is_mail(start: bytes) -> bool:
    """Whether it starts with an e-mail's header: its lines are fields, and those that every mail has are there."""
    names: set[bytes] = set()
    for line in start.splitlines():
        name, colon, _ = line.partition(b":")
        if line[:1] in (b" ", b"\t") and names:
            continue
        if not line.strip() or not colon or not name.replace(b"-", b"").isalnum():
            break
        names.add(name.lower())
    sent = names & {b"message-id", b"mime-version", b"received", b"return-path", b"content-type"}
    return b"from" in names and bool(sent or names >= {b"date", b"subject"})


def _is_text(content: bytes) -> bool:
    if len(content) < _SHORTEST_TEXT:
        return False
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\t\r\n\f" for character in text)


def _package(content: bytes, suffix: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            told = archive.read("mimetype")[:100].decode("ascii", "replace").strip() if "mimetype" in names else ""
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError):
        return suffix if suffix in _PACKAGES else ".zip"
    found = _MEDIA_TYPES.get(told) or next((kind for part, kind in _PARTS if part in names), None)
    if found is None and suffix in _PACKAGES and ("[Content_Types].xml" in names or not names):
        return suffix
    return found or (suffix if suffix in (".odt", ".ods", ".odp") and "content.xml" in names else ".zip")


def _compound(content: bytes, suffix: str) -> str:
    for stream, kind in _STREAMS:
        if stream.encode("utf-16-le") in content:
            if kind.startswith("."):
                return kind
            raise UnreadableFile(f"it is {kind}")
    if suffix in _PACKAGES or suffix == ".msg":
        return suffix
    raise UnreadableFile("it is a file of an old Office program; save it in a newer format")
