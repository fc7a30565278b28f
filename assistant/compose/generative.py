"""Composes an answer with a language model, and lets nothing through that the cited sentences do not hold.

The model is given what the extractive draft chose and the next best evidence, as numbered data. Of what it writes, only
whole sentences with known markers stay whose numbers, dates, names, quotes, links and status stand in what they cite
and that are near enough to it (`support`). Where the model fails or nothing stays, the extractive draft is the answer,
and says so. Whether there is an answer at all is decided before; a refusal never comes here.
"""

import json
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.compose import remarks
from assistant.compose.draft import Draft, Sentence, readable, repeats
from assistant.language.organisations import names_party
from assistant.language.parties import is_about
from assistant.model.prompts import ANSWER_SCHEMA, compose_messages
from assistant.model.provider import LanguageModel
from assistant.model.provider_failures import ModelUnavailable
from assistant.model.support import Checker, Verdict
from assistant.model.time_budget import TimeBudget
from assistant.question.question import Question
from assistant.reader.reading import Evidence
from corpus.document import Span
from corpus.text.sentences import sentences

log = logging.getLogger(__name__)

# What the model is given: so many sentences, and characters of them, beyond those that the draft chose.
MOST_EVIDENCE = 12
MOST_CHARACTERS = 6_000
# What is longer is no sentence, and comparing it with its sources would take seconds.
LONGEST_SENTENCE = 2_000
# Evidence that is much worse than the best only tempts.
CLOSE_TO_BEST = 0.3
LONGEST_ANSWER = 6
LONGEST_SENTENCE = 600
# Of a model that does not come to the point; each sentence costs a look at every passage it cites.
MOST_CHECKED = 20
MOST_CITED = 4
UNCONFIRMED = "(not confirmed by the passages it cites)"

Show = Callable[[Draft], None]

_MARKER = re.compile(
    r"[\[【]\^?(?:evidence |source )?(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)(?:†[^\]】]*)?[\]】]", re.IGNORECASE
)
_MARKERS_BEHIND = re.compile(rf"([.!?…][\"”»)]*)((?:\s*{_MARKER.pattern})+)", re.IGNORECASE)
_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_LAYOUT = re.compile(r"^\s*(?:[-*+•>]|\d{1,2}[.)]|#{1,6})\s+")


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence as the model wrote it, without its markers, and the numbers in them."""

    text: str
    numbers: tuple[int, ...]


class GenerativeComposer:
    """Puts drafts into a language model's words.

    With `marks_unsupported`, a sentence that breaks no literal rule and is only too far from what it cites stays, and
    is marked.
    """

    def __init__(self, model: LanguageModel, checker: Checker, *, marks_unsupported: bool = False) -> None:
        self._model = model
        self._checker = checker
        self._marks_unsupported = marks_unsupported

    def time_budget(self, asker: str = "") -> TimeBudget:
        """What an answer that begins now may take of the model, for whoever asks."""
        return self._model.time_budget(asker)

    def compose(
        self,
        question: Question,
        draft: Draft,
        evidence: Sequence[Evidence],
        *,
        time_budget: TimeBudget,
        show: Show | None = None,
    ) -> Draft:
        """The draft in the model's words; unchanged but for a warning where the model was of no use.

        `evidence` is all that the reader found, best first; `show` is given the checked sentences as they come.
        """
        numbered = evidence_for(question, draft, evidence)
        checked = _Checked(question, numbered, self._checker, marks_unsupported=self._marks_unsupported)

        def show_written(text: str) -> None:
            whole, _, _unfinished = _without_thoughts(text).rpartition("\n")
            if (kept := checked.kept(written_sentences(whole))) and show is not None:
                show(replace(draft, prose=tuple(kept), composer=self._model.name))

        messages = compose_messages(
            question.standalone, numbered, most=LONGEST_ANSWER, as_json=self._model.has_structured_output
        )
        try:
            reply = self._model.ask(
                messages,
                purpose="compose",
                time_budget=time_budget,
                schema=ANSWER_SCHEMA,
                show=None if show is None else show_written,
            )
        except ModelUnavailable as error:
            return replace(draft, warnings=(*draft.warnings, remarks.told_word_for_word(str(error))))
        return self._settled(draft, checked, written_sentences(reply.text), time_budget)

    def _settled(
        self, draft: Draft, checked: "_Checked", written: Sequence[WrittenSentence], time_budget: TimeBudget
    ) -> Draft:
        kept = checked.kept(written)
        removed = checked.removed
        log.info(
            "answer by %s: %d sentences written, %d kept, taken out: %s; %s",
            self._model.name, len(written), len(kept), dict(removed) or "none", time_budget,
        )  # fmt: skip
        if not kept:
            reason = f"Nothing that the language model {self._model.name} wrote stands in the documents"
            return replace(draft, warnings=(*draft.warnings, remarks.told_word_for_word(reason)))
        told = replace(draft, prose=tuple(kept), composer=self._model.name)
        if removed:
            told = replace(told, warnings=(*draft.warnings, remarks.taken_out(removed.total())))
        return _with(told, draft.evidence if draft.whole else draft.evidence[:1])


def _with(draft: Draft, needed: Sequence[Evidence]) -> Draft:
    """The draft with what it leaves out of `needed` told word for word, all in the order of the evidence.

    What the extractive draft put first is always needed: a model may word the answer, but not choose another one.
    """
    for item in needed:
        if item not in draft.told and (draft.whole or not repeats(item.text, [told.text for told in draft.prose])):
            draft = draft.and_also(item)
    place = {item: number for number, item in enumerate(draft.evidence)}
    in_order = sorted(draft.prose, key=lambda told: min(place.get(item, len(place)) for item in told.evidence))
    return replace(draft, prose=tuple(in_order))


def evidence_for(question: Question, draft: Draft, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What the model is given: all that the draft chose, then the next best about the same parties, bounded."""
    chosen = list(draft.evidence)
    least = CLOSE_TO_BEST * max((item.score for item in evidence), default=0.0)
    for item in evidence:
        room = MOST_CHARACTERS - sum(len(other.text) for other in chosen)
        if len(chosen) >= MOST_EVIDENCE or item.score < least or len(item.text) > room:
            break
        is_new = item not in chosen and not repeats(item.text, [other.text for other in chosen])
        if is_new and is_about(item.document, item.text, question.countries):
            chosen.append(item)
    return tuple(chosen)


