"""What kind of answer a question asks for, in every language: linear probes on what the question is like (`features`).

The weights beside this module were fitted by `training/probes.py`. No pattern over wording: whoever asks "where do we
stand" is told of a status, whatever words stand in the question.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np

from corpus.encoder.protocol import Vectors

WEIGHTS = Path(__file__).parent / "probes.npz"


class Shape(StrEnum):
    """The kinds of answer."""

    FACT = "fact"  # one date, number, sum, place or person
    STATUS = "status"  # how far something has come, or whether it is so
    EXPLANATION = "explanation"
    LIST = "list"  # or how many
    TIMELINE = "timeline"
    COMPARISON = "comparison"
    BRIEFING = "briefing"
    PROVISION = "provision"  # what an article, or a numbered document, says
    TALK = "talk"  # thanks, greetings, help


_PROBES = ("kind", "leaning", "language")
_SHAPES = {
    **dict.fromkeys(("date", "number", "money", "place", "person", "office"), Shape.FACT),
    **dict.fromkeys(("status", "yesno"), Shape.STATUS),
    **dict.fromkeys(("what", "why"), Shape.EXPLANATION),
    **dict.fromkeys(("list", "count"), Shape.LIST),
    **dict.fromkeys(("provision", "identifier"), Shape.PROVISION),
    **{shape.value: shape for shape in (Shape.TIMELINE, Shape.COMPARISON, Shape.BRIEFING, Shape.TALK)},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the probes tell of a question.

    `shape` is the likeliest, `sure` its probability; `leaning` is the probability that the question leans on the
    conversation before it; `kind` the likeliest kind of thing asked for ("date", "money", ...), and `language` the
    likeliest of the languages that the probes were fitted on, with its probability.
    """

    shape: Shape
    sure: float
    kind: str
    leaning: float
    language: str
    language_sure: float


class Probes:
    """Tells what is asked. `describe` gives a question's features (`features.features_by`)."""

    def __init__(self, describe: Callable[[str], Vectors], weights: Path = WEIGHTS) -> None:
        with np.load(weights) as kept:
            self._classes = {name: kept[f"{name}.classes"].tolist() for name in _PROBES}
            self._weights = {name: kept[f"{name}.weights"].astype(np.float32) for name in _PROBES}
            self._intercepts = {name: kept[f"{name}.intercept"] for name in _PROBES}
        self._describe = describe
        self.asked = lru_cache(maxsize=1024)(self._asked)

    def _asked(self, question: str) -> Asked:
        features = self._describe(question)
        kinds, languages = self._told("kind", features), self._told("language", features)
        shapes: dict[Shape, float] = {}
        for kind, probability in kinds.items():
            shapes[_SHAPES[kind]] = shapes.get(_SHAPES[kind], 0.0) + probability
        shape, language = max(shapes, key=shapes.__getitem__), max(languages, key=languages.__getitem__)
        leaning = self._told("leaning", features)["leans"]
        kind = max(kinds, key=kinds.__getitem__)
        return Asked(shape, shapes[shape], kind, leaning, language, languages[language])

    def _told(self, probe: str, features: Vectors) -> dict[str, float]:
        logits = self._weights[probe] @ features + self._intercepts[probe]
        odds = np.exp(logits - logits.max())
        return dict(zip(self._classes[probe], (odds / odds.sum()).tolist(), strict=True))
