"""Records as CSV, for a spreadsheet.

A cell that starts like a formula would be run by the spreadsheet that opens it: it is given an apostrophe in front, the
way spreadsheets mark text themselves (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Literal

from ui.keeping.feedback_store import FeedbackStore, ReviewPeriod

MOST_ROWS = 100_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def review_as_csv(records: FeedbackStore, period: ReviewPeriod, which: Literal["questions", "feedback"]) -> str:
    """The questions of a period, alike ones together, or its judgements; the first row names the columns."""
    if which == "questions":
        asked = records.asked(period, most=MOST_ROWS)
        rows = [(item.question, item.count, item.outcome, item.last, round(item.milliseconds)) for item in asked]
        return _written(("question", "times asked", "last outcome", "last asked", "mean milliseconds"), rows)
    columns = ("at", "judged", "question", "outcome", "reason", "documents", "generation")
    judged = records.judged(period, most=MOST_ROWS)
    return _written(
        columns,
        [
            (
                *(item.at, "liked" if item.liked else "disliked", item.question, item.outcome),
                *(item.reason, "; ".join(item.documents), item.generation),
            )
            for item in judged
        ],
    )


def inert_cell(value: object) -> object:
    """The value as a cell that no spreadsheet takes for a formula; numbers are left as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _written(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([inert_cell(value) for value in row] for row in rows)
    return file.getvalue()
