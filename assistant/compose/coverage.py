"""What the chosen sentences leave open of a question, and the sentences that close it.

A question that names several parties or dates wants something on each, and one that is answered by yes or no wants to
know as well what the documents deny.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from assistant.language.commitments import states_absence
from assistant.language.dates import months
from assistant.language.organisations import text_names
from assistant.language.parties import Party
from assistant.question.question import Question
from assistant.reader.reading import Evidence

# A sentence that only closes a gap may be this much weaker than the best one.
CLOSE_ENOUGH_TO_ADD = 0.1


def left_open(question: Question, chosen: Sequence[Evidence], about: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence on each party and date asked about that `chosen` does not speak of, and the best denial.

    `about` is all that may be told, best first.
    """
    added: list[Evidence] = []
    for wanted in _wanted(question):
        if not any(wanted(item) for item in (*chosen, *added)):
            least = CLOSE_ENOUGH_TO_ADD * about[0].score
            best = next((item for item in about if item.score >= least and wanted(item)), None)
            if best is None and wanted is denies:
                best = denial_of_the_same(about)
            if best is not None:
                added.append(best)
    return added


def denies(item: Evidence) -> bool:
    """Whether a sentence tells that something did not happen or is not reported."""
    return item.report.denied is not None or states_absence(item.text)


def _wanted(question: Question) -> Iterator[Callable[[Evidence], bool]]:
    if len(question.parties) > 1:
        yield from (partial(_names, party) for party in question.parties)
    if len(question.months) > 1:
        yield from (partial(_is_of, month) for month in sorted(question.months))
    if question.is_yes_no or question.names_instrument:
        yield denies


def denial_of_the_same(about: Sequence[Evidence]) -> Evidence | None:
    """What the document that fits best says did not happen, however little that sentence repeats of the question."""
    same = (item for item in about if item.document.id == about[0].document.id)
    return next((item for item in same if item.report.denied is not None), None)


def _names(party: Party, item: Evidence) -> bool:
    return text_names(item.text, party)


def _is_of(asked: tuple[str, str], item: Evidence) -> bool:
    """Whether a sentence names the month and year asked about, or the year where only that is asked."""
    return any(year == asked[1] and asked[0] in ("", month) for month, year in months(item.text))
