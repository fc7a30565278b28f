"""Composes answers of the evidence itself, word for word: which sentences are told, how many, in which order.

Two calibrated numbers decide: from one probability on the best sentence is told, from another a further one is added
(`assistant.reader.calibration`). Lengths by shape stand in one table. Refusals name only what is certainly missing: a
party that no document names, or a time that nothing is told of.
"""

from collections.abc import Sequence

from assistant.answer import Outcome
from assistant.compose import remarks
from assistant.compose.draft import Draft, repeats
from assistant.language.commitments import Status
from assistant.language.organisations import is_named
from assistant.language.parties import is_about, names
from assistant.question.question import Question
from assistant.question.shapes import Shape
from assistant.reader.calibration import ADD, NEAR, TELL, TELL_OF_NAMED
from assistant.reader.reading import Evidence

CLOSEST_SHOWN = 3
LONGEST = {
    Shape.FACT: 3,
    Shape.STATUS: 3,
    Shape.EXPLANATION: 3,
    Shape.PROVISION: 5,
    Shape.LIST: 8,
    Shape.TIMELINE: 8,
    Shape.COMPARISON: 8,
    Shape.BRIEFING: 8,
    Shape.TALK: 0,
}


def compose(question: Question, evidence: Sequence[Evidence]) -> Draft:
    """Draft an answer to `question` from `evidence` scored by the reader, best first."""
    language = question.language
    if (draft := of_no_document(question)) is not None:
        return draft
    if question.absent_parties or question.absent_year:
        return not_found(remarks.absent(question.absent_parties, question.absent_year, language), evidence)
    about = about_parties(question, evidence)
    if not about and len(question.parties) > 1:
        return not_found(remarks.apart(question.parties, language), evidence)
    if not about or about[0].score < (TELL_OF_NAMED if question.names_document else TELL):
        return not_found(remarks.nothing(language), about or evidence)
    chosen = select(question, about)
    if question.shape is Shape.STATUS and question.status is not None:
        return _of_status(question, question.status, chosen, about)
    return Draft(Outcome.ANSWERED, tuple(chosen))


def of_no_document(question: Question) -> Draft | None:
    """What is said to a question that no document could answer: to thanks, and to nothing at all."""
    if not question.has_words:
        return Draft(Outcome.UNCLEAR, remark=remarks.unclear(question.language))
    if question.shape is Shape.TALK and not question.parties:
        return Draft(Outcome.UNCLEAR, remark=remarks.talk(question.language))
    return None


def not_found(remark: str, evidence: Sequence[Evidence]) -> Draft:
    """A refusal for the reason in `remark`, with the best of the evidence as what comes closest."""
    return Draft(Outcome.NOT_FOUND, remark=remark, closest=tuple(evidence[:CLOSEST_SHOWN]))


def about_parties(question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence of documents that are about the parties asked about, or that at least name them all.

    Where things are compared, a document need be about one of them only.
    """
    if question.shape is Shape.COMPARISON:
        return [item for item in evidence if not question.parties or _names_any(question, item)]
    named = [item for item in evidence if all(is_named(item.document, each) for each in question.organisations)]
    about = [item for item in named if is_about(item.document, item.text, question.countries)]
    return about or [item for item in named if all(names(item.document, each) for each in question.countries)]


def select(question: Question, about: Sequence[Evidence]) -> list[Evidence]:
    """The sentences that are told, the best first, then the others in the order in which they are read."""
    longest = LONGEST[question.shape]
    chosen = list(about[:1])
    least = max(ADD, NEAR * about[0].score)
    for item in about[1:]:
        if len(chosen) < longest and item.score >= least and not repeats(item.text, (other.text for other in chosen)):
            chosen.append(item)
    if question.shape is Shape.COMPARISON:
        chosen += _of_each_party(question, chosen, about)[: max(0, longest - len(chosen))]
    first, *rest = chosen
    if question.shape is Shape.TIMELINE:
        return sorted(chosen, key=lambda item: (item.document.published or "9999", item.document.path, item.span))
    if question.shape is Shape.STATUS:
        # What denies it answers at once; else the furthest that is reported does.
        denial = [item for item in about if item.score >= least and denies(item, question.status)][:1]
        told = [item for item in chosen if item not in denial][: longest - len(denial)]
        return [*denial, *sorted(told, key=_furthest_and_newest)]
    return [first, *sorted(rest, key=lambda item: (item.document.id != first.document.id, -item.standing, item.span))]


def _of_each_party(question: Question, chosen: Sequence[Evidence], about: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence about each party of a comparison that has none yet."""
    found = []
    for party in question.countries:
        if not any(names(item.document, party) for item in chosen):
            found += [item for item in about if names(item.document, party)][:1]
    return found


def _of_status(question: Question, asked: Status, chosen: Sequence[Evidence], about: Sequence[Evidence]) -> Draft:
    """The sentences, and in words what is less than was asked, where the evidence says how far it has come."""
    confirmed = any(item.report.confirms(asked) for item in about if item.score >= ADD or item in chosen)
    furthest = max((item.report.reported for item in chosen if item.report.reported is not None), default=None)
    if confirmed or furthest is None or furthest >= asked:
        return Draft(Outcome.ANSWERED, tuple(chosen))
    return Draft(Outcome.PARTIAL, tuple(chosen), remarks.less(asked, furthest, question.language))


def _names_any(question: Question, item: Evidence) -> bool:
    return any(names(item.document, each) for each in question.countries) or any(
        is_named(item.document, each) for each in question.organisations
    )


def denies(item: Evidence, asked: Status | None) -> bool:
    """Whether a sentence says of what is asked, or of less, that it did not happen, or that it ended."""
    denied = item.report.denied
    return item.report.ended or (denied is not None and (asked is None or denied <= asked))


def _furthest_and_newest(item: Evidence) -> tuple[int, list[int], str]:
    """Sorts the furthest status that is told as news first, and of one the newest; undated documents come last."""
    told = item.report.reported or Status.DISCUSSED
    reached = told if told >= Status.AGREED and not item.report.in_passing else Status.DISCUSSED
    published = item.document.published or "0"
    return -reached, [-int(part) for part in published.split("-")], item.document.path
