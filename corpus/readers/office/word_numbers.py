"""The numbers that Word writes before paragraphs by itself, as "Article 2", "(b)" or "1.3".

A paragraph names a list and a level, or its style does; the list says how the numbers of each level look and where they
begin. They are part of what a reader sees ("What does Article 2 say?"), and stand in no paragraph's text.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_LEVEL = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LARGEST_ROMAN = 4000


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str


class Numbers:
    """Counts the paragraphs of each list as they are read, in order. `part` is the file's numbering, if any."""

    def __init__(self, part: Any | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._list_of: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        if part is not None:
            self._read(part)

    def next(self, number_id: str, level: int) -> str:
        """What stands before the next paragraph of a list at a level; empty for bullets and unknown lists."""
        abstract = self._list_of.get(number_id)
        levels = self._levels.get(abstract or "", {})
        if level not in levels:
            return ""
        counts = self._counts[abstract or ""]
        start = self._starts.pop((number_id, level), None)
        counts[level] = start if start is not None else counts.get(level, levels[level].start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        if levels[level].format in ("bullet", "none"):
            return ""

        def shown(match: re.Match[str]) -> str:
            other = int(match.group(1)) - 1
            if other not in levels:
                return ""
            return _written(counts.get(other, levels[other].start), levels[other].format)

        return _LEVEL.sub(shown, levels[level].text)

    def _read(self, part: Any) -> None:
        for item in part:
            kind = local(item)
            if kind == "abstractNum":
                levels = {int(value(level, "ilvl")): _level(level) for level in item if local(level) == "lvl"}
                self._levels[value(item, "abstractNumId")] = levels
            elif kind == "num":
                self._read_list(item)

    def _read_list(self, item: Any) -> None:
        number_id = value(item, "numId")
        for child in item:
            if local(child) == "abstractNumId":
                self._list_of[number_id] = value(child, "val")
            elif local(child) == "lvlOverride":
                for start in (grandchild for grandchild in child if local(grandchild) == "startOverride"):
                    self._starts[number_id, int(value(child, "ilvl"))] = int(value(start, "val"))


def local(element: Any) -> str:
    """An element's name without its namespace; empty for comments and instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def value(element: Any, name: str) -> str:
    """An attribute by its local name; empty where there is none."""
    return next((str(text) for key, text in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _level(element: Any) -> _Level:
    told = {local(child): value(child, "val") for child in element}
    return _Level(int(told.get("start") or 1), told.get("numFmt", "decimal"), told.get("lvlText", ""))


def letters(number: int) -> str:
    """After z comes aa, then bb, as Word counts."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def roman(number: int) -> str:
    """In small letters; beyond what people write so, in figures."""
    if not 0 < number < _LARGEST_ROMAN:
        return str(number)
    written = ""
    for size, sign in _ROMAN:
        while number >= size:
            written, number = written + sign, number - size
    return written


def _written(number: int, format_: str) -> str:
    ways: dict[str, Callable[[int], str]] = {
        "lowerLetter": letters,
        "upperLetter": lambda n: letters(n).upper(),
        "lowerRoman": roman,
        "upperRoman": lambda n: roman(n).upper(),
        "decimalZero": lambda n: f"{n:02d}",
    }
    return ways.get(format_, str)(number)
