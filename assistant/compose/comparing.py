"""Comparisons: each side's furthest step from the record, and what the reader found of that side, in the same order."""

from collections.abc import Sequence

from assistant.answer import Outcome
from assistant.compose.draft import Draft, repeats
from assistant.compose.listing import LEAST, Read, as_evidence, fitting, month_of
from assistant.language.organisations import text_names
from assistant.language.parties import Party
from assistant.question.question import Question
from assistant.question.shapes import Shape
from assistant.reader.reading import Evidence
from assistant.record.record import Commitment, Record

# Sentences of each side.
LONGEST_SIDE = 3


def compose_comparison(question: Question, record: Record, evidence: Sequence[Evidence], read: Read) -> Draft | None:
    """Each side in turn: how far it has come, then what the reader found of it; None where there are no two sides.

    Of three parties one may be common to all sides: "Latvia's agreements with Egypt and with Morocco".
    """
    sides = _sides(question, record)
    chosen: list[Evidence] = []
    for side in sides:
        steps = [item for item in record.between(side) if question.period.holds(item.event)]
        furthest = sorted(fitting(question, steps, read) or steps, key=_furthest)[:1]
        found = [item for item in evidence if item.score >= LEAST and _is_of(item, side, sides)]
        denial = [item for item in found if item.report.denied is not None][:1]
        told: list[Evidence] = []
        for item in (*map(as_evidence, furthest), *denial, *found):
            if len(told) < LONGEST_SIDE and not repeats(item.text, [other.text for other in (*chosen, *told)]):
                told.append(item)
        chosen += told
    return Draft(Outcome.ANSWERED, tuple(chosen)) if chosen else None


def _sides(question: Question, record: Record) -> list[tuple[Party, ...]]:
    """The sides that are compared; none where all parties have to do with each other, or there is but one."""
    parties = question.parties
    if len(parties) < 2 or record.between(parties):
        return []
    for common in parties if len(parties) > 2 else ():
        sides: list[tuple[Party, ...]] = [(common, other) for other in parties if other != common]
        if all(record.between(side) for side in sides):
            return sides
    return [(party,) for party in parties] if question.shape is Shape.COMPARISON else []


def _is_of(item: Evidence, side: Sequence[Party], sides: Sequence[Sequence[Party]]) -> bool:
    """Whether a sentence, with its document's title, names what is one side's alone, and of no other side that."""
    common = set.intersection(*map(set, sides))
    told = f"{item.document.title}. {item.text}"
    own = all(text_names(told, party) for party in side if party not in common)
    return own and not any(
        text_names(item.text, party) for other in sides if other != side for party in other if party not in side
    )


def _furthest(item: Commitment) -> tuple[bool, int, int]:
    """Sorts the furthest step that is told as news first, and of one status the newest."""
    return item.report.in_passing, -item.status, -int(month_of(item).replace("-", "").ljust(6, "0") or 0)
