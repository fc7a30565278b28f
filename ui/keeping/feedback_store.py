"""Feedback, and where that is switched on every question with its outcome: for whoever looks after the corpus.

A row says what was asked, what became of it and which documents were cited; nothing says who asked. What is older than
the days set is deleted, when rows are written and by `assistant records purge`.
"""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sql

from assistant.answer import Answer
from corpus.catalog.database import String
from ui import LONGEST_QUESTION
from ui.rendering import one_line
from ui.storage.database import Database, metadata, moment

LONGEST_REASON = 1_000
REFUSED = ("not_found", "unclear")

questions = sql.Table(
    "question",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("at", String, nullable=False, index=True),
    sql.Column("question", String, nullable=False),
    sql.Column("alike", String, nullable=False),
    sql.Column("outcome", String, nullable=False),
    sql.Column("as_of", String),
    sql.Column("documents", sql.JSON, nullable=False),
    sql.Column("milliseconds", sql.Float, nullable=False),
)
feedback = sql.Table(
    "feedback",
    metadata,
    sql.Column("id", String, primary_key=True),
    sql.Column("at", String, nullable=False, index=True),
    sql.Column("question", String, nullable=False),
    sql.Column("outcome", String, nullable=False),
    sql.Column("documents", sql.JSON, nullable=False),
    sql.Column("generation", sql.Integer, nullable=False),
    sql.Column("liked", sql.Boolean, nullable=False),
    sql.Column("reason", String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions that are alike: the wording used last, how often, when last, and how long answers took."""

    question: str
    count: int
    last: str
    outcome: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One person's judgement of one answer."""

    at: str
    question: str
    outcome: str
    documents: tuple[str, ...]
    generation: int
    liked: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewPeriod:
    """Days, both included; None for no limit."""

    since: date | None = None
    until: date | None = None

    def holds(self, column: "sql.Column[str]") -> "sql.ColumnElement[bool]":
        """The condition that a stored moment is within the period."""
        return sql.and_(
            sql.true(),
            *([column >= f"{self.since.isoformat()}T"] if self.since else []),
            *([column < f"{self.until.isoformat()}U"] if self.until else []),  # U comes after every T
        )


class FeedbackStore:
    """What was asked and how it was judged, in a database, for at most `days`."""

    def __init__(self, database: Database, *, days: int) -> None:
        self.days = days
        self._database = database
        self._cleaned = ""
        self._cleaning = threading.Lock()

    def note_question(self, answer: Answer, milliseconds: float) -> None:
        """Record a question, as it was understood, with what became of it."""
        understood = one_line(answer.standalone_question)[:LONGEST_QUESTION]
        row = {
            "at": moment(),
            "question": understood,
            "alike": alike(understood),
            "outcome": answer.outcome.value,
            "as_of": answer.as_of,
            "documents": cited_documents(answer),
            "milliseconds": round(milliseconds, 1),
        }
        with self._database.writing() as connection:
            connection.execute(questions.insert().values(row))
        self._clean_daily()

    def add_feedback(self, answer: Answer, generation: int, *, liked: bool, reason: str = "") -> str:
        """Store a judgement of an answer; returns an id that only who gave it knows."""
        row = {
            "id": secrets.token_urlsafe(16),
            "at": moment(),
            "question": one_line(answer.standalone_question)[:LONGEST_QUESTION],
            "outcome": answer.outcome.value,
            "documents": cited_documents(answer),
            "generation": generation,
            "liked": liked,
            "reason": one_line(reason)[:LONGEST_REASON],
        }
        with self._database.writing() as connection:
            connection.execute(feedback.insert().values(row))
        self._clean_daily()
        return str(row["id"])

    def give_reason(self, identifier: str, reason: str) -> bool:
        """Put a reason to a judgement given before; False where there is none of that id."""
        with self._database.writing() as connection:
            change = feedback.update().where(feedback.c.id == identifier)
            return bool(connection.execute(change.values(reason=one_line(reason)[:LONGEST_REASON])).rowcount)

    def take_back(self, identifier: str) -> bool:
        """Delete a judgement; False where there is none of that id."""
        with self._database.writing() as connection:
            return bool(connection.execute(feedback.delete().where(feedback.c.id == identifier)).rowcount)

    def asked(self, period: ReviewPeriod, *, refused: bool = False, most: int = 100) -> list[Asked]:
        """The questions of a period, alike ones together, most asked first; with `refused`, only those refused."""
        if not self._database.exists:
            return []
        table = questions.c
        within = period.holds(table.at)
        if refused:
            within = sql.and_(within, table.outcome.in_(REFUSED))
        count = sql.func.count().over(partition_by=table.alike)
        slowness = sql.func.avg(table.milliseconds).over(partition_by=table.alike)
        newest_first = sql.func.row_number().over(partition_by=table.alike, order_by=[table.at.desc(), table.id.desc()])
        columns = (table.question, count.label("number"), table.at.label("last"), table.outcome, slowness.label("slow"))
        rows = sql.select(*columns, table.alike, newest_first.label("place")).where(within).subquery().c
        query = sql.select(rows.question, rows.number, rows.last, rows.outcome, rows.slow).where(rows.place == 1)
        query = query.order_by(rows.number.desc(), rows.last.desc(), rows.alike).limit(most)
        with self._database.reading() as connection:
            return [Asked(*row) for row in connection.execute(query)]

    def judged(self, period: ReviewPeriod, *, liked: bool | None = None, most: int = 200) -> list[Judged]:
        """The judgements of a period, newest first; all, or those that liked or disliked."""
        if not self._database.exists:
            return []
        table = feedback.c
        within = period.holds(table.at) if liked is None else sql.and_(period.holds(table.at), table.liked == liked)
        query = sql.select(
            *(table.at, table.question, table.outcome, table.documents, table.generation, table.liked, table.reason)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.where(within).order_by(table.at.desc(), table.id).limit(most)).all()
        return [Judged(*row[:3], tuple(row[3]), *row[4:]) for row in rows]

    def outcomes(self, period: ReviewPeriod) -> dict[str, int]:
        """How many questions of a period had each outcome."""
        if not self._database.exists:
            return {}
        query = sql.select(questions.c.outcome, sql.func.count()).where(period.holds(questions.c.at))
        with self._database.reading() as connection:
            rows = connection.execute(query.group_by(questions.c.outcome)).all()
        return {row[0]: row[1] for row in rows}

    def purge(self, days: int) -> tuple[int, int]:
        """Delete what is older than that many days; returns how many questions and how many judgements."""
        if not self._database.exists:
            return 0, 0
        before = moment(days_before=days)
        with self._database.writing() as connection:
            counts = [
                connection.execute(table.delete().where(table.c.at < before)).rowcount
                for table in (questions, feedback)
            ]
        return counts[0], counts[1]

    def _clean_daily(self) -> None:
        today = moment()[:10]
        with self._cleaning:
            due, self._cleaned = self._cleaned != today, today
        if due:
            self.purge(self.days)


def alike(question: str) -> str:
    """What questions have in common that differ only in case, spaces and final marks."""
    return one_line(question).casefold().rstrip(" ?!.…")


def cited_documents(answer: Answer) -> Sequence[str]:
    """The paths of the documents that an answer cites, each once."""
    return list(dict.fromkeys(citation.document.path for citation in answer.citations))
