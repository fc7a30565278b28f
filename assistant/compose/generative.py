"""Composes an answer with a language model, and lets nothing through that the evidence does not hold.

The model is given the best passages whole (`model.evidence`) and decides whether they answer; a refusal of the rules is
a hint to it. What it writes keeps its order, paragraphs, lists and tables. Each sentence is checked (`checking`): what
fails is repaired by one request, else the source's own sentence stands in its place, else it goes with what depends on
it. That there is no answer is worded here. Where the model fails or nothing stays, the rules' draft is the answer.
"""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answer import Outcome
from assistant.compose import remarks
from assistant.compose.checking import CheckedSentences, Failed, reasons
from assistant.compose.draft import Draft, Sentence
from assistant.compose.written import Verdict, WrittenAnswer, WrittenSentence, complete_part, read_answer
from assistant.model.entailment import content_words
from assistant.model.evidence import GivenEvidence, gather
from assistant.model.prompts import ANSWER_SCHEMA, Hint, compose_messages, repair_messages
from assistant.model.provider import LanguageModel
from assistant.model.provider_failures import ModelUnavailable
from assistant.model.support import Checker
from assistant.model.time_budget import TimeBudget
from assistant.question.question import ENGLISH, Question
from assistant.reader.reading import Evidence
from assistant.search.retrieval import Hit

log = logging.getLogger(__name__)

# What the model may write, and what is shown of it.
LONGEST_ANSWER = 24
# Of an answer of which more fails, a second request mends nothing.
_MOST_REPAIRED = 6
# Of the time that is left after writing.
_TIME_TO_REPAIR = 0.7
_CLOSEST_SHOWN = 3
# What the model is told to write in.
_ENGLISH, _AS_ASKED = "English", "the language of the question"
_REPAIRED = re.compile(r"^\W{0,3}([A-F])[:.)]\s+(?=\S)")

Show = Callable[[Draft], None]
Checked = Sequence[Sentence | Failed]


class GenerativeComposer:
    """Puts drafts into a language model's words.

    With `marks_unsupported`, a sentence that breaks no literal rule and is only too far from what it cites stays, and
    is marked. The answer is in English unless `in_askers_language`, which needs a checker that compares a claim with
    sources in another language; by the words alone it would lose nearly every sentence.
    """

    def __init__(
        self,
        model: LanguageModel,
        checker: Checker,
        *,
        marks_unsupported: bool = False,
        in_askers_language: bool = False,
    ) -> None:
        self._in_askers_language = in_askers_language
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
        passages: Sequence[Hit] = (),
        time_budget: TimeBudget,
        show: Show | None = None,
    ) -> Draft:
        """The answer in the model's words; the draft unchanged but for a warning where the model was of no use.

        `evidence` is all that the reader found, best first, and `passages` are those that it read; `show` is given the
        checked sentences as they come.
        """
        given = gather(draft.evidence, evidence, passages, most_characters=self._model.evidence_characters)
        if not given.sentences:
            return draft
        is_english = not self._in_askers_language or question.language == ENGLISH
        request = _Request(question, given, self._model, time_budget, _ENGLISH if is_english else _AS_ASKED)
        checked = CheckedSentences(question, given, self._checker, marks_unsupported=self._marks_unsupported)
        try:
            written = request.answer(draft, None if show is None else self._showing(draft, checked, show))
        except ModelUnavailable as error:
            return replace(draft, warnings=(*draft.warnings, remarks.told_word_for_word(str(error))))
        return self._settled(draft, written, checked, request)

    def _showing(self, draft: Draft, checked: CheckedSentences, show: Show) -> Callable[[str], None]:
        """What is told of an answer that is being written: its checked sentences, each time there is one more."""
        as_json = self._model.has_structured_output
        seen = 0
        so_far: Draft | None = None

        def show_written(text: str) -> None:
            nonlocal seen, so_far
            if (ended := text.count("}" if as_json else "\n")) != seen:
                seen = ended
                written = read_answer(complete_part(text, as_json=as_json))
                kept = [] if _declines(written, draft) else _kept(checked.checked(written.sentences))
                so_far = _worded(draft, kept, self._model.name, written.verdict) if kept else so_far
            if so_far is not None:  # told again with every piece, so that a listener that has gone is noticed
                show(so_far)

        return show_written

    def _settled(self, draft: Draft, written: WrittenAnswer, checked: CheckedSentences, request: "_Request") -> Draft:
        if _declines(written, draft):
            log.info("%s finds no answer; %s", self._model.name, request.time_budget)
            return self._declined(draft, request)
        results: Checked = checked.checked(written.sentences)
        failed = [result for result in results if isinstance(result, Failed)]
        kept = _kept(results)
        if kept and 0 < len(failed) <= _MOST_REPAIRED:
            results = _mended(results, request.repaired(failed), checked)
        told, quoted = _replaced(results, checked)
        gone = len([result for result in results if isinstance(result, Failed)])
        log.info(
            "answer by %s: %d sentences written, %d kept, failed: %s; %s",
            self._model.name, len(written.sentences), len(told), dict(reasons(results)) or "none", request.time_budget,
        )  # fmt: skip
        if not kept:
            reason = f"Nothing that the language model {self._model.name} wrote stands in the documents"
            return replace(draft, warnings=(*draft.warnings, remarks.told_word_for_word(reason)))
        answer = _worded(draft, told[:LONGEST_ANSWER], self._model.name, written.verdict)
        warnings = [remarks.taken_out(gone, quoted)] if gone else []
        if written.verdict is Verdict.PARTIAL:
            warnings.append(remarks.not_told(_of_the_question(written.missing, request.question)))
        return _with_all(replace(answer, warnings=(*draft.warnings, *warnings)), draft)

    def _declined(self, draft: Draft, request: "_Request") -> Draft:
        """No answer, in our own words: the rules' refusal where they refuse too, with what they found as closest."""
        if draft.outcome not in (Outcome.ANSWERED, Outcome.PARTIAL):
            return draft
        closest = draft.evidence or request.given.sentences
        remark = remarks.nothing(request.question.language)
        return Draft(Outcome.NOT_FOUND, remark=remark, closest=tuple(closest[:_CLOSEST_SHOWN]))


