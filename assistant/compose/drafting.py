"""What the code alone answers: from the record where all of it is asked for, else composed from the evidence.

Both are completed by the later step of the record that belongs to them. A language model may word it.
"""

from collections.abc import Sequence

from assistant.answer import Outcome
from assistant.compose import extractive
from assistant.compose.comparing import compose_comparison
from assistant.compose.draft import Draft
from assistant.compose.listing import (
    Read,
    as_evidence,
    compose_briefing,
    compose_list,
    compose_status,
    compose_timeline,
)
from assistant.language.commitments import Status, describes_content
from assistant.question.question import ANY_TIME, Question
from assistant.question.shapes import Shape
from assistant.reader.calibration import ADD
from assistant.reader.reading import Evidence
from assistant.scope.view import View

_OF_STATUS = (Shape.STATUS, Shape.EXPLANATION)
_OF_STATUS_KINDS = ("what", "status", "yesno")
# "What has Latvia signed?" asks for all of it; whether, or why, it signed something asks of that alone.
_ASKS_OF_ALL = ("what", "list", "count")


def settled(question: Question, view: View, read: Read) -> Draft | None:
    """An answer for which nothing has to be searched or read; None where something has."""
    return extractive.of_no_document(question) or from_record(question, view, read)


def draft_of(question: Question, evidence: Sequence[Evidence], view: View, read: Read) -> Draft:
    """The answer to a question, or its refusal, from the record or from `evidence`, best first."""
    draft = settled(question, view, read) or extractive.compose(question, evidence)
    if question.shape is Shape.BRIEFING and question.parties and not question.absent_parties:
        about = extractive.about_parties(question, evidence)
        return compose_briefing(question, view.record.between(question.parties), about, read) or draft
    # Of three parties or more that have nothing all together each side is told, asked for as a comparison or not.
    if (question.shape is Shape.COMPARISON or len(question.parties) > 2) and not question.absent_parties:
        compared = compose_comparison(question, view.record, evidence, read)
        if compared is not None:
            return compared
    asked = _asked_of_status(question)
    if asked is None or question.absent_parties or question.absent_year:
        return draft
    record = view.record.between(question.parties)
    is_told = draft.outcome in (Outcome.ANSWERED, Outcome.PARTIAL)
    # What the reader finds no answer to may be another matter than what the record has of the parties; where it has
    # nothing but talks, that is the answer whatever was asked about.
    if not is_told and question.kind != "what" and any(item.status >= Status.AGREED for item in record):
        return draft
    about = extractive.about_parties(question, evidence)
    denial = [item for item in about if item.score >= ADD and extractive.denies(item, asked)][:1]
    return compose_status(question, asked, record, (*_contents(asked, about), *draft.evidence), denial, read) or draft


def _asked_of_status(question: Question) -> Status | None:
    """How far a question asks things to have come between two or more parties; None where it asks something else.

    "Latvia and Azerbaijan agreement" asks what was agreed.
    """
    asks = question.shape in _OF_STATUS or question.kind in _OF_STATUS_KINDS
    if not asks or len(question.parties) < 2:
        return None
    if question.status is None:
        return Status.AGREED if question.names_instrument and question.kind == "what" else None
    return question.status if question.status >= Status.AGREED else None


def _contents(asked: Status, about: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence that says what an agreement covers: who asks what was agreed wants that too."""
    if asked not in (Status.AGREED, Status.SIGNED):
        return []
    return [item for item in about if describes_content(item.text)][:1]


def from_record(question: Question, view: View, read: Read) -> Draft | None:
    """An answer from everything recorded of the parties, where the question asks for all of it."""
    if question.absent_parties:
        return None
    if not question.parties:
        return _of_everybody(question, view, read)
    if question.shape is Shape.TIMELINE:
        return compose_timeline(question, view.record.between(question.parties), read)
    reaches = question.status is None or question.status >= Status.AGREED
    asks_of_all = question.shape is Shape.LIST and (question.status is not None or question.names_instrument)
    asks_of_one = question.kind in _ASKS_OF_ALL and len(question.parties) == 1 and question.status is Status.SIGNED
    if reaches and (asks_of_all or asks_of_one):
        return compose_list(question, view.record.between(question.parties), read)
    return None


def _of_everybody(question: Question, view: View, read: Read) -> Draft | None:
    """All agreements of a time, whoever made them: "Which agreements were signed in 2025?"."""
    reaches = question.status is not None and question.status >= Status.AGREED
    if question.shape is not Shape.LIST or not reaches or not question.names_instrument or question.period == ANY_TIME:
        return None
    return compose_list(question, view.record.of_everybody(), read)


def with_later_step(draft: Draft, view: View) -> Draft:
    """Whoever is told of a signature is told as well what a later document reports became of it."""
    if draft.outcome not in (Outcome.ANSWERED, Outcome.PARTIAL):
        return draft
    told = [item.text for item in draft.told]
    for item in draft.told:
        later = view.record.later_step(item, told)
        if later is not None:
            return draft.and_also(as_evidence(later))
    return draft