class _Checked:
    """The sentences of one answer that may be shown; each is checked once, however often it is looked at."""

    def __init__(
        self, question: Question, evidence: Sequence[Evidence], checker: Checker, *, marks_unsupported: bool
    ) -> None:
        self._question = question
        self._evidence = evidence
        self._checker = checker
        self._marks_unsupported = marks_unsupported
        self._seen: dict[WrittenSentence, Sentence | str] = {}

    def kept(self, written: Sequence[WrittenSentence]) -> list[Sentence]:
        """The sentences that may be shown, in order, none twice."""
        kept: list[Sentence] = []
        for item in written[:MOST_CHECKED]:
            if len(kept) == LONGEST_ANSWER:
                break
            if item not in self._seen:
                self._seen[item] = self._looked_at(item)
            sentence = self._seen[item]
            if isinstance(sentence, Sentence) and not repeats(sentence.text, [other.text for other in kept]):
                kept.append(sentence)
        return kept

    @property
    def removed(self) -> Counter[str]:
        """Why sentences were taken out, each reason with its number."""
        return Counter(reason for reason in self._seen.values() if isinstance(reason, str))

    def _looked_at(self, written: WrittenSentence) -> Sentence | str:
        """The sentence with the evidence that it rests on, or in a word why it goes."""
        numbers = [number for number in dict.fromkeys(written.numbers) if 0 < number <= len(self._evidence)]
        cited = [self._evidence[number - 1] for number in numbers[:MOST_CITED]]
        if not cited:
            return "no citation"
        if len(written.text) > LONGEST_SENTENCE:
            return "too long"
        if written.text[0].islower():
            return "fragment"
        verdict = self._verdict(written.text, cited)
        if not verdict.is_literal:
            return verdict.reasons[0]
        if not verdict.supported:
            return Sentence(f"{written.text} {UNCONFIRMED}", tuple(cited)) if self._marks_unsupported else "support"
        if len(cited) > 1:
            alone = [item for item in cited if self._verdict(written.text, [item]).supported]
            cited = alone or cited
        return Sentence(written.text, tuple(cited))

    def _verdict(self, claim: str, cited: Sequence[Evidence]) -> Verdict:
        known = [
            party for party in self._question.countries if any(names_party(item.document, party) for item in cited)
        ]
        return self._checker.check(claim, [item.text for item in cited], known)


def written_sentences(text: str) -> list[WrittenSentence]:
    """The sentences of a model's answer with their numbers: of the JSON asked for, of what is left of it, or of text.

    Markdown, code fences and thoughts are dropped; markers are read in the forms that models write. Nothing is added
    but the full stop at a sentence's end.
    """
    text = _without_thoughts(text)
    listed = list(_from_json(text))
    return listed or [written for line in text.splitlines() for written in _from_line(line)]


def _without_thoughts(text: str) -> str:
    return _THOUGHTS.sub("", text)


def _from_json(text: str) -> Iterator[WrittenSentence]:
    """The sentences of every complete object in `text` that has the asked form, so of JSON that was cut off as well."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            item, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):  # the second where it is nested deeper than anybody asked
            continue
        told, numbers = item.get("text"), item.get("evidence")
        if isinstance(told, str) and isinstance(numbers, list):
            plain = _plain(_MARKER.sub("", told))
            if plain:
                yield WrittenSentence(plain, tuple(number for number in numbers if isinstance(number, int)))


def _from_line(line: str) -> Iterator[WrittenSentence]:
    line = _MARKERS_BEHIND.sub(r"\2\1", _LAYOUT.sub("", line))
    for span in sentences(line, Span(0, len(line))):
        part = span.of(line)
        numbers = tuple(number for match in _MARKER.finditer(part) for number in _numbers(match[1]))
        plain = _plain(_MARKER.sub("", part))
        if plain:
            yield WrittenSentence(plain, numbers)


def _numbers(marked: str) -> Iterator[int]:
    """The numbers of a marker: "1", "1, 3", "2-4"."""
    for part in re.split(r"[,;]", marked):
        first, *last = (int(number) for number in re.findall(r"\d+", part))
        yield from range(first, (last[-1] if last else first) + 1)


def _plain(text: str) -> str:
    """One sentence of prose, its Markdown and what is not seen of it gone; empty without words, or with too many."""
    seen = "".join(each for each in text if each.isspace() or unicodedata.category(each)[0] != "C")
    line = readable(re.sub(r"[`*_#|]+", " ", seen))
    line = re.sub(r"\s+([.,;:!?…])", r"\1", line).strip()
    if not re.search(r"\w{2}", line) or len(line) > LONGEST_SENTENCE:
        return ""
    return line if line.endswith((".", "!", "?", "…", "”", '"', ")")) else f"{line.rstrip(',;:')}."
