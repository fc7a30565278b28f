"""Composes answers to questions about anything but a status: the best sentences, sums first, a rival figure beside."""

from collections.abc import Sequence

from assistant.answer import Outcome
from assistant.compose import remarks
from assistant.compose.coverage import left_open
from assistant.compose.disagreement import differ
from assistant.compose.draft import Draft
from assistant.compose.refusal import not_found, refuse
from assistant.compose.selection import (
    ANSWER_THRESHOLD,
    CLOSE_ENOUGH_TO_CONFIRM,
    CLOSE_TO_BEST,
    LONGEST_COMPARISON,
    MOST_SPECIFICS,
    select,
)
from assistant.question.kinds import Kind, shows
from assistant.question.question import Question
from assistant.reader.reading import Evidence

# Above this score the best sentence is trusted although it counts something by another word ("children", "youngsters").
SURE_OF_ANOTHER_WORD = 0.08
# Index terms of what goes by no other word.
_UNITS = frozenset(("cent", "percent", "euro", "dollar", "hour", "day", "week", "month", "year", "kilometr"))
# Index terms that ask for money and need not stand beside it.
_WORDS_OF_MONEY = frozenset(
    """
    money cost budget price sum amount fund fee expens worth paid pay
    spend spent incom total overal receiv contribut give gave donat grant
    """.split()
)


def compose_facts(question: Question, about: Sequence[Evidence]) -> Draft:
    """What answers a question about anything but a status, or a refusal."""
    counted = [item for item in about if all(term in item.context for term in question.counted)]
    if about[0].score >= SURE_OF_ANOTHER_WORD and not _UNITS.intersection(question.counted):
        counted = list(about)
    if not counted or counted[0].score < ANSWER_THRESHOLD:
        return refuse(question, about)
    if Kind.MONEY in question.kinds:
        counted = _with_sums_first(question, counted)
    if not counted:
        return not_found(remarks.no_sum(question), about)
    selected = select(question, counted)
    chosen = (*selected, *left_open(question, selected, counted)[: LONGEST_COMPARISON - len(selected)])
    rival = _rival(question, chosen[0], counted) if question.asks_for_one_fact else None
    if rival is None or rival in chosen:
        return Draft(Outcome.ANSWERED, chosen, remarks.DIFFER if rival else "")
    return Draft(Outcome.ANSWERED, (*chosen, rival), remarks.DIFFER)


def _with_sums_first(question: Question, counted: Sequence[Evidence]) -> list[Evidence]:
    """What tells of the money asked about, and behind it the rest; nothing where no sum is told of the subject."""
    near = CLOSE_ENOUGH_TO_CONFIRM * counted[0].score
    sums = [
        item
        for item in counted
        if item.score >= near and shows(Kind.MONEY, item.text) and _is_of_the_subject(question, item)
    ]
    return [*sums, *(item for item in counted if item not in sums)] if sums else []


def _is_of_the_subject(question: Question, item: Evidence) -> bool:
    """Whether a sentence's context has most of the words that narrow a question down, but for those of money."""
    wanted = [term for term in question.specifics if term not in _WORDS_OF_MONEY]
    return sum(term in item.context for term in wanted) >= MOST_SPECIFICS * len(wanted)


def _rival(question: Question, best: Evidence, about: Sequence[Evidence]) -> Evidence | None:
    """A sentence that gives another figure or day for what the best one tells, and is as much about the question."""
    wanted = best.terms.intersection(question.specifics)
    return next(
        (
            item
            for item in about
            if item.score >= CLOSE_TO_BEST * best.score
            and len(wanted & item.terms) >= MOST_SPECIFICS * len(wanted)
            and differ(best.text, item.text, best.terms, item.terms)
        ),
        None,
    )
