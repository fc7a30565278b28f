"""Composes an answer from sentences, word for word, and decides whether there is one.

No language model: a handful of the best sentences in a readable order, or a refusal that names what is missing. What
was asked for as agreed and is only reported as discussed is told in those words. The composer drafts evidence, not
text; `citations` turns the draft into an answer.
"""

import re
from collections.abc import Iterable, Sequence

from assistant import remarks
from assistant.answer import Outcome
from assistant.commitments import Status, describes_content, report, states_absence, tells_of_talks
from assistant.coverage import denial_of_the_same, left_open
from assistant.dates import dates_conflict
from assistant.disagreement import differ
from assistant.draft import Draft, repeats
from assistant.kinds import Kind, shows, states_absence_of
from assistant.naming import Name, binding, is_called
from assistant.organisations import is_named
from assistant.parties import is_about, names
from assistant.question import Question
from assistant.reading import Evidence

# Below this score the best sentence is taken not to answer (chosen on the shipped questions, see docs/evaluation.md).
ANSWER_THRESHOLD = 0.01
# Above it, the best sentence is trusted although it counts something by another word ("children" for "youngsters").
SURE_OF_ANOTHER_WORD = 0.08
# How close a further sentence must come to the best one.
CLOSE_TO_BEST = 0.1
CLOSE_TO_BEST_FACT = 0.73
CLOSE_ENOUGH_TO_CONFIRM = 0.37
AS_GOOD_AS_BEST = 0.7
LONGEST_ANSWER = 6
LONGEST_FACT_ANSWER = 2
LONGEST_LIST_ANSWER = 7
# Where things or times are set side by side.
LONGEST_COMPARISON = 8
# Where more is reported of a status, at least so much of it is told.
SHORTEST_STATUS_ANSWER = 4
CLOSEST_SHOWN = 3
# Beside a denial: how much is told of documents that were signed on the same occasion, and of mere talks.
SIGNED_BESIDE_DENIAL = 3
TALKS_BESIDE_DENIAL = 1
# What a sentence gains where its document's title tells of the same status, and loses where it names it in passing.
TITLE_BONUS = 0.2
# A sentence is about the matter asked after where its context has this share of the question's specific words.
MOST_SPECIFICS = 0.6
_FEWEST_WORDS_OF_SUBSTANCE = 12
# Index terms of what goes by no other word.
_UNITS = frozenset(("cent", "percent", "euro", "dollar", "hour", "day", "week", "month", "year", "kilometr"))
# Index terms that ask for money and need not stand beside it.
_WORDS_OF_MONEY = frozenset(
    (
        "money",
        "cost",
        "budget",
        "price",
        "sum",
        "amount",
        "fund",
        "fee",
        "expens",
        "worth",
        "paid",
        "pay",
        "spend",
        "spent",
        "incom",
        "total",
        "overal",
        "receiv",
        "contribut",
        "give",
        "gave",
        "donat",
        "grant",
    )
)
_BY_PRONOUN = re.compile(r"(?:He|She|The (?:\w+ ){0,2}(?:minister|ambassador|president|official|director|chair))\b")


def compose(question: Question, evidence: Sequence[Evidence]) -> Draft:
    """Draft an answer to `question` from `evidence` scored by the reader, best first."""
    if not question.terms:
        return Draft(Outcome.UNCLEAR, remark=remarks.UNCLEAR)
    if question.unknown_names:
        return Draft(Outcome.NOT_FOUND, remark=remarks.unknown_names(question), closest=_closest(evidence))
    about = [item for item in evidence if is_about(item.document, item.text, question.countries)]
    if not about and _speaks_of_each(question, evidence):
        about = [item for item in evidence if any(names(item.document, party) for party in question.countries)]
    about = [item for item in about if _names_organisations(question, item)]
    if not about:
        return Draft(Outcome.NOT_FOUND, remark=remarks.no_party(question), closest=_closest(evidence))
    about = [item for item in about if item.context.issuperset(question.acronyms)] or about
    kept_to = (
        ()
        if question.compares
        else binding(question.names, {item.document.id: item.document for item in about}.values())
    )
    called = [item for item in about if all(is_called(item.document, name) for name in kept_to)]
    if not called:
        return Draft(Outcome.NOT_FOUND, remark=remarks.not_called(question, kept_to), closest=_closest(about))
    about = [item for item in called if _tells_of_all(kept_to, item)] or called
    if _says_it_is_not_told(question, about):
        return Draft(Outcome.NOT_FOUND, remark=remarks.NOT_TOLD, closest=_closest(about))
    if question.status is not None and question.status >= Status.AGREED:
        return _compose_status(question, question.status, about)
    return _compose_facts(question, about)


