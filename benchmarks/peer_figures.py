"""What is made of the measurements of several systems over several sets: figures, ratios to this project, tables.

Nothing is run here. Ratios pair what was measured over the same set in the same run; this project was measured before
and after the others there, and both count.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from benchmarks.table import percentile

PROJECT, AGAIN = "this project, search", "this project, search, again"
# Set → system → its figures there.
Measured = Mapping[str, Mapping[str, "Figures"]]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one system did with one set."""

    hit_1: float
    hit_5: float
    rate: float
    p50: float
    p95: float
    megabytes: float


def figures(result: Mapping[str, Any], gold: Sequence[Collection[str]], documents: int) -> Figures:
    """The figures of a system's result: what it found for each question, beside the documents that answer it."""
    first, five = (
        fmean(bool(set(found[:most]) & set(right)) for found, right in zip(result["found"], gold, strict=True))
        for most in (1, 5)
    )
    took = result["took"]
    return Figures(
        first, five, documents / result["ingest"], percentile(took, 0.5), percentile(took, 0.95), result["memory"]
    )


def set_rows(systems: Mapping[str, Figures]) -> list[tuple[str, float, float, float, float, float, float]]:
    """The rows of one set's table, those of this project first, and its second measurement last."""
    return [
        (name, found.hit_1, found.hit_5, found.rate, found.p50, found.p95, found.megabytes)
        for name, found in sorted(systems.items(), key=lambda item: item[0] == AGAIN)
    ]


def overall_rows(measured: Measured) -> list[tuple[str, int, float, float, float, float, float]]:
    """For each system: how many sets, mean hits, medians of documents a second and of p50, and memory.

    Documents a second and p50 are multiples of this project's; memory is the most that was resident in any set.
    """
    names = dict.fromkeys(name for systems in measured.values() for name in systems if name != AGAIN)
    return [(name, *_overall([systems for systems in measured.values() if name in systems], name)) for name in names]


def spread_rows(measured: Measured) -> list[tuple[str, float, float]]:
    """For each set, this project's second measurement over its first: documents a second, and p50."""
    return [
        (name, systems[AGAIN].rate / systems[PROJECT].rate, systems[AGAIN].p50 / systems[PROJECT].p50)
        for name, systems in measured.items()
        if {PROJECT, AGAIN} <= systems.keys()
    ]


def _overall(sets: Sequence[Mapping[str, Figures]], name: str) -> tuple[int, float, float, float, float, float]:
    bases = [_base(systems) for systems in sets]
    return (
        len(sets),
        fmean(systems[name].hit_1 for systems in sets),
        fmean(systems[name].hit_5 for systems in sets),
        median(systems[name].rate / rate for systems, (rate, _) in zip(sets, bases, strict=True)),
        median(systems[name].p50 / p50 for systems, (_, p50) in zip(sets, bases, strict=True)),
        max(systems[name].megabytes for systems in sets),
    )


def _base(systems: Mapping[str, Figures]) -> tuple[float, float]:
    """Documents a second and p50 of this project, between its two measurements; not a number where it has none."""
    own = [systems[name] for name in (PROJECT, AGAIN) if name in systems]
    if not own:
        return math.nan, math.nan
    return math.prod(f.rate for f in own) ** (1 / len(own)), math.prod(f.p50 for f in own) ** (1 / len(own))
