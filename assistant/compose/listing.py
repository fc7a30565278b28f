"""Answers from the record: every agreement of somebody, and what became of something over time.

"With which countries did Azerbaijan sign health agreements in 2025?" has as many answers as the record holds, whatever
passages a search would rank first. Each item is still one sentence of one document, word for word.
"""

from collections.abc import Sequence
from itertools import combinations

from assistant.answer import Outcome
from assistant.compose import remarks
from assistant.compose.draft import Draft, repeats
from assistant.language.commitments import Status, describes_content, event_text, place_of
from assistant.language.dates import Period, event_date
from assistant.language.parties import Party, countries
from assistant.language.vocabulary import Vocabulary
from assistant.question.question import Question
from assistant.reader.reading import Evidence
from assistant.record.record import Commitment, Record

_PAIR = 2
LONGEST_LIST = 12
LONGEST_TIMELINE = 8
MOST_STEPS_ADDED = 2
# A sentence belongs to a list where its passage's document and itself have this share of the question's own words.
MOST_SPECIFICS = 0.6


def compose_list(question: Question, record: Sequence[Commitment], vocabulary: Vocabulary) -> Draft | None:
    """All commitments of the record that reached what is asked; None where there is none.

    `record` is of the question's parties, newest first.
    """
    asked = max(question.status or Status.SIGNED, Status.AGREED)
    reached = [item for item in record if _reached(item, asked, question.period) and _fits(question, item, vocabulary)]
    chosen = _each_once(reached, question.parties)[:LONGEST_LIST]
    if not chosen:
        return None
    evidence = tuple(as_evidence(item, vocabulary) for item in chosen)
    partners = dict.fromkeys(partner for item in chosen for partner in _partners(item, question.parties))
    return Draft(Outcome.ANSWERED, evidence, remarks.listed(asked, len(chosen), tuple(partners)), whole=True)


def compose_timeline(question: Question, record: Sequence[Commitment], vocabulary: Vocabulary) -> Draft | None:
    """The furthest that was reached at each time, oldest first; None where the record has nothing of the period."""
    within = [item for item in record if question.period.holds(item.event) and _fits(question, item, vocabulary)]
    strongest_first = sorted(within, key=lambda item: (-item.status, item.report.in_passing))
    chosen: list[Commitment] = []
    for item in strongest_first:
        is_new = all(_month(item) != _month(other) or item.status != other.status for other in chosen)
        if len(chosen) < LONGEST_TIMELINE and is_new and not repeats(item.text, [other.text for other in chosen]):
            chosen.append(item)
    if not chosen:
        return None
    in_order = sorted(chosen, key=lambda item: (item.event.iso if item.event else "", item.status))
    return Draft(Outcome.ANSWERED, tuple(as_evidence(item, vocabulary) for item in in_order), whole=True)


def steps_left_out(
    question: Question, told: Sequence[Evidence], record: Record, vocabulary: Vocabulary
) -> list[Evidence]:
    """Steps of the record that an answer about a status or a comparison leaves out, at most `MOST_STEPS_ADDED`.

    Between two countries: the signature, approval or entry into force that the answer does not tell of. Where a country
    is compared with two others: the furthest step with each.
    """
    added: list[Commitment] = []
    asks_of_status = question.status is not None and question.status >= Status.AGREED
    if len(question.countries) == _PAIR and asks_of_status and not question.asks_for_one_fact:
        fitting = _steps(question, question.countries, record, vocabulary)
        for status in (Status.SIGNED, Status.APPROVED, Status.IN_FORCE):
            if not any(item.report.reported is status for item in told):
                added += _nearest([item for item in fitting if item.status is status], told, vocabulary)
    elif len(question.countries) > _PAIR and question.compares:
        for pair in combinations(question.countries, _PAIR):
            steps = _steps(question, pair, record, vocabulary)
            furthest = max(steps, key=lambda item: (item.status, _month(item)), default=None)
            if furthest is not None and not any(item.text == furthest.text for item in told):
                added.append(furthest)
    return [as_evidence(item, vocabulary) for item in added[:MOST_STEPS_ADDED]]