class _Request:
    """What is asked of the model for one question."""

    def __init__(
        self, question: Question, given: GivenEvidence, model: LanguageModel, time_budget: TimeBudget, language: str
    ) -> None:
        self.question = question
        self.given = given
        self.time_budget = time_budget
        self._model = model
        self._language = language

    def answer(self, draft: Draft, show: Callable[[str], None] | None) -> WrittenAnswer:
        """What the model writes. Raises `ModelUnavailable`."""
        refuses = draft.outcome not in (Outcome.ANSWERED, Outcome.PARTIAL)
        messages = compose_messages(
            self.question.standalone,
            self.given,
            most=LONGEST_ANSWER,
            as_json=self._model.has_structured_output,
            language=self._language,
            hint=Hint(draft.remark if refuses else ""),
        )
        reply = self._model.ask(
            messages, purpose="compose", time_budget=self.time_budget, schema=ANSWER_SCHEMA, show=show
        )
        return read_answer(reply.text)

    def repaired(self, failed: Sequence[Failed]) -> dict[int, WrittenSentence]:
        """Failed sentences written anew, by their place among those that failed; nothing where the model fails."""
        messages = repair_messages(
            self.question.standalone,
            self.given,
            [(each.written.text, each.reason) for each in failed],
            language=self._language,
        )
        try:
            reply = self._model.ask(messages, purpose="repair", time_budget=self.time_budget.part(_TIME_TO_REPAIR))
        except ModelUnavailable:
            return {}
        found = {}
        for line in reply.text.splitlines():
            match = _REPAIRED.match(line)
            sentences = read_answer(line[match.end() :]).sentences if match else ()
            place = ord(match[1]) - ord("A") if match else len(failed)
            if sentences and place < len(failed):
                found[place] = replace(sentences[0], layout=failed[place].written.layout)
        return found


def _declines(written: WrittenAnswer, draft: Draft) -> bool:
    """Whether there is no answer: the model says so, or it does not say and the rules do.

    A list from the record is no model's to withhold.
    """
    if draft.whole:
        return False
    refuses = draft.outcome not in (Outcome.ANSWERED, Outcome.PARTIAL)
    return written.verdict is Verdict.NONE or (written.verdict is Verdict.UNSAID and refuses)


def _kept(results: Checked) -> list[Sentence]:
    return [result for result in results if isinstance(result, Sentence)]


def _mended(results: Checked, repaired: dict[int, WrittenSentence], checked: CheckedSentences) -> Checked:
    """The results with repaired sentences, where they hold, in the places of those that failed."""
    failed = [place for place, result in enumerate(results) if isinstance(result, Failed)]
    mended = list(results)
    for number, written in repaired.items():
        for result in checked.checked([written]):
            if isinstance(result, Sentence):
                mended[failed[number]] = result
    return mended


def _replaced(results: Checked, checked: CheckedSentences) -> tuple[list[Sentence], int]:
    """What is told, and in how many places the source's own sentence stands instead of the model's."""
    told = _kept(results)
    sentences: list[Sentence] = []
    quoted = 0
    for result in results:
        if isinstance(result, Sentence):
            sentences.append(result)
        elif (source := checked.source_of(result, [*told, *sentences])) is not None:
            sentences.append(source)
            quoted += 1
    return sentences, quoted


def _worded(draft: Draft, told: Sequence[Sentence], name: str, verdict: Verdict) -> Draft:
    """The draft with the model's sentences, and no remark of ours above them."""
    outcomes = {Verdict.FULL: Outcome.ANSWERED, Verdict.PARTIAL: Outcome.PARTIAL, Verdict.PREMISE: Outcome.PARTIAL}
    outcome = outcomes.get(verdict, draft.outcome)
    return replace(draft, outcome=outcome, prose=tuple(told), composer=name, remark="", closest=())


def _with_all(answer: Draft, draft: Draft) -> Draft:
    """The answer with what it leaves out of a list that is to be told whole, at its end."""
    for item in draft.evidence if draft.whole else ():
        if item not in answer.told:
            answer = answer.and_also(item)
    return answer


def _of_the_question(missing: str, question: Question) -> str:
    """What a model says is missing, where every word of it that matters is the question's own."""
    known = {word[:5] for word in content_words(f"{question.text} {question.standalone}")}
    return missing if missing and all(word[:5] in known for word in content_words(missing)) else ""
