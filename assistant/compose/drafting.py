"""What the code alone answers: from the record where all of it is asked for, else composed from the evidence.

Both are completed by the steps of the record that belong to them. A language model may word it; what is told stays.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Outcome
from assistant.compose import extractive
from assistant.compose.draft import Draft
from assistant.compose.listing import as_evidence, compose_list, compose_timeline, in_plain_words, steps_left_out
from assistant.language.commitments import Status
from assistant.question.kinds import SINGLE_FACTS
from assistant.question.question import Question
from assistant.reader.reading import Evidence
from assistant.scope.view import View


def draft_of(question: Question, evidence: Sequence[Evidence], view: View) -> Draft:
    """The answer to a question, or its refusal, from the record or from `evidence`, best first."""
    draft = from_record(question, view)
    return draft or _completed(question, extractive.compose(question, evidence), view)


def from_record(question: Question, view: View) -> Draft | None:
    """An answer from everything recorded of the parties, where the question asks for all of it."""
    if question.unknown_names or not question.parties or not (question.lists or question.over_time):
        return None
    told = view.record.between(question.parties)
    if question.lists and (question.status or Status.AGREED) >= Status.AGREED:
        return compose_list(question, told, view.vocabulary)
    if len(question.parties) > 1 and not SINGLE_FACTS.intersection(question.kinds):
        return compose_timeline(question, told, view.vocabulary)
    return None


def _completed(question: Question, draft: Draft, view: View) -> Draft:
    """With the steps of the record that belong to the answer and that the best passages do not hold."""
    if draft.outcome not in (Outcome.ANSWERED, Outcome.PARTIAL):
        return draft
    vocabulary = view.vocabulary
    told = in_plain_words(question, draft.evidence, view.record, vocabulary)
    return replace(draft, evidence=(*told, *steps_left_out(question, told, view.record, vocabulary)))


def with_later_step(draft: Draft, view: View) -> Draft:
    """Whoever is told of a signature is told as well what a later document reports became of it."""
    told = [item.text for item in draft.told]
    for item in draft.told:
        later = view.record.later_step(item, told)
        if later is not None:
            return draft.and_also(as_evidence(later, view.vocabulary))
    return draft
