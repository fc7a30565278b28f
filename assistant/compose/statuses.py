"""Composes answers about a status (agreed, signed, approved, in force): strongest and newest first.

Where less is reported than was asked, plain words say so, and what was denied or merely discussed is told as that.
"""

from collections.abc import Sequence

from assistant.answer import Outcome
from assistant.compose import remarks
from assistant.compose.coverage import left_open
from assistant.compose.draft import Draft
from assistant.compose.refusal import refuse
from assistant.compose.selection import (
    CLOSE_ENOUGH_TO_CONFIRM,
    CLOSE_TO_BEST,
    LONGEST_ANSWER,
    MOST_SPECIFICS,
    is_told,
    select,
)
from assistant.language.commitments import Status, describes_content, report, tells_of_talks
from assistant.language.dates import dates_conflict
from assistant.question.kinds import Kind, shows
from assistant.question.question import Question
from assistant.reader.reading import Evidence

# Where more is reported of a status, at least so much of it is told.
SHORTEST_STATUS_ANSWER = 4
# Beside a denial: how much is told of documents that were signed on the same occasion, and of mere talks.
SIGNED_BESIDE_DENIAL = 3
TALKS_BESIDE_DENIAL = 1
# What a sentence gains where its document's title tells of the same status, and loses where it names it in passing.
TITLE_BONUS = 0.2
_FEWEST_WORDS_OF_SUBSTANCE = 12


def compose_status(question: Question, asked: Status, about: Sequence[Evidence]) -> Draft:
    """What reports that the status `asked` was reached, or how far things are reported to have come."""
    worth_telling = CLOSE_TO_BEST * about[0].score
    fitting = [item for item in about if item.score >= worth_telling and _fits(question, item)]
    confirmed = [item for item in fitting if item.report.confirms(asked)]
    denials = _denials(asked, fitting)
    elsewhere = [item for item in about if item.report.confirms(asked) and item not in confirmed]
    if not fitting:
        return _compose_other(question, about, elsewhere)
    if confirmed and (not denials or _quality(denials[0]) <= max(map(_quality, confirmed))):
        if question.asks_for_one_fact and not question.compares:
            # "When was it signed?" is not answered by the approval that came later.
            exact = [item for item in confirmed if item.report.reported is asked]
            return Draft(Outcome.ANSWERED, select(question, sorted(exact or confirmed, key=_quality, reverse=True)))
        told = _strongest(confirmed)
        return Draft(Outcome.ANSWERED, (*told, *left_open(question, told, about)))
    chosen = [*denials[:1], *(_furthest(fitting, denials) if denials else _discussed(fitting))]
    if len(question.countries) > 1:
        chosen += [item for item in _strongest(elsewhere) if not is_told(item, chosen)]
    chosen = [*chosen[:LONGEST_ANSWER], *left_open(question, chosen, about)]
    return Draft(Outcome.PARTIAL, tuple(chosen), remarks.less_than_asked(question, asked, fitting))


def _compose_other(question: Question, about: Sequence[Evidence], elsewhere: Sequence[Evidence]) -> Draft:
    """Nothing is about what narrows the question down: say so, and tell what is reported between its parties."""
    missing = _missing_specifics(question, about)
    if len(question.countries) < 2 or not missing:
        return refuse(question, about)
    reported = _strongest(elsewhere) or _discussed(about)
    return Draft(Outcome.PARTIAL, reported, remarks.not_reported(question, missing))


def _denials(asked: Status, fitting: Sequence[Evidence]) -> list[Evidence]:
    """The sentences that deny what is asked; or else the best one, where it tells of it as still to come."""
    found = [
        item for item in fitting if item.report.denied is not None and item.report.denied <= max(asked, Status.SIGNED)
    ]
    return found or [item for item in fitting[:1] if item.report.pending is asked]


def _fits(question: Question, item: Evidence) -> bool:
    """Whether a sentence is about what narrows the question down: most of its own words, and its dates."""
    if dates_conflict(question.months, item.text):
        return False
    present = sum(term in item.context for term in question.specifics)
    return present >= MOST_SPECIFICS * len(question.specifics)


def _strongest(confirmed: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The best sentence of each status, what the agreement contains, then other documents; strongest, newest first."""
    # What an agreement contains is said in words far from the question's, so a low score does not speak against it.
    contents = [item for item in confirmed if describes_content(item.text)]
    best_score = max((item.score for item in confirmed), default=0.0)
    confirmed = [item for item in confirmed if item.score >= CLOSE_ENOUGH_TO_CONFIRM * best_score]
    chosen: list[Evidence] = []
    for status in sorted({item.report.reported or 0 for item in confirmed}, reverse=True):
        best = max((item for item in confirmed if item.report.reported == status), key=_quality, default=None)
        if best is not None and not is_told(best, chosen):
            chosen.append(best)
    if contents and not any(describes_content(item.text) for item in chosen):
        chosen.append(max(contents, key=lambda item: (shows(Kind.LIST, item.text), item.score)))
    for item in sorted(confirmed, key=_quality, reverse=True):
        if item.document.id not in {other.document.id for other in chosen} and not is_told(item, chosen):
            chosen.append(item)
    for item in sorted(confirmed, key=_quality, reverse=True):
        if len(chosen) < SHORTEST_STATUS_ANSWER and not is_told(item, chosen):
            chosen.append(item)
    chosen = chosen[:LONGEST_ANSWER]
    return tuple(sorted(chosen, key=lambda item: (-(item.report.reported or 0), _newest_first(item), item.span)))


def _quality(item: Evidence) -> float:
    """How well a sentence tells of a status: its score, and whether this is what it and its document are about."""
    told_by_title = report(item.document.title).reported
    is_topic = told_by_title is not None and told_by_title == item.report.reported
    return item.score + (TITLE_BONUS if is_topic else 0.0) - (TITLE_BONUS if item.report.in_passing else 0.0)


def _furthest(relevant: Sequence[Evidence], denials: Sequence[Evidence]) -> list[Evidence]:
    """The evidence of the strongest status that is reported at all, less the denials."""
    reports = [item for item in relevant if item not in denials and item.report.reported is not None]
    strongest = max((item.report.reported or 0 for item in reports), default=0)
    shown = SIGNED_BESIDE_DENIAL if strongest >= Status.AGREED else TALKS_BESIDE_DENIAL
    return [item for item in reports if item.report.reported == strongest][:shown]


def _discussed(relevant: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What was talked about, in the order of the document that says most of it."""
    leading = relevant[0].document.id
    substance = [
        item
        for item in relevant
        if item.document.id == leading
        and len(item.text.split()) >= _FEWEST_WORDS_OF_SUBSTANCE
        and tells_of_talks(item.text)
    ]
    by_place = sorted(substance or relevant[:LONGEST_ANSWER], key=lambda item: item.span)
    return tuple(by_place[:LONGEST_ANSWER])


def _missing_specifics(question: Question, about: Sequence[Evidence]) -> list[str]:
    """The words that narrow the question down and stand nowhere in what was found about its parties."""
    covered = frozenset().union(*(item.context for item in about))
    return [term for term in question.specifics if term not in covered]


def _newest_first(item: Evidence) -> tuple[int, ...]:
    """Sorts dates in descending order; undated documents come last."""
    published = item.document.published or "0000"
    return tuple(-int(part) for part in published.split("-"))
