"""Prints a table of measurements with the day and the machine above it."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime

from assistant.evaluation.report import percentile as percentile_or_none
from assistant.evaluation.tables import table


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print `rows` under `header`, as Markdown, so that it can go into a document as it is."""
    print(f"\n{title} ({datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.machine()})\n")
    print(table(header, [[_text(value) for value in row] for row in rows]), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed; there must be one."""
    value = percentile_or_none(values, share)
    if value is None:
        raise ValueError("no values were measured")
    return value


def _text(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
