"""Answers from the record: every agreement of somebody, what became of something over time, and a briefing.

"With which countries did Azerbaijan sign health agreements in 2025?" has as many answers as the record holds, whatever
passages a search would rank first. It is counted before anything is cut. Each item is one sentence of one document.
"""

from collections.abc import Callable, Sequence

from assistant.answer import Outcome
from assistant.compose import remarks
from assistant.compose.draft import Draft, repeats
from assistant.language.commitments import Status, describes_content
from assistant.language.dates import Period
from assistant.language.parties import Party, countries
from assistant.question.question import Question
from assistant.reader.calibration import ADD
from assistant.reader.reading import Candidate, Evidence
from assistant.record.record import Commitment
from assistant.search.retrieval import Hit

LONGEST_LIST = 12
LONGEST_TIMELINE = 12
LONGEST_BRIEFING = 6
LONGEST_STATUS = 2
# What is recorded of the parties, of the status and of the time asked about is left out only where the reader is so
# sure that it is about something else.
LEAST = 0.05
NEAR_TO_LIKELIEST = 0.25
MOST_READ = 60

Read = Callable[[Question, Sequence[Candidate]], Sequence[float]]


def compose_list(question: Question, record: Sequence[Commitment], read: Read) -> Draft | None:
    """All commitments of the record that reached what is asked; None where there is none.

    `record` is of the question's parties, newest first; `read` gives the probability that a sentence answers.
    """
    asked = max(question.status or Status.SIGNED, Status.AGREED)
    reached = [item for item in record if _reached(item, asked, question.period)]
    whole = fitting(question, _each_once(reached, question.parties), read)
    if not whole:
        return None
    shown = whole[:LONGEST_LIST]
    remark = remarks.listed(asked, len(whole), len(shown), question.language)
    return Draft(Outcome.ANSWERED, tuple(map(as_evidence, shown)), remark, whole=True)


def compose_timeline(question: Question, record: Sequence[Commitment], read: Read) -> Draft | None:
    """What was reached at each time, oldest first; None where the record has nothing of the period.

    Where there is more than a timeline holds, what is surest to be about the question is kept.
    """
    within = fitting(question, [item for item in record if question.period.holds(item.event)], read)
    steps = _steps(within, len(within))
    scores = dict(zip(map(id, steps), _scores(question, steps, read), strict=True))
    chosen = sorted(steps, key=lambda item: -scores[id(item)])[:LONGEST_TIMELINE]
    if not chosen:
        return None
    in_order = sorted(chosen, key=lambda item: (month_of(item), item.status))
    return Draft(Outcome.ANSWERED, tuple(map(as_evidence, in_order)), whole=True)


def compose_briefing(
    question: Question, record: Sequence[Commitment], about: Sequence[Evidence], read: Read
) -> Draft | None:
    """The strongest steps of the record, what they cover, what else the reader found, and last what is not reported.

    `about` is the evidence about the question's parties, best first. None without any step.
    """
    within = fitting(question, [item for item in record if question.period.holds(item.event)], read)
    chosen = [as_evidence(item) for item in _steps(within, LONGEST_BRIEFING)]
    if not chosen:
        return None
    open_ones = [item for item in about if item.report.denied is not None]
    others = [item for item in about if item not in open_ones]
    contents = [item for item in others if describes_content(item.text)]
    for items, least, most in ((contents, LEAST, 2), (others, ADD, 4), (open_ones, LEAST, 2)):
        told = [other.text for other in chosen]
        chosen += [item for item in items if item.score >= least and not repeats(item.text, told)][:most]
    return Draft(Outcome.ANSWERED, tuple(chosen), whole=True)


def compose_status(
    question: Question,
    asked: Status,
    record: Sequence[Commitment],
    told: Sequence[Evidence],
    denial: Sequence[Evidence],
    read: Read,
) -> Draft | None:
    """How far things have come between the parties: the furthest step first, then what the reader found beside.

    None where the record has no step that fits. Where no step reached what is asked, the sentence that denies it comes
    first, if there is one in `denial`; else one remark says how far the furthest came, be it only talks.
    """
    reached = [item for item in record if item.status >= Status.AGREED and not item.report.in_passing]
    asked_about = [item for item in reached or record if question.period.holds(item.event)]
    steps = _each_once(fitting(question, asked_about, read), ())
    if not steps:
        return None
    furthest = sorted(steps, key=lambda item: (item.status, month_of(item)), reverse=True)[:LONGEST_STATUS]
    chosen = [as_evidence(item) for item in furthest]
    more = [item for item in told if not repeats(item.text, [other.text for other in chosen])]
    if any(item.report.confirms(asked) for item in reached):
        return Draft(Outcome.ANSWERED, (*chosen, *more)[: LONGEST_STATUS + 1])
    if denial:
        rest = [item for item in (*chosen, *more) if item.text not in [other.text for other in denial]]
        return Draft(Outcome.PARTIAL, (*denial, *rest)[: LONGEST_STATUS + 1])
    evidence = (*chosen, *more)[: LONGEST_STATUS + 1]
    return Draft(Outcome.PARTIAL, evidence, remarks.less(asked, furthest[0].status, question.language))


