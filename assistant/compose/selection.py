"""Which of the sentences that answer are told, how many of them, and in which order they are read."""

from collections.abc import Iterable, Sequence

from assistant.compose.coverage import left_open
from assistant.compose.draft import repeats
from assistant.question.kinds import shows
from assistant.question.question import Question
from assistant.reader.reading import Evidence

# Below this score the best sentence is taken not to answer (chosen on the shipped questions, see docs/evaluation.md).
ANSWER_THRESHOLD = 0.01
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
# A sentence is about the matter asked after where its context has this share of the question's specific words.
MOST_SPECIFICS = 0.6


def select(question: Question, about: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Of all that may be told, best first: what is, in reading order."""
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
        if not is_told(item, chosen) and (not one_fact or _adds(question, item, chosen) or item.score >= as_good):
            chosen.append(item)
    ordered = _in_reading_order(chosen, by_standing=not one_fact)
    # Of a kind of thing asked for, the sentence that holds it best is what the reader came for.
    return (chosen[0], *(item for item in ordered if item is not chosen[0])) if question.kinds else ordered


def _side_by_side(question: Question, about: Sequence[Evidence], good: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The best sentence of each document and about each party first, then more; in order of their documents' dates."""
    first_of_documents = {item.document.id: item for item in reversed(good)}.values()
    chosen: list[Evidence] = []
    for item in (*sorted(first_of_documents, key=lambda item: -item.score), *good):
        if len(chosen) < LONGEST_COMPARISON and not is_told(item, chosen):
            chosen.append(item)
    left_out = left_open(question, chosen, about)
    chosen = [*chosen[: LONGEST_COMPARISON - len(left_out)], *left_out]
    return tuple(sorted(chosen, key=lambda item: (item.document.published or "9999", item.document.path, item.span)))


def _adds(question: Question, item: Evidence, chosen: Sequence[Evidence]) -> bool:
    """Whether a further sentence shows a kind of thing asked for that the chosen ones do not."""
    return any(
        shows(kind, item.text) and not any(shows(kind, other.text) for other in chosen) for kind in question.kinds
    )


def is_told(item: Evidence, chosen: Iterable[Evidence]) -> bool:
    """Whether a sentence says what a chosen one says already."""
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
