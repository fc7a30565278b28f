"""The text of one part of an e-mail: its charset tried before it is believed, wrapped lines joined where it says so."""

import email.header
import re
from email.errors import HeaderParseError
from email.message import Message

from corpus.errors import UnreadableFile
from corpus.readers.characters import decoded
from corpus.readers.metadata import one_line

# What programs declare without meaning it.
_SAYS_NOTHING = ("", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "default", "utf-8", "utf8", "8bit", "binary")
_SEVERAL_BYTES = ("utf", "gb", "big5", "shift", "euc", "iso-2022", "hz", "cp9", "windows-9", "ks_c", "johab")
_LONGEST_HEADER = 20_000
_ENCODED = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]*\?=")


def header(message: Message, name: str) -> str:
    """A header in one line: encoded words decoded, and raw bytes by what their text says."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name), None)
    if raw is None:
        return ""
    value = str(raw)[:_LONGEST_HEADER]
    if not value.isascii():
        value = _unicode(value.encode("utf-8", "surrogateescape"))
    if _ENCODED.search(value):
        value = _words(value)
    return one_line(value)


def _unicode(content: bytes) -> str:
    try:
        return decoded(content)[0]
    except UnreadableFile:
        return content.decode(errors="replace")


def _words(value: str) -> str:
    try:
        pieces = email.header.decode_header(" ".join(value.split()))
    except (HeaderParseError, ValueError, LookupError, TypeError):
        return value
    return "".join(
        piece if isinstance(piece, str) else in_charset(piece, charset or "")[0] for piece, charset in pieces
    )


def text_of(part: Message) -> tuple[str, tuple[str, ...]]:
    """What a text part says, and remarks on how it could be read."""
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    return in_charset(content, _declared(part))


def _declared(part: Message) -> str:
    try:
        return (part.get_content_charset() or "").lower()
    except (LookupError, ValueError, TypeError, AttributeError):
        return ""


def in_charset(content: bytes, declared: str) -> tuple[str, tuple[str, ...]]:
    """Bytes as text: as declared, unless they are UTF-8 or cannot be what is declared."""
    single = declared not in _SAYS_NOTHING and not declared.startswith(_SEVERAL_BYTES)
    if not content.isascii() or not single:
        try:
            if single or declared in _SAYS_NOTHING:  # letters of other encodings make UTF-8 by no chance
                return content.decode("utf-8"), ()
        except UnicodeDecodeError:
            pass
    if declared not in _SAYS_NOTHING:
        try:
            return content.decode(declared), ()
        except (LookupError, ValueError):  # no such charset, or not these bytes
            pass
    try:
        return decoded(content)
    except UnreadableFile:
        marked = content.decode("utf-8", errors="replace")
        return marked, ("The encoding of the message is not known; letters beyond A to Z are lost.",)


def is_flowed(part: Message) -> bool:
    """Whether its lines are wrapped by the program that sent it, and say where."""
    return _parameter(part, "format") == "flowed"


def _parameter(part: Message, name: str) -> str:
    try:
        value = part.get_param(name)
    except (LookupError, ValueError, TypeError, AttributeError):
        return ""
    return value.lower() if isinstance(value, str) else ""


def unwrapped(text: str, part: Message) -> str:
    """The lines of a flowed text joined to those that the writer typed."""
    delete_space = _parameter(part, "delsp") == "yes"
    split = [_depth_and_words(line) for line in text.splitlines()]
    # A space in front guards a line that starts with a space, ">" or "From "; one before anything else is meant.
    stuffed = all(words.startswith(" ") for _, words in split if words)
    lines: list[str] = []
    going_on: int | None = None
    for depth, words in split:
        if words.startswith((" >", "  ", " From ")) or ((stuffed or depth) and words.startswith(" ")):
            words = words[1:]
        signature = words == "-- "
        goes_on = words.endswith(" ") and not signature
        said = words[:-1] if goes_on and delete_space else words
        if going_on == depth and lines and not signature:
            lines[-1] += said
        else:
            lines.append(f"{'>' * depth} {said}" if depth else said)
        going_on = depth if goes_on else None
    return "\n".join(lines)


def _depth_and_words(line: str) -> tuple[int, str]:
    words = line.lstrip(">")
    return len(line) - len(words), words