def _compose_facts(question: Question, about: Sequence[Evidence]) -> Draft:
    """What answers a question about anything but a status, or a refusal."""
    counted = [item for item in about if all(term in item.context for term in question.counted)]
    if about[0].score >= SURE_OF_ANOTHER_WORD and not _UNITS.intersection(question.counted):
        counted = list(about)
    if not counted or counted[0].score < ANSWER_THRESHOLD:
        return _refused(question, about)
    if Kind.MONEY in question.kinds:
        counted = _with_sums_first(question, counted)
    if not counted:
        return Draft(Outcome.NOT_FOUND, remark=remarks.no_sum(question), closest=_closest(about))
    selected = _selected(question, counted)
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


def _refused(question: Question, about: Sequence[Evidence]) -> Draft:
    """Nothing answers; where the question takes an agreement for granted, what denies one is told."""
    denial = denial_of_the_same(about) if question.names_instrument else None
    if denial is None:
        return Draft(Outcome.NOT_FOUND, remark=remarks.missing_words(question, about), closest=_closest(about))
    return Draft(Outcome.PARTIAL, (denial,), remarks.NO_SUCH_THING)


def _speaks_of_each(question: Question, evidence: Sequence[Evidence]) -> bool:
    """Whether a question about several countries is about each of them, not about what is between them."""
    joins = question.status is not None or question.asks_for_one_fact or "between" in question.standalone.lower()
    if joins and not question.compares:
        return False
    return all(any(names(item.document, party) for item in evidence) for party in question.countries)


def _names_organisations(question: Question, item: Evidence) -> bool:
    """Whether a sentence's document names the organisations asked about: all of them, or one of those compared."""
    named = [is_named(item.document, organisation) for organisation in question.organisations]
    return any(named) or not named if question.compares or " or " in question.read else all(named)


def _tells_of_all(names: Sequence[Name], item: Evidence) -> bool:
    """Whether a sentence's passage names every person, and the sentence whoever is asked to have done something."""
    return all(
        item.context >= name.last and (not name.is_subject or item.terms >= name.last or _BY_PRONOUN.match(item.text))
        for name in names
        if name.is_person
    )


def _says_it_is_not_told(question: Question, about: Sequence[Evidence]) -> bool:
    """Whether a source says itself that it does not tell, in a sentence that fits as well as the best of its time."""
    of_the_time = [item for item in about if not dates_conflict(question.months, item.text)] or about
    asked, best = frozenset(question.specifics), of_the_time[0]
    return any(
        states_absence(item.text)
        and (item.report.denied is None or question.asks_for_one_fact)
        and item.score >= CLOSE_TO_BEST_FACT * best.score
        and (item is best or item.terms & asked - best.terms or asked & best.terms <= item.terms)
        for item in of_the_time[:CLOSEST_SHOWN]
    ) or any(
        # "The date of the decree is not given" answers "on what day was the decree signed?", whatever fits better.
        asked
        and asked <= item.terms
        and item.score >= CLOSE_ENOUGH_TO_CONFIRM * best.score
        and any(states_absence_of(kind, item.text) for kind in question.kinds)
        for item in of_the_time
    )


# Facts: the best sentence, and what it leaves open


def _selected(question: Question, about: Sequence[Evidence]) -> tuple[Evidence, ...]:
    one_fact = question.asks_for_one_fact and not question.compares
    close = (CLOSE_TO_BEST_FACT if one_fact else CLOSE_TO_BEST) * about[0].score
    as_good = AS_GOOD_AS_BEST * about[0].score
    least = close if question.compares else max(close, min(ANSWER_THRESHOLD, about[0].score))
    good = [item for item in about if item.score >= least]
    if not one_fact and question.kinds:  # the sentences that hold the list asked for come first
        good.sort(key=lambda item: -sum(shows(kind, item.text) for kind in question.kinds))
    if question.compares:
        return _side_by_side(question, about, good)
    longest = LONGEST_FACT_ANSWER if one_fact else LONGEST_LIST_ANSWER if question.kinds else LONGEST_ANSWER
    chosen = good[:1]
    for item in good[1:]:
        if len(chosen) >= longest:
            break
        if not _repeats(item, chosen) and (not one_fact or _adds(question, item, chosen) or item.score >= as_good):
            chosen.append(item)
    ordered = _in_reading_order(chosen, by_standing=not one_fact)
    # Of a kind of thing asked for, the sentence that holds it best is what the reader came for.
    return (chosen[0], *(item for item in ordered if item is not chosen[0])) if question.kinds else ordered


