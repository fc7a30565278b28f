"""A name that somebody's computer gave a file becomes one that every system takes, and that means nothing to any.

Only the last piece of a path counts; nothing that a shell, a browser or another operating system could act on is left.
"""

import re
import unicodedata

LONGEST_NAME_BYTES = 200  # systems allow 255; a copy's " (2)" still fits
NAMELESS = "document"
# Controls, halves of surrogate pairs, and marks that turn the writing direction: "annual[RLO]fdp.exe".
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?")


def safe_name(given: str) -> str:
    """The name to keep a file under; a name that is safe stays as it is."""
    last = _UNSEEN.sub("", unicodedata.normalize("NFC", given)).replace("\\", "/").rsplit("/", 1)[-1]
    name = " ".join(_NOT_ON_WINDOWS.sub("_", last).split()).strip(". ")
    if _DEVICES.fullmatch(name):
        name = f"_{name}"
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        return _cut(name, LONGEST_NAME_BYTES) or NAMELESS
    suffix = _cut(suffix, 20)
    return f"{_cut(stem, LONGEST_NAME_BYTES - len(suffix.encode()) - 1) or NAMELESS}.{suffix}"


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore").rstrip(". ")
