"""Decides whether there is an answer, and has it composed from sentences, word for word.

No language model: a handful of the best sentences in a readable order, or a refusal that names what is missing. Here
stands what the evidence must be about; what is told of it is for `facts` and `statuses`. The composer drafts evidence,
not text; `assistant.citations` turns the draft into an answer.
"""

import re
from collections.abc import Sequence

from assistant.answer import Outcome
from assistant.compose import remarks
from assistant.compose.draft import Draft
from assistant.compose.facts import compose_facts
from assistant.compose.refusal import CLOSEST_SHOWN, not_found
from assistant.compose.selection import CLOSE_ENOUGH_TO_CONFIRM, CLOSE_TO_BEST_FACT
from assistant.compose.statuses import compose_status
from assistant.language.commitments import Status, states_absence
from assistant.language.dates import dates_conflict
from assistant.language.naming import Name, binding, is_called
from assistant.language.organisations import is_named
from assistant.language.parties import is_about, names
from assistant.question.kinds import states_absence_of
from assistant.question.question import Question
from assistant.reader.reading import Evidence

_BY_PRONOUN = re.compile(r"(?:He|She|The (?:\w+ ){0,2}(?:minister|ambassador|president|official|director|chair))\b")


def compose(question: Question, evidence: Sequence[Evidence]) -> Draft:
    """Draft an answer to `question` from `evidence` scored by the reader, best first."""
    if not question.terms:
        return Draft(Outcome.UNCLEAR, remark=remarks.UNCLEAR)
    if question.unknown_names:
        return not_found(remarks.unknown_names(question), evidence)
    about = [item for item in evidence if is_about(item.document, item.text, question.countries)]
    if not about and _speaks_of_each(question, evidence):
        about = [item for item in evidence if any(names(item.document, party) for party in question.countries)]
    about = [item for item in about if _names_organisations(question, item)]
    if not about:
        return not_found(remarks.no_party(question), evidence)
    about = [item for item in about if item.context.issuperset(question.acronyms)] or about
    kept_to = (
        ()
        if question.compares
        else binding(question.names, {item.document.id: item.document for item in about}.values())
    )
    called = [item for item in about if all(is_called(item.document, name) for name in kept_to)]
    if not called:
        return not_found(remarks.not_called(question, kept_to), about)
    about = [item for item in called if _tells_of_all(kept_to, item)] or called
    if _says_it_is_not_told(question, about):
        return not_found(remarks.NOT_TOLD, about)
    if question.status is not None and question.status >= Status.AGREED:
        return compose_status(question, question.status, about)
    return compose_facts(question, about)


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