def as_evidence(item: Commitment) -> Evidence:
    """A commitment as evidence that needs no reading: the record was asked for it."""
    return Evidence(document=item.document, span=item.span, text=item.text, score=1.0)


def fitting(question: Question, steps: Sequence[Commitment], read: Read) -> list[Commitment]:
    """The steps that may be about what is asked; the newest `MOST_READ` are looked at.

    Of a question that asks for an overview no sentence alone is a likely answer, so that what is near to the likeliest
    fits as well.
    """
    looked = steps[:MOST_READ]
    scores = _scores(question, looked, read)
    least = min(LEAST, NEAR_TO_LIKELIEST * max(scores, default=0.0))
    return [item for item, score in zip(looked, scores, strict=True) if score >= least]


def _scores(question: Question, steps: Sequence[Commitment], read: Read) -> Sequence[float]:
    """How probably each step belongs to the answer."""
    return read(question, [(Hit.of(item.document, item.span), item.span, item.text) for item in steps])


def _steps(within: Sequence[Commitment], most: int) -> list[Commitment]:
    """The strongest steps, each status of a month once."""
    chosen: list[Commitment] = []
    for item in sorted(within, key=lambda item: (-item.status, item.report.in_passing)):
        is_new = all(month_of(item) != month_of(other) or item.status != other.status for other in chosen)
        if len(chosen) < most and is_new and not repeats(item.text, [other.text for other in chosen]):
            chosen.append(item)
    return chosen


def _reached(item: Commitment, asked: Status, asked_period: Period) -> bool:
    """Whether a commitment reached what is asked, in the period asked about.

    A later step does not tell when the one asked about was taken: "signed in 2025" is not told by "in force in 2025".
    """
    if asked_period == Period():
        return item.report.confirms(asked)
    if item.report.in_passing and (item.event is None or item.event.is_told):
        return False  # the date is that of the report, which only mentions the step
    return asked_period.holds(item.event) and (
        item.status is asked or (asked is Status.AGREED and item.status is Status.SIGNED)
    )


def _each_once(reached: Sequence[Commitment], parties: Sequence[Party]) -> list[Commitment]:
    """One sentence for each step, however many documents and sentences tell of it; the order is kept."""
    best: dict[tuple[object, ...], Commitment] = {}
    for keys in (_step_in_document, lambda item: _step_between(item, parties)):
        best = {}
        for item in reached:
            key = keys(item)
            if key not in best or _plainness(item) > _plainness(best[key]):
                best[key] = item
        reached = [item for item in reached if item in best.values()]
    kept: list[Commitment] = []
    for item in reached:
        if not repeats(item.text, [other.text for other in kept if other.event == item.event]):
            kept.append(item)
    return kept


def _step_in_document(item: Commitment) -> tuple[object, ...]:
    return item.document.id, item.status, item.event.iso[:4] if item.event else ""


def _step_between(item: Commitment, parties: Sequence[Party]) -> tuple[object, ...]:
    partners = frozenset(_partners(item, parties))
    return item.status, partners or item.document.id, month_of(item)


def _partners(item: Commitment, parties: Sequence[Party]) -> list[Party]:
    """The countries, other than those asked about, that the sentence or its document's title names."""
    named = countries(f"{item.document.title}. {item.text}", item.document.language or "en")
    return [party for party in named if party not in parties]


def _plainness(item: Commitment) -> tuple[bool, bool, int, int]:
    """How plainly a sentence tells of a step: as its own news, with its date, naming who took it, early in the text."""
    dated = item.event is not None and not item.event.is_told
    return not item.report.in_passing, dated, len(countries(item.text)), -item.span.start


def month_of(item: Commitment) -> str:
    """When a step was taken, as year and month; empty where nothing tells."""
    return item.event.iso[:7] if item.event else ""
