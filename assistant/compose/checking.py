"""Decides which sentences of a language model may be shown, and which sentences of the evidence each rests on.

A sentence must break no literal rule and be held (`support`) by what it cites. Where it cites nothing, or what does not
hold it, the sentences of the evidence that do are found by code: the model's markers are an offer. Whoever
published a sentence may be named with it, and what a sentence says of "it" may be told by the one before.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from assistant.answer import Layout
from assistant.compose.draft import Sentence, repeats
from assistant.compose.written import WrittenSentence
from assistant.language.organisations import names_party
from assistant.language.parties import mentions
from assistant.model.arithmetic import numbers
from assistant.model.entailment import content_words, word_overlap, words_of
from assistant.model.evidence import GivenEvidence, label
from assistant.model.support import Checker, Verdict, names
from assistant.question.question import Question
from assistant.reader.reading import Evidence

# Of a model that does not come to the point; each sentence costs a look at every passage it cites.
MOST_CHECKED = 48
MOST_CITED = 4
# What code attributes a sentence to: at most so many sentences, looked for among so many of the nearest.
_MOST_ATTRIBUTED, _NEAREST = 3, 8
# Of a sentence's words, the share that the source's own sentence must have to stand in its place.
_SAME_MATTER = 0.5
UNCONFIRMED = "(not confirmed by the passages it cites)"


@dataclass(frozen=True, slots=True)
class Failed:
    """A sentence that may not be shown, and in a word why."""

    written: WrittenSentence
    reason: str


class CheckedSentences:
    """The sentences of one answer that may be shown; each is checked once, however often it is looked at."""

    def __init__(
        self, question: Question, given: GivenEvidence, checker: Checker, *, marks_unsupported: bool = False
    ) -> None:
        self._question = question
        self._given = given
        self._checker = checker
        self._marks_unsupported = marks_unsupported
        self._words = [words_of(item.text) for item in given.sentences]
        self._seen: dict[tuple[WrittenSentence, tuple[Evidence, ...]], Sentence | Failed] = {}

    def checked(self, written: Sequence[WrittenSentence]) -> list[Sentence | Failed]:
        """Each sentence as it may be shown, or why not, in the model's order; repetitions are left out.

        What has no name and no number of its own falls with the sentence before it.
        """
        told: list[Sentence | Failed] = []
        before: tuple[Evidence, ...] = ()
        for item in written[:MOST_CHECKED]:
            kept = [each.text for each in told if isinstance(each, Sentence)]
            if repeats(item.text, kept) and item.layout is not Layout.ROW:
                continue
            key = (item, before)
            if key not in self._seen:
                self._seen[key] = self._looked_at(item, before)
            result = self._seen[key]
            if told and isinstance(told[-1], Failed) and _leans(item):
                result = Failed(item, "depends on one taken out")
            told.append(result)
            before = result.evidence if isinstance(result, Sentence) else ()
        return told

    def source_of(self, failed: Failed, told: Collection[Sentence]) -> Sentence | None:
        """The source's own sentence that can stand in the place of a failed one; None where none is near enough."""
        offered = [item for number in failed.written.numbers if (item := self._given.numbered(number))]
        nearest = [item for item in (*offered, *self._nearest(failed.written.text)) if _is_prose(item)]
        best = max(nearest, key=lambda item: word_overlap(failed.written.text, [item.text]), default=None)
        if best is None or word_overlap(failed.written.text, [best.text]) < _SAME_MATTER:
            return None
        if any(best in sentence.evidence for sentence in told) or repeats(best.text, [each.text for each in told]):
            return None
        return Sentence.quoting(best, failed.written.layout)

    def _looked_at(self, written: WrittenSentence, before: tuple[Evidence, ...]) -> Sentence | Failed:
        if written.text[0].islower() and written.layout is Layout.RUNNING:
            return Failed(written, "fragment")
        offered = dict.fromkeys(written.numbers)
        cited = tuple(item for number in offered if (item := self._given.numbered(number)))[:MOST_CITED]
        verdict = self._verdict(written.text, cited) if cited else Verdict(("no citation",), 0.0)
        if verdict.supported:
            return Sentence(written.text, self._needed(written.text, cited), written.layout)
        for some in self._others(written.text, cited, before):
            if self._verdict(written.text, some).supported:
                return Sentence(written.text, some, written.layout)
        if self._marks_unsupported and cited and verdict.is_literal:
            return Sentence(f"{written.text} {UNCONFIRMED}", cited, written.layout)
        return Failed(written, verdict.reasons[0] if verdict.reasons else "support")

    def _needed(self, text: str, cited: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        """Of what a sentence cites, those that hold it alone; all where none does."""
        alone = tuple(item for item in cited if len(cited) > 1 and self._verdict(text, (item,)).supported)
        return alone or cited

    def _others(
        self, text: str, cited: tuple[Evidence, ...], before: tuple[Evidence, ...]
    ) -> Iterator[tuple[Evidence, ...]]:
        """What a claim may rest on beside what it cites: that and the sentence before it; the nearest, fewest first."""
        said_before = tuple(item for item in before if any(_is_beside(item, other) for other in cited))
        if said_before:
            yield (*cited, *said_before)[:MOST_CITED]
        nearest = self._nearest(text)
        yield from ((item,) for item in nearest[:_MOST_ATTRIBUTED])
        # Names and numbers of several documents make one sentence only where the model says that they do.
        yield from ((*cited[:1], item) for item in nearest[:1] if cited and _is_beside(item, cited[0]))

    def _nearest(self, text: str) -> list[Evidence]:
        """The sentences that hold most of a claim's words, numbers and names before others."""
        wanted, telling = content_words(text), set(names(text)) | {str(number) for number in numbers(text)}
        share = [(len(wanted & words) + len(telling & words), -place) for place, words in enumerate(self._words)]
        best = sorted(range(len(share)), key=lambda place: share[place], reverse=True)[:_NEAREST]
        return [self._given.sentences[place] for place in best if share[place][0] >= max(1, len(wanted) // 4)]

    def _verdict(self, claim: str, cited: Sequence[Evidence]) -> Verdict:
        known = [
            party for party in self._question.countries if any(names_party(item.document, party) for item in cited)
        ]
        publishers = " ".join(label(item.document.publisher) for item in cited)
        return self._checker.check(claim, [item.text for item in cited], known, publishers)


def _leans(written: WrittenSentence) -> bool:
    """Whether a sentence names nobody and nothing of its own."""
    text = written.text
    return written.layout is Layout.RUNNING and not (set(names(text)) or numbers(text) or mentions(text))


def reasons(results: Sequence[Sentence | Failed]) -> Counter[str]:
    """Why sentences may not be shown, each reason with its number."""
    return Counter(result.reason for result in results if isinstance(result, Failed))


def _is_beside(item: Evidence, other: Evidence) -> bool:
    return item.document.id == other.document.id and item != other


def _is_prose(item: Evidence) -> bool:
    return not item.text.lstrip().startswith("|")
