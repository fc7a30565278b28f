"""Reads `training/frames/`: invented ways of asking, each filled with countries, subjects and years in turn.

What is asked for is a way of asking, whatever it is about. Each frame is filled several times, so that a linear probe
learns to look past the subject.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "frames"
FILLED_TIMES = 6
_YEARS = range(2009, 2027)


@dataclass(frozen=True, slots=True)
class Asked:
    """One filled question, its kind and language, whether it leans on a conversation, and its frame's number."""

    text: str
    kind: str
    language: str
    leans: bool
    frame: int


def read_frames(generator: random.Random, times: int = FILLED_TIMES) -> Iterator[Asked]:
    """Every frame of every language, filled so often; each question once."""
    for path in sorted(FOLDER.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        places = {name: values.split("; ") for name, _, values in (line[2:].partition("\t") for line in lines[:2])}
        for number, line in enumerate(lines[2:]):
            kind, _, frame = line.partition("\t")
            filled = sorted({_filled(frame, places, generator) for _ in range(times)})
            yield from (Asked(text, kind.rstrip("+"), path.stem, kind.endswith("+"), number) for text in filled)


def _filled(frame: str, places: dict[str, list[str]], generator: random.Random) -> str:
    one, other = generator.sample(places["countries"], 2)
    subject, year = generator.choice(places["subjects"]), str(generator.choice(_YEARS))
    text = frame.replace("{a}", one).replace("{b}", other).replace("{t}", subject).replace("{y}", year)
    return text if generator.random() < 0.7 else text.rstrip(" ?.!").lower()
