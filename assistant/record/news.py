"""What is new: the documents that were stored last, each with the furthest step that it reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.language.organisations import names_party
from assistant.language.parties import Party
from assistant.record.record import Commitment, Record
from corpus.catalog.contents import Contents
from corpus.document import Document

MOST = 50
# Where only documents on some parties are wanted, so many are looked through.
_LOOKED_THROUGH = 1000


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document, when it was stored (ISO 8601, UTC), and the furthest step it tells as news, if it tells any."""

    document: Document
    added: str
    step: Commitment | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, for the command line."""
        return {
            "added": self.added,
            "document": {
                "id": self.document.id,
                "path": f"{self.document.source}/{self.document.path}",
                "title": self.document.title,
                "publisher": self.document.publisher,
                "published": self.document.published,
            },
            "step": self.step.to_dict() if self.step else None,
        }


def news(
    contents: Contents,
    record: Record,
    *,
    parties: Sequence[Party] = (),
    since: str | None = None,
    hidden: frozenset[str] = frozenset(),
    most: int = MOST,
) -> list[NewDocument]:
    """The documents that were stored last, newest first; with `parties`, those that name all of them."""
    found: list[NewDocument] = []
    for document, added in contents.newest(_LOOKED_THROUGH if parties else most, since, hidden):
        if len(found) == most:
            break
        if all(names_party(document, party) for party in parties):
            steps = [step for step in record.of(document) if not step.report.in_passing]
            found.append(NewDocument(document, added, max(steps, key=_reach, default=None)))
    return found


def _reach(step: Commitment) -> tuple[int, int]:
    """How far a step is; of equal ones the first of its document is the greater."""
    return step.status, -step.span.start