def in_plain_words(
    question: Question, told: Sequence[Evidence], record: Record, vocabulary: Vocabulary
) -> tuple[Evidence, ...]:
    """An answer on the status between two countries, each step in the sentence of the record that tells it plainly.

    A sentence that mentions a step in passing, or without its own date, gives way to one that reports it; what an
    agreement contains and what is denied stay as they are.
    """
    if len(question.countries) != _PAIR or question.status is None or question.asks_for_one_fact:
        return tuple(told)
    steps = _steps(question, question.countries, record, vocabulary)
    plain: list[Evidence] = []
    for item in told:
        said = item if _is_plain(item) else _plainer(item, steps, vocabulary)
        if said.text not in [other.text for other in plain]:
            plain.append(said)
    return tuple(plain)


def _is_plain(item: Evidence) -> bool:
    """Whether a sentence is best left as it is: it tells of no step, or of one as its own news and with its date."""
    status = item.report.status
    if status is None or status < Status.AGREED or item.report.denied is not None or describes_content(item.text):
        return True
    event = event_date(event_text(item.text, status), place_of(item.text, status), None)
    return not item.report.in_passing and event is not None and not event.is_told


def _plainer(item: Evidence, steps: Sequence[Commitment], vocabulary: Vocabulary) -> Evidence:
    def plainness(step: Commitment) -> tuple[bool, bool, str]:
        return step.event is not None and not step.event.is_told, step.document.id == item.document.id, _month(step)

    same = [step for step in steps if step.status is item.report.status]
    return as_evidence(max(same, key=plainness), vocabulary) if same else item


def _steps(question: Question, parties: Sequence[Party], record: Record, vocabulary: Vocabulary) -> list[Commitment]:
    """What is told of the parties in the period asked about, as its own news and with its date."""
    return [
        item
        for item in record.between(parties)
        if question.period.holds(item.event)
        and not item.report.in_passing
        and item.event is not None
        and _touches(question, item, vocabulary)
    ]


def _nearest(steps: Sequence[Commitment], told: Sequence[Evidence], vocabulary: Vocabulary) -> list[Commitment]:
    """The step, dated itself where one is, whose sentence and document share the most words with the first told."""

    def nearness(step: Commitment) -> tuple[bool, int, str]:
        is_dated = step.event is not None and not step.event.is_told
        return is_dated, len(_context(step, vocabulary) & told[0].terms), _month(step)

    return [max(steps, key=nearness)] if steps and told else []


def _reached(item: Commitment, asked: Status, asked_period: Period) -> bool:
    """Whether a commitment reached what is asked, in the period asked about.

    A later step does not tell when the one asked about was taken: "signed in 2025" is not told by "in force in 2025".
    """
    if asked_period == Period():
        return item.report.confirms(asked)
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
    return item.status, partners or item.document.id, _month(item)


def _partners(item: Commitment, parties: Sequence[Party]) -> list[Party]:
    """The countries, other than those asked about, that the sentence or its document's title names."""
    named = countries(f"{item.document.title}. {item.text}", item.document.language or "en")
    return [party for party in named if party not in parties]


def _plainness(item: Commitment) -> tuple[bool, bool, int, int]:
    """How plainly a sentence tells of a step: as its own news, with its date, naming who took it, early in the text."""
    dated = item.event is not None and not item.event.is_told
    return not item.report.in_passing, dated, len(countries(item.text)), -item.span.start


def _fits(question: Question, item: Commitment, vocabulary: Vocabulary) -> bool:
    """Whether a commitment is about most of what narrows the question down beside its parties and dates."""
    wanted, context = _details(question, vocabulary), _context(item, vocabulary)
    return sum(term in context for term in wanted) >= MOST_SPECIFICS * len(wanted)


def _touches(question: Question, item: Commitment, vocabulary: Vocabulary) -> bool:
    """Whether a commitment has any of the words that narrow the question down."""
    wanted = _details(question, vocabulary)
    return not wanted or not _context(item, vocabulary).isdisjoint(wanted)


def _details(question: Question, vocabulary: Vocabulary) -> list[str]:
    names = {term for party in question.parties for term in vocabulary.terms(party.name)}
    return [term for term in question.specifics if term not in names]


def as_evidence(item: Commitment, vocabulary: Vocabulary) -> Evidence:
    """A commitment as evidence that needs no reading: the record was asked for it."""
    return Evidence(
        document=item.document,
        span=item.span,
        text=item.text,
        score=1.0,
        terms=frozenset(vocabulary.terms(item.text)),
        context=_context(item, vocabulary),
    )


def _context(item: Commitment, vocabulary: Vocabulary) -> frozenset[str]:
    return frozenset((*vocabulary.terms(item.text), *vocabulary.terms(item.document.title)))


def _month(item: Commitment) -> str:
    return item.event.iso[:7] if item.event else ""
