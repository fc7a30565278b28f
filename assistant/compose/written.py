"""Reads what a language model wrote: its verdict, and its sentences with the numbers they cite and their place.

The JSON asked for, what is left of it where it was cut off, or text with markers in the forms that models write.
Markdown, code fences and thoughts are dropped; nothing is added but the full stop at a sentence's end. What may be
shown is decided elsewhere.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.answer import Layout
from assistant.compose.draft import readable
from corpus.document import Span
from corpus.text.sentences import sentences

# What is longer is no sentence, and comparing it with its sources would take seconds.
LONGEST_SENTENCE = 600
_LONGEST_MISSING = 300

_MARKER = re.compile(
    r"[\[【]\^?(?:evidence |source )?(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)(?:†[^\]】]*)?[\]】]", re.IGNORECASE
)
_MARKERS_BEHIND = re.compile(rf"([.!?…][\"”»)]*)((?:\s*{_MARKER.pattern})+)", re.IGNORECASE)
_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_ITEM = re.compile(r"^\s*(?:[-*+•>]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"^\s*#{1,6}\s+")
_TOLD = re.compile(r"[^\w]{0,8}(verdict|missing)[^\w]{1,5}(.*)", re.IGNORECASE)


class Verdict(StrEnum):
    """Whether the model found an answer; `UNSAID` where it did not tell."""

    UNSAID = ""
    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    PREMISE = "premise"


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence as the model wrote it, without its markers, and the numbers in them."""

    text: str
    numbers: tuple[int, ...]
    layout: Layout = field(default=Layout.RUNNING, compare=False)


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """All that a model wrote: its sentences in its order, whether they answer, and what is missing."""

    sentences: tuple[WrittenSentence, ...]
    verdict: Verdict = Verdict.UNSAID
    missing: str = ""


def read_answer(text: str) -> WrittenAnswer:
    """What a model's reply says, in whichever form it came."""
    text = _without_thoughts(text)
    listed, told = tuple(_from_json(text)), _said_in_json(text)
    if listed or told:
        return WrittenAnswer(listed, _verdict(told.get("verdict")), _missing(told.get("missing")))
    said: dict[str, str] = {}
    lines = []
    for line in text.splitlines():
        match = _TOLD.fullmatch(line) if len(line) <= LONGEST_SENTENCE else None
        if match and match[1].lower() not in said:
            said[match[1].lower()] = match[2]
        else:
            lines.append(line)
    return WrittenAnswer(tuple(_from_lines(lines)), _verdict(said.get("verdict")), _missing(said.get("missing")))


def written_sentences(text: str) -> list[WrittenSentence]:
    """The sentences of a model's reply with their numbers."""
    return list(read_answer(text).sentences)


def complete_part(text: str, *, as_json: bool) -> str:
    """Of a reply that is still being written, what will not change: whole objects, or whole lines."""
    return text if as_json else text.rpartition("\n")[0]


def _without_thoughts(text: str) -> str:
    return _THOUGHTS.sub("", text)


def _from_json(text: str) -> Iterator[WrittenSentence]:
    """The sentences of every complete object in `text` that has the asked form, so of JSON that was cut off as well."""
    for item in _objects(text):
        told, numbers = item.get("text"), item.get("evidence")
        if isinstance(told, str) and isinstance(numbers, list):
            layout = _layout(item.get("layout"))
            plain = _plain(_MARKER.sub("", told), layout)
            if plain:
                cited = tuple(number for number in numbers if isinstance(number, int))
                yield WrittenSentence(plain, cited, layout)


def _objects(text: str) -> Iterator[dict[str, object]]:
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            item, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):  # the second where it is nested deeper than anybody asked
            continue
        yield item


def _said_in_json(text: str) -> dict[str, object]:
    """The verdict and what is missing, of an object that has both or has not ended yet."""
    whole = next((item for item in _objects(text) if "verdict" in item), None)
    if whole is not None:
        return whole
    begun = re.match(r'[^{]{0,40}\{\s*"verdict"\s*:\s*"(\w+)"', text)
    return {"verdict": begun[1]} if begun else {}


def _verdict(said: object) -> Verdict:
    word = next(iter(re.findall(r"[a-z]+", str(said or "").lower())), "")
    return Verdict(word) if word in list(Verdict) else Verdict.UNSAID


def _missing(said: object) -> str:
    line = _seen(str(said or ""))[:_LONGEST_MISSING].strip(" .*_`")
    return "" if line.casefold() in ("none", "nothing", "-", "n/a") else line


def _layout(said: object) -> Layout:
    return Layout(said) if isinstance(said, str) and said in list(Layout) else Layout.RUNNING


def _from_lines(lines: list[str]) -> Iterator[WrittenSentence]:
    after_gap = False
    for line in lines:
        if not line.strip():
            after_gap = True
            continue
        layout = _layout_of(line)
        if layout is Layout.RUNNING and after_gap:
            layout = Layout.PARAGRAPH
        after_gap = False
        yield from _of_row(line) if layout is Layout.ROW else _of_line(line, layout)


def _layout_of(line: str) -> Layout:
    if line.lstrip().startswith("|"):
        return Layout.ROW
    if _HEADING.match(line):
        return Layout.PARAGRAPH
    return Layout.ITEM if _ITEM.match(line) else Layout.RUNNING


def _of_row(line: str) -> Iterator[WrittenSentence]:
    plain = _plain(_MARKER.sub("", line), Layout.ROW)
    if plain:
        yield WrittenSentence(plain, tuple(_marked(line)), Layout.ROW)


def _of_line(line: str, layout: Layout) -> Iterator[WrittenSentence]:
    """The sentences of a line; the first begins what the line begins."""
    line = _MARKERS_BEHIND.sub(r"\2\1", _HEADING.sub("", _ITEM.sub("", line)))
    for span in sentences(line, Span(0, len(line))):
        part = span.of(line)
        plain = _plain(_MARKER.sub("", part), layout)
        if plain:
            yield WrittenSentence(plain, tuple(_marked(part)), layout)
            layout = Layout.RUNNING


def _marked(text: str) -> Iterator[int]:
    for match in _MARKER.finditer(text):
        yield from _numbers(match[1])


def _numbers(marked: str) -> Iterator[int]:
    """The numbers of a marker: "1", "1, 3", "2-4"."""
    for part in re.split(r"[,;]", marked):
        first, *last = (int(number) for number in re.findall(r"\d+", part))
        yield from range(first, (last[-1] if last else first) + 1)


def _seen(text: str) -> str:
    """One line, without characters that are not seen and without Markdown."""
    seen = "".join(each for each in text if each.isspace() or unicodedata.category(each)[0] != "C")
    return readable(re.sub(r"[`*_#]+", " ", seen))


def _plain(text: str, layout: Layout) -> str:
    """One sentence of prose, or the cells of a row; empty without words, or with too many."""
    if layout is Layout.ROW:
        cells = [re.sub(r"\s+", " ", _seen(cell)) for cell in text.strip().strip("|").split("|")]
        row = " | ".join(cells)
        return row if re.search(r"\w{2}", row) and len(row) <= LONGEST_SENTENCE else ""
    line = re.sub(r"\s+([.,;:!?…])", r"\1", _seen(text.replace("|", " "))).strip()
    if not re.search(r"\w{2}", line) or len(line) > LONGEST_SENTENCE:
        return ""
    return line if line.endswith((".", "!", "?", "…", "”", '"', ")")) else f"{line.rstrip(',;:')}."