def _side_by_side(question: Question, about: Sequence[Evidence], good: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The best sentence of each document and about each party first, then more; in order of their documents' dates."""
    first_of_documents = {item.document.id: item for item in reversed(good)}.values()
    chosen: list[Evidence] = []
    for item in (*sorted(first_of_documents, key=lambda item: -item.score), *good):
        if len(chosen) < LONGEST_COMPARISON and not _repeats(item, chosen):
            chosen.append(item)
    left_out = left_open(question, chosen, about)
    chosen = [*chosen[: LONGEST_COMPARISON - len(left_out)], *left_out]
    return tuple(sorted(chosen, key=lambda item: (item.document.published or "9999", item.document.path, item.span)))


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


def _adds(question: Question, item: Evidence, chosen: Sequence[Evidence]) -> bool:
    """Whether a further sentence shows a kind of thing asked for that the chosen ones do not."""
    return any(
        shows(kind, item.text) and not any(shows(kind, other.text) for other in chosen) for kind in question.kinds
    )


def _repeats(item: Evidence, chosen: Iterable[Evidence]) -> bool:
    return repeats(item.text, (other.text for other in chosen))


def _in_reading_order(chosen: Sequence[Evidence], *, by_standing: bool) -> tuple[Evidence, ...]:
    """Sentences of one document together and in its order; documents by their standing or their best sentence."""
    first = {item.document.id: number for number, item in reversed(list(enumerate(chosen)))}
    return tuple(
        sorted(
            chosen,
            key=lambda item: (-item.standing if by_standing else 0.0, first[item.document.id], item.span),
        )
    )


# Status: strongest and newest first, and plain words where less is reported than was asked


def _compose_status(question: Question, asked: Status, about: Sequence[Evidence]) -> Draft:
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
            return Draft(Outcome.ANSWERED, _selected(question, sorted(exact or confirmed, key=_quality, reverse=True)))
        told = _strongest(confirmed)
        return Draft(Outcome.ANSWERED, (*told, *left_open(question, told, about)))
    chosen = [*denials[:1], *(_furthest(fitting, denials) if denials else _discussed(fitting))]
    if len(question.countries) > 1:
        chosen += [item for item in _strongest(elsewhere) if not _repeats(item, chosen)]
    chosen = [*chosen[:LONGEST_ANSWER], *left_open(question, chosen, about)]
    return Draft(Outcome.PARTIAL, tuple(chosen), remarks.less_than_asked(question, asked, fitting))


def _compose_other(question: Question, about: Sequence[Evidence], elsewhere: Sequence[Evidence]) -> Draft:
    """Nothing is about what narrows the question down: say so, and tell what is reported between its parties."""
    missing = _missing_specifics(question, about)
    if len(question.countries) < 2 or not missing:
        return _refused(question, about)
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
    best_score = max((item.score for item in confirmed), default=0.0)
    confirmed = [item for item in confirmed if item.score >= CLOSE_ENOUGH_TO_CONFIRM * best_score]
    chosen: list[Evidence] = []
    for status in sorted({item.report.reported or 0 for item in confirmed}, reverse=True):
        best = max((item for item in confirmed if item.report.reported == status), key=_quality, default=None)
        if best is not None and not _repeats(best, chosen):
            chosen.append(best)
    contents = [item for item in confirmed if describes_content(item.text)]
    if contents and not any(describes_content(item.text) for item in chosen):
        chosen.append(max(contents, key=lambda item: (shows(Kind.LIST, item.text), item.score)))
    for item in sorted(confirmed, key=_quality, reverse=True):
        if item.document.id not in {other.document.id for other in chosen} and not _repeats(item, chosen):
            chosen.append(item)
    for item in sorted(confirmed, key=_quality, reverse=True):
        if len(chosen) < SHORTEST_STATUS_ANSWER and not _repeats(item, chosen):
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


def _closest(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple(evidence[:CLOSEST_SHOWN])


def _newest_first(item: Evidence) -> tuple[int, ...]:
    """Sorts dates in descending order; undated documents come last."""
    published = item.document.published or "0000"
    return tuple(-int(part) for part in published.split("-"))
