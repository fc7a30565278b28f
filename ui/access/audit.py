"""The audit record: who asked what, when, and which documents the answer cited. Kept only where it is switched on.

JSON lines, only ever added to, one file a day (UTC) in `audit/` of the data folder. Every way to ask calls
`note_answer`; where nothing is switched on, that does nothing.
"""

import json
import logging
import os
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import HTTPConnection

from assistant.answer import Answer
from ui.identity.identity import identity_of

if TYPE_CHECKING:
    from assistant.progress import ProgressEvent

_FILE = re.compile(r"(\d{4}-\d\d-\d\d)\.jsonl")
_KEY = "assistant.audit"
_FAILURES = logging.getLogger("assistant.failures")


@dataclass
class AuditLog:
    """The record of a data folder."""

    folder: Path
    days: int = 365
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _purged: date | None = None

    def add(self, entry: dict[str, Any]) -> None:
        """Add an entry with the time; the first of a day removes the files that are too old."""
        now = datetime.now(UTC)
        line = json.dumps({"time": now.isoformat(timespec="milliseconds"), **entry}, ensure_ascii=False) + "\n"
        with self._lock:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self.folder / f"{now.date().isoformat()}.jsonl"
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:  # one write of one line: two processes never mix theirs
                os.write(descriptor, line.encode())
            finally:
                os.close(descriptor)
            if self._purged != now.date():
                self._purged = now.date()
                self.purge()

    def purge(self, days: int | None = None) -> list[Path]:
        """Delete the files of days longer ago than `days`, and return them."""
        oldest = datetime.now(UTC).date() - timedelta(days=self.days if days is None else days)
        gone = [path for path in sorted(self.folder.glob("*.jsonl")) if _is_before(path.name, oldest)]
        for path in gone:
            path.unlink(missing_ok=True)
        return gone


def _is_before(name: str, oldest: date) -> bool:
    found = _FILE.fullmatch(name)
    try:
        return found is not None and date.fromisoformat(found[1]) < oldest
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Notes:
    """Where answers are noted: the audit record, and whether the request's line in the log shows the question."""

    record: AuditLog | None = None
    show_questions: bool = False


def attach_notes(scope: dict[str, Any], notes: Notes) -> None:
    """Make `note_answer` work for a request; the layer's business alone."""
    scope[_KEY] = notes


def note_answer(request: HTTPConnection, answer: Answer, way: str) -> None:
    """Note what was asked, by whom, and what was cited; `way` is how: "api", "page" and so on.

    An entry that cannot be written is a failure in the log, not one of the answer.
    """
    notes = request.scope.get(_KEY)
    if not isinstance(notes, Notes):
        return
    if notes.show_questions:
        request.scope.setdefault("assistant.notes", {})["question"] = answer.question
    if notes.record is None:
        return
    identity = identity_of(request)
    entry = {
        "request_id": request.scope.get("assistant.request_id", ""),
        "who": {"name": identity.name, "way": identity.way, "id": identity.id},
        "asked": way,
        "question": answer.question,
        "outcome": str(answer.outcome),
        "documents": sorted({citation.document.id for citation in answer.citations}),
    }
    try:
        notes.record.add(entry)
    except OSError:
        _FAILURES.exception("the audit record cannot be written")


def noted(request: HTTPConnection, told: "Iterable[ProgressEvent]", way: str) -> "Iterator[ProgressEvent]":
    """What is told of an answer in the making, as it comes; the answer is noted when it is complete."""
    last = None
    for last in told:
        yield last
    if isinstance(last, Answer) and not last.is_draft:
        note_answer(request, last, way)
