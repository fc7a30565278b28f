"""Bytes become text: the right encoding, judged on the whole file, or a refusal with the reason.

A byte order mark decides; then UTF-16 and UTF-32 show by where their zero bytes stand; then UTF-8, in which a few bad
bytes are marked and told, as long as most of what is not ASCII is good. Older encodings differ in what the same bytes
mean: of each, the text is judged by whether one language's alphabet explains all of its letters, and by capital letters
standing where capitals stand. Nothing is guessed below that: mojibake in silence is worse than a refusal.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from corpus.errors import UnreadableFile
from corpus.text.language import detect_language

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# The letters beyond a to z of languages that older encodings were made for.
_ALPHABETS = {
    "cs": "áčďéěíňóřšťúůýž",
    "da": "æøåé",
    "de": "äöüßé",
    "es": "áéíñóúü",
    "et": "äõöüšž",
    "fi": "äöåšž",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "hu": "áéíóöőúüű",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūžō",
    "pl": "ąćęłńóśźż",
    "pt": "áâãàçéêíóôõú",
    "ro": "ăâîșțşţ",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "tr": "çğıöşüâîû",
    "az": "çəğıöşü",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "bg": "абвгдежзийклмнопрстуфхцчшщъьюя",
}
_CAPITALS = {language: letters + letters.upper() + "İ" * (language in ("tr", "az")) for language, letters in
             _ALPHABETS.items()}  # fmt: skip
# What stands in texts of every language.
_SIGNS = frozenset("–—‘’“”„‚…€£§«»°№·•×½¼¾±²³´\u00a0\u00ad©®™‹›\ufeff")
# Single bytes, likeliest first: equal texts are the first's.
_SINGLE = (
    *("cp1252", "cp1251", "cp1257", "cp1254", "cp1250", "koi8_r", "koi8_u", "cp866", "iso8859_5", "iso8859_4"),
    *("iso8859_2", "iso8859_15", "mac_roman", "mac_cyrillic"),
)
_SEVERAL = ("gb18030", "big5", "shift_jis", "euc_kr")
_GOOD_ENOUGH = 0.95
_SAMPLE = 20_000  # characters that a language is recognised by
# The upper halves of Latin, Greek, Cyrillic and of typographic signs.
_TOP_BYTES = frozenset((0x00, 0x01, 0x02, 0x03, 0x04, 0x20))
_CJK = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u3000-\u303f\uff00-\uffef]")
# At least so many good characters beyond ASCII stand for each bad byte of a file that is UTF-8.
_GOOD_FOR_EACH_BAD = 4


def decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text and remarks on what could not be read of it. Raises `UnreadableFile` with the reason."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _checked(content.decode(encoding, errors="replace"))
    if wide := _without_mark(content):
        return _checked(wide)
    nothing = content.count(b"\x00")
    if nothing > len(content) // 500:
        raise UnreadableFile("it is a binary file, not text, whatever its name says")
    content = content.replace(b"\x00", b" ")
    text, remarks = _eight_bits(content)
    if nothing:
        remarks = (*remarks, f"{_bytes(nothing)} of nothing in it, read as a space.")
    return _checked(text, remarks)


def _eight_bits(content: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    joined = _surrogates_joined(content)
    if joined is not None:
        return joined, ()
    text = content.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(ord(character) > 127 for character in text) - bad
    if good >= _GOOD_FOR_EACH_BAD * bad or (bad == 1 and _is_cut_off(content)):
        return text, (f"{_bytes(bad)} in it that no character is made of, shown as \ufffd.",)
    return _older(content), ()


def _older(content: bytes) -> str:
    """The text in the older encoding that explains it best."""
    texts = dict.fromkeys(_decodings(content, _SINGLE))
    fitting = [text for text in texts if _fits(text) >= _GOOD_ENOUGH]
    if fitting:
        # Several alphabets may explain a few letters; of the right one the words are of its own language too.
        skeleton = content[:_SAMPLE].decode("ascii", errors="ignore")
        mostly_ascii = 2 * sum(map(str.isalpha, skeleton)) > len(content[:_SAMPLE])
        around = detect_language(skeleton) if mostly_ascii else None
        return max(fitting, key=lambda text: _fits(text, (around or detect_language(text[:_SAMPLE]) or "",)))
    for text in _decodings(content, _SEVERAL):
        foreign = [character for character in text if ord(character) > 127]
        if foreign and sum(bool(_CJK.match(character)) for character in foreign) >= _GOOD_ENOUGH * len(foreign):
            return text
    raise UnreadableFile("its text encoding cannot be recognised; save it as UTF-8")


def _decodings(content: bytes, encodings: Iterable[str]) -> Iterator[str]:
    """The text in each encoding in which every byte means something."""
    for encoding in encodings:
        try:
            yield content.decode(encoding)
        except UnicodeDecodeError:
            continue


def _fits(text: str, languages: Iterable[str] = tuple(_ALPHABETS)) -> float:
    """How much of what is not ASCII one of the languages explains, at most 1."""
    foreign = [character for character in text if ord(character) > 127]
    if not foreign:
        return 1.0
    counts: dict[str, int] = {}
    for character in foreign:
        counts[character] = counts.get(character, 0) + 1
    signs = sum(count for character, count in counts.items() if character in _SIGNS)
    known = [_CAPITALS.get(language, "") for language in languages]
    letters = max(sum(count for character, count in counts.items() if character in alphabet) for alphabet in known)
    return (signs + letters) / len(foreign) - (_odd_pairs(text) + _odd_signs(text)) / len(foreign)


def _odd_pairs(text: str) -> int:
    """How often a capital follows a small letter, as in "лХМХЯ", or Cyrillic stands beside Latin, as in "martв"."""
    odd = 0
    for first, second in pairwise(text):
        if first.isalpha() and second.isalpha() and (ord(first) > 127 or ord(second) > 127):
            odd += (second.isupper() and first.islower()) or (_is_cyrillic(first) != _is_cyrillic(second))
    return odd


def _odd_signs(text: str) -> int:
    """How often a sign stands inside a word, where only an apostrophe, a dash or a soft hyphen does."""
    around = zip(text, text[1:], text[2:], strict=False)
    return sum(b in _SIGNS and b not in "’\u00ad–" and a.isalpha() and c.isalpha() for a, b, c in around)


def _is_cyrillic(letter: str) -> bool:
    return "\u0400" <= letter <= "\u04ff"


def _without_mark(content: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark: where zero, or one other byte, stands in every second place."""
    for encoding, width, high in (("utf-32-le", 4, 3), ("utf-32-be", 4, 0), ("utf-16-le", 2, 1), ("utf-16-be", 2, 0)):
        tops = content[high::width]
        if len(content) % width or len(content) < 2 * width or not tops:
            continue
        if sum(top in _TOP_BYTES for top in tops) < 0.95 * len(tops) or (content.isascii() and b"\x00" not in content):
            continue
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_plain(text):
            return text
    return None


def _is_plain(text: str) -> bool:
    common = sum(character.isalnum() or character.isspace() or character in ".,;:!?()'\"-/%" for character in text)
    return "\x00" not in text and common >= 0.9 * len(text) and sum(c in " \n" for c in text) >= len(text) / 40


def _surrogates_joined(content: bytes) -> str | None:
    """CESU-8, in which a character beyond the basic plane is two of three bytes each."""
    try:
        text = content.decode("utf-8", errors="surrogatepass").encode("utf-16", errors="surrogatepass")
        return text.decode("utf-16")
    except UnicodeDecodeError:
        return None


def _is_cut_off(content: bytes) -> bool:
    """Whether only the very last character is incomplete."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end == len(content) and error.reason == "unexpected end of data"
    return False


def _checked(text: str, remarks: tuple[str, ...] = ()) -> tuple[str, tuple[str, ...]]:
    control = sum(1 for character in text if ord(character) < 32 and character not in "\t\n\r\f\v\x1b")
    if control > len(text) // 50:
        raise UnreadableFile("it is a binary file, not text, whatever its name says")
    return text.replace("\x00", " "), remarks


def _bytes(count: int) -> str:
    return "There is one byte" if count == 1 else f"There are {count} bytes"
