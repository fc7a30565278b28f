"""What is said where nothing answers: what is missing, with the passages that come closest, shown as closest."""

from collections.abc import Sequence

from assistant.answer import Outcome
from assistant.compose import remarks
from assistant.compose.coverage import denial_of_the_same
from assistant.compose.draft import Draft
from assistant.question.question import Question
from assistant.reader.reading import Evidence

CLOSEST_SHOWN = 3


def not_found(remark: str, evidence: Sequence[Evidence]) -> Draft:
    """A refusal for the reason in `remark`, with the best of the evidence as what comes closest."""
    return Draft(Outcome.NOT_FOUND, remark=remark, closest=tuple(evidence[:CLOSEST_SHOWN]))


def refuse(question: Question, about: Sequence[Evidence]) -> Draft:
    """Nothing answers; where the question takes an agreement for granted, what denies one is told."""
    denial = denial_of_the_same(about) if question.names_instrument else None
    if denial is None:
        return not_found(remarks.missing_words(question, about), about)
    return Draft(Outcome.PARTIAL, (denial,), remarks.NO_SUCH_THING)
