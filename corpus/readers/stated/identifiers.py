"""The numbers and signs that a document goes by: "WHA66.12", "Situation report 42", "Decree No. 1234", "2023-DON458".

Told by their form and their place: the head of the text, the title and the file's name. A number that the text counts
on (Article 1, Article 2; Page 1, Page 2) is of a part of it.
"""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePath

from corpus.readers.stated.datelines import is_dateline, month_of

MOST = 8
_HEAD_LINES = 25
_LONGEST_LINE = 200
_NUMBER_SIGN = r"(?:No\.?|Nr\.?|N[°ºo]\.?|№|Nro\.?|#)"
_SIGNED = re.compile(
    rf"(?P<name>[^\W\d_][^\W\d_]*(?: [^\W\d_]+){{0,3}}) {_NUMBER_SIGN} ?(?P<number>\d[\w./-]{{0,14}}(?<![./-]))"
)
# "Situation Report 13" as a whole line, or up to a sign that parts it from what follows.
_NUMBERED = re.compile(
    r"(?P<name>[^\W\d_]{3,}(?: [^\W\d_]{2,}){1,2})(?: ?[-–#] ?| )(?P<number>\d{1,4})(?=\s*(?:[:,(|–—-]|$))"
)
# Letters and figures with a stop or stroke between figures: WHA66.12, EB136/R1, A/RES/60/1.
_SIGN = re.compile(r"[A-Z]{1,6}(?:/[A-Z]{2,5})?[/-]?\d{1,4}(?:[./-][A-Z]{0,4}\d{1,4}){1,3}(?![\w/])")
_IN_NAME = re.compile(r"(?:(?:19|20)\d\d-)?(?=[A-Z]*)[A-Z][A-Z0-9]*(?:[-_./ ][A-Z0-9.]+){0,5}")
_DISEASES = frozenset({"COVID-19", "SARS-COV-2"})


def identifiers(text: str, title: str, name: str) -> tuple[str, ...]:
    """What the document goes by, each once: by its file's name, its title and the first lines."""
    found = list(_in_name(name))
    for number, line in enumerate([title, *_head(text)]):
        if not is_dateline(line):
            found += _in_line(line, text, is_title=number == 0)
    return tuple(dict.fromkeys(found))[:MOST]


def is_numbered(line: str) -> bool:
    """Whether a line is a name of several words with a number and nothing else ("Situation Report 13")."""
    match = _SIGNED.fullmatch(line) or _NUMBERED.fullmatch(line)
    return match is not None and _is_of_a_series(match)


def _head(text: str) -> Iterator[str]:
    lines = (" ".join(line.split()).strip("#*_ ") for line in text[:6000].splitlines())
    return islice((line for line in lines if 0 < len(line) <= _LONGEST_LINE), _HEAD_LINES)


def _in_name(name: str) -> Iterator[str]:
    stem = re.sub(r"^(?:19|20)\d\d-\d\d-\d\d[-_ ]", "", PurePath(name).stem)
    if _IN_NAME.fullmatch(stem) and any(map(str.isdigit, stem)) and stem not in _DISEASES:
        yield stem
        if match := re.fullmatch(r"(?:19|20)\d\d-(?P<sign>[A-Z]+\d+)", stem):
            yield match.group("sign")


def _in_line(line: str, text: str, *, is_title: bool) -> Iterator[str]:
    match = _SIGN.match(line)
    if match and (is_title or len(match.group()) == len(line)):
        yield match.group()
    match = _SIGNED.match(line)
    if match and line[0].isupper() and (is_title or len(line) < len(match.group()) + 40):
        yield match.group()
    match = _NUMBERED.match(line) if is_title else _NUMBERED.fullmatch(line)
    if match and _is_of_a_series(match) and not _counts_on(match.group("name"), match.group("number"), text):
        yield match.group()


def _is_of_a_series(match: re.Match[str]) -> bool:
    """Whether a number may count documents: no year, and not the day of a month."""
    words = match.group("name").split()
    is_year = re.fullmatch(r"(?:19|20)\d\d", match.group("number")) is not None
    return len(words) > 1 and words[0][0].isupper() and not is_year and month_of(words[-1]) is None


def _counts_on(name: str, number: str, text: str) -> bool:
    """Whether the text has the same name with other numbers, each at the beginning of a line."""
    lines = re.finditer(rf"^[#*\s]{{0,6}}{re.escape(name)} (\d{{1,4}})", text[:200_000], re.MULTILINE)
    return any(match.group(1) != number for match in lines)
