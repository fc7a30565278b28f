"""Plain text in any encoding, character for character."""

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.text.language import detect_language

# Latin encodings that differ in a few letters only, with the languages each was made for; the others use cp1252.
_MADE_FOR = {
    "cp1257": ("lv", "lt", "et"),
    "cp1254": ("tr", "az"),
    "cp1250": ("pl", "cs", "sk", "hu", "sl", "hr", "ro"),
}


def read_text(content: bytes) -> Extraction:
    """The text alone; plain text says nothing about itself."""
    return Extraction(text=decoded(content), title="")


def decoded(content: bytes) -> str:
    """The text of a file of unknown encoding: a byte order mark, then UTF-8, then the likeliest legacy one."""
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("it is a binary file, not text, whatever its name says")
    for encoding in ("utf-8-sig", "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = _decoded_legacy(content)
    control = sum(1 for character in text[:20_000] if ord(character) < 32 and character not in "\t\n\r\f\v\x1b")
    if control > len(text[:20_000]) // 50:
        raise UnreadableFile("it is a binary file, not text, whatever its name says")
    return text


def _decoded_legacy(content: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = content[:200_000]
    best = from_bytes(sample, cp_isolation=["cp1252", "cp1251", "koi8_r", *_MADE_FOR]).best()
    if best is None:
        raise UnreadableFile("its text encoding cannot be recognised; save it as UTF-8")
    encoding = best.encoding
    if encoding not in ("cp1251", "koi8_r"):
        # Statistics of letters cannot tell these apart, but only the right one gives words of its own language.
        read_as = {name: detect_language(sample.decode(name, errors="replace")) for name in _MADE_FOR}
        encoding = next((name for name, language in read_as.items() if language in _MADE_FOR[name]), "cp1252")
    return content.decode(encoding, errors="replace")
