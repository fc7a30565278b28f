"""The retrieval chain, on one screen: understand → retrieve → read → compose → verify.

A LangChain Runnable from `{"question": ..., "history": [...], "scope": Scope(...)}` (or a plain string) to an `Answer`:
`invoke`, `batch`, `stream` and their async forms; callbacks, tags and tracing pass through to every step. `stream`
yields the answer as it grows, one verified statement at a time; while a language model is still writing, what there is
of it is a draft. Every step sees documents through the question's `View` alone, so that its scope holds for all.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from assistant import citations, extractive
from assistant.allowance import Allowance
from assistant.answer import Answer, Outcome, Statement, Turn
from assistant.commitments import Status
from assistant.conversation import ABOUT
from assistant.draft import Draft
from assistant.foreign import standing_alone
from assistant.generative import GenerativeComposer
from assistant.holders import compose_office
from assistant.kinds import SINGLE_FACTS
from assistant.listing import as_evidence, compose_list, compose_timeline, in_plain_words, steps_left_out
from assistant.offices import search_words
from assistant.orders import gives_orders
from assistant.organisations import aliases_of, names_party
from assistant.parties import Party, aliases
from assistant.progress import Stage, Step, Tell, Told, as_it_happens, growing
from assistant.question import ENGLISH, Question, understand
from assistant.ranking import with_standing
from assistant.reading import Evidence, EvidenceReader
from assistant.refusal import CLOSEST_SHOWN
from assistant.retrieval import Hit, HybridRetriever
from assistant.rewriting import QuestionWriter
from assistant.scope import EVERYTHING, Scope
from assistant.translation import notice
from assistant.view import View, Views
from corpus.allowed import Allowed
from corpus.store import Store

ChainInput = str | Mapping[str, Any]
# Passages looked up by the name of each party alone, beside those that the whole question finds: a refusal that says
# "no document names Estonia" must be right about it.
_PASSAGES_BY_NAME = 4
# Passages looked through for the holder of an office: the newest one counts, not the best match.
_PASSAGES_FOR_OFFICES = 400
# "With whom did Latvia sign agreements?" is answered from many documents.
_PASSAGES_FOR_LISTS = 40
# Of the time that a language model has for an answer, what understanding the question may take.
_TIME_TO_UNDERSTAND = 0.5
# Where, among a run's `configurable` values, whoever follows an answer is handed its steps and drafts.
_TELL = "tell"


@dataclass(slots=True)
class Progress:
    """What the steps hand on to each other for one question."""

    question: Question
    history: Sequence[Turn]
    view: View
    searched: list[Hit] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    draft: Draft | None = None
    allowance: Allowance | None = None
    timings: dict[str, float] = field(default_factory=dict)


class AnswerChain(Runnable[ChainInput, Answer]):
    """Answers questions over a store. Every step is a named Runnable, so a trace shows them one by one.

    With a `composer` and a `rewriter`, a language model words answers and makes follow-ups stand alone.
    """

    def __init__(
        self,
        store: Store,
        retriever: HybridRetriever,
        reader: EvidenceReader,
        composer: GenerativeComposer | None = None,
        rewriter: QuestionWriter | None = None,
    ) -> None:
        self._store = store
        self._retriever = retriever
        self._reader = reader
        self._composer = composer
        self._rewriter = rewriter
        self.views = Views(store)
        self._steps: Runnable[ChainInput, Answer] = (
            RunnableLambda(self._understand, name="understand")
            | RunnableLambda(self._retrieve, name="retrieve")
            | RunnableLambda(self._read, name="read")
            | RunnableLambda(self._compose, name="compose")
            | RunnableLambda(self._verify, name="verify")
        ).with_config(run_name="answer")

    def invoke(self, input: ChainInput, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Answer one question."""
        return self._steps.invoke(input, config, **kwargs)

    def stream(self, input: ChainInput, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Answer]:
        """Yield the answer as it grows by one statement at a time; the last one is complete."""
        if self._composer is None:
            yield from growing(self.invoke(input, config, **kwargs))
            return
        told = self.follow(input, config, **kwargs)
        yield from (item for item in told if isinstance(item, Answer))

    def follow(self, input: ChainInput, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Told]:
        """Yield each step as it begins, then the answer as `stream` does."""
        given: RunnableConfig = config or {}
        return as_it_happens(
            lambda tell: self.invoke(
                input, {**given, "configurable": {**given.get("configurable", {}), _TELL: tell}}, **kwargs
            )
        )

    async def astream(
        self, input: ChainInput, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Answer]:
        """Do as `stream` does, without blocking the event loop."""
        answers = self.stream(input, config, **kwargs)
        while (answer := await asyncio.to_thread(next, answers, None)) is not None:
            yield answer

    def understood(self, question: str, history: Sequence[Turn | str] = (), scope: Scope = EVERYTHING) -> Question:
        """How a question is understood: its parties, kinds, status, and the words it is searched by."""
        return self._understand({"question": question, "history": list(history), "scope": scope}).question

    def evidence(self, question: str, history: Sequence[Turn | str] = ()) -> list[Evidence]:
        """What the reader found for a question, best first: the steps up to `read`, nothing composed."""
        progress = self._understand({"question": question, "history": list(history)})
        return self._read(self._retrieve(progress)).evidence

    def outcome(self, question: str, history: Sequence[Turn | str] = (), scope: Scope = EVERYTHING) -> Outcome:
        """What would become of a question; no language model is asked and nothing is verified."""
        text, turns, _ = _asked({"question": question, "history": list(history)})
        view = self.views.of(scope)
        progress = Progress(_alone(text, turns, view), turns, view)
        draft = _from_record(progress.question, view)  # which costs no reading
        if draft is None:
            progress = self._read(self._retrieve(progress))
            draft = self._of_office(progress) or _drafted(progress)
        return draft.outcome

    def _understand(self, input: ChainInput) -> Progress:
        text, history, scope = _asked(input)
        view = self.views.of(scope)
        progress = Progress(_alone(text, history, view), history, view)
        if self._composer is not None and self._rewriter is not None:
            progress.allowance = self._composer.allowance()
            by_rules, some = progress.question, progress.allowance.part(_TIME_TO_UNDERSTAND)
            rewritten = self._rewriter.standalone(by_rules, history, allowance=some)
            if rewritten != by_rules.standalone:
                progress.question = _read_as(text, rewritten, view)
        return progress

    def _retrieve(self, progress: Progress, config: RunnableConfig | None = None) -> Progress:
        started = time.perf_counter()
        _tell(config, Stage.SEARCHING, lambda: progress.view.passages)
        question, allowed = progress.question, progress.view.allowed
        lists_agreements = question.status is not None and len(question.countries) == 1
        most = _PASSAGES_FOR_LISTS if lists_agreements else None
        progress.searched = self._retriever.search(question.read, most, allowed)
        progress.hits = list(progress.searched)
        known = {hit.passage.id for hit in progress.hits}
        absent = []
        for party in question.parties:
            by_name = self._by_name(party, allowed)
            progress.hits += [hit for hit in by_name if hit.passage.id not in known]
            known |= {hit.passage.id for hit in by_name}
            if not any(names_party(hit.document, party) for hit in (*progress.hits, *by_name)):
                absent.append(party)
        progress.hits += [hit for hit in self._by_names(question, allowed) if hit.passage.id not in known]
        progress.question = replace(question, absent_parties=tuple(absent))
        progress.timings["retrieve"] = _milliseconds_since(started)
        return progress

    def _by_names(self, question: Question, allowed: Allowed | None) -> list[Hit]:
        """The passages that hold most of the names in a question about a person."""
        if not any(name.is_person for name in question.names):
            return []
        names = " ".join(name.text for name in question.names)
        return self._retriever.search_names(names, _PASSAGES_BY_NAME, allowed)

    def _by_name(self, party: Party, allowed: Allowed | None) -> list[Hit]:
        """The passages that name a party the most: any of a country's forms, each of an organisation's names."""
        names = [" ".join(aliases(party))] if party.is_country else list(aliases_of(party))
        each = _PASSAGES_BY_NAME // len(names) or 1
        return [hit for name in names for hit in self._retriever.search_names(name, each, allowed)]

    def _read(self, progress: Progress, config: RunnableConfig | None = None) -> Progress:
        started = time.perf_counter()
        _tell(config, Stage.READING, lambda: len(progress.hits))
        question = progress.question
        asked, about, _ = question.read.partition(ABOUT)
        itself = _read_as(asked, asked, progress.view) if about else None
        found = self._reader.read(question, progress.hits, progress.view.vocabulary, itself)
        kept = [item for item in found if not gives_orders(item.text)]
        progress.evidence = with_standing(progress.searched, kept)
        progress.timings["read"] = _milliseconds_since(started)
        return progress

    def _compose(self, progress: Progress, config: RunnableConfig) -> Progress:
        started = time.perf_counter()
        progress.draft = self._of_office(progress) or _with_later_step(self._written(progress, config), progress.view)
        progress.timings["compose"] = _milliseconds_since(started)
        return progress

    def _written(self, progress: Progress, config: RunnableConfig) -> Draft:
        """The draft, in a language model's words where there is one and something to tell."""
        question, draft = progress.question, _drafted(progress)
        if self._composer is None or draft.outcome not in (Outcome.ANSWERED, Outcome.PARTIAL):
            return draft
        tell = _teller(config)
        _tell(config, Stage.WRITING, lambda: len(progress.evidence))
        return self._composer.compose(
            question,
            draft,
            progress.evidence,
            allowance=progress.allowance or self._composer.allowance(),
            show=tell and (lambda so_far: tell(replace(self._answer(progress, so_far), is_draft=True))),
        )

    def _of_office(self, progress: Progress) -> Draft | None:
        """Who holds the office asked about, by the newest documents that say so; None where nothing is sure."""
        question, view = progress.question, progress.view
        office = question.office
        if office is None or question.unknown_names or question.absent_parties:
            return None
        hits = self._retriever.search_names(search_words(office), _PASSAGES_FOR_OFFICES, view.allowed)
        return compose_office(office, question.period, hits, view.vocabulary, progress.evidence[:CLOSEST_SHOWN])

    def _verify(self, progress: Progress, config: RunnableConfig) -> Answer:
        draft = progress.draft or Draft(Outcome.NOT_FOUND)
        _tell(config, Stage.CHECKING, lambda: len(draft.told))
        return self._answer(progress, draft)

    def _answer(self, progress: Progress, draft: Draft) -> Answer:
        statements, cited = citations.statements_of(draft, self._store.document)
        unclear = draft.outcome is Outcome.UNCLEAR
        told = draft.remark if unclear else progress.view.worded(draft.remark)
        remark = [Statement(told)] if told else []
        return Answer(
            question=progress.question.text,
            standalone_question=progress.question.standalone,
            outcome=draft.outcome,
            statements=(*remark, *statements),
            citations=tuple(cited),
            closest=citations.closest_from(draft.closest, self._store.document),
            as_of=citations.newest_date(cited),
            composer=draft.composer,
            warnings=(*_warnings(progress.question), *draft.warnings),
            timings_ms=progress.timings,
        )


def _read_as(text: str, alone: str, view: View) -> Question:
    return understand(text, alone, view.vocabulary, view.organisations)


def _alone(text: str, history: Sequence[Turn], view: View) -> Question:
    return _read_as(text, standing_alone(text, history, view.vocabulary.is_indexed), view)


def _drafted(progress: Progress) -> Draft:
    question, view = progress.question, progress.view
    draft = _from_record(question, view)
    return draft or _completed(question, extractive.compose(question, progress.evidence), view)


def _from_record(question: Question, view: View) -> Draft | None:
    """An answer from everything recorded of the parties, where the question asks for all of it."""
    if question.unknown_names or not question.parties or not (question.lists or question.over_time):
        return None
    told = view.record.between(question.parties)
    if question.lists and (question.status or Status.AGREED) >= Status.AGREED:
        return compose_list(question, told, view.vocabulary)
    if len(question.parties) > 1 and not SINGLE_FACTS.intersection(question.kinds):
        return compose_timeline(question, told, view.vocabulary)
    return None


def _completed(question: Question, draft: Draft, view: View) -> Draft:
    """With the steps of the record that belong to the answer and that the best passages do not hold."""
    if draft.outcome not in (Outcome.ANSWERED, Outcome.PARTIAL):
        return draft
    vocabulary = view.vocabulary
    told = in_plain_words(question, draft.evidence, view.record, vocabulary)
    return replace(draft, evidence=(*told, *steps_left_out(question, told, view.record, vocabulary)))


def _with_later_step(draft: Draft, view: View) -> Draft:
    """Whoever is told of a signature is told as well what a later document reports became of it."""
    told = [item.text for item in draft.told]
    for item in draft.told:
        later = view.record.later_step(item, told)
        if later is not None:
            return draft.and_also(as_evidence(later, view.vocabulary))
    return draft


def _tell(config: RunnableConfig | None, stage: Stage, count: Callable[[], int]) -> None:
    """Tell whoever follows the run that a step begins; `count` is asked only then."""
    if (tell := _teller(config)) is not None:
        tell(Step(stage, count()))


def _teller(config: RunnableConfig | None) -> Tell | None:
    tell: Tell | None = (config or {}).get("configurable", {}).get(_TELL)
    return tell


def _asked(input: ChainInput) -> tuple[str, list[Turn], Scope]:
    if isinstance(input, str):
        return _readable(input), [], EVERYTHING
    history = [turn if isinstance(turn, Turn) else Turn(_readable(str(turn))) for turn in input.get("history", ())]
    return _readable(str(input["question"])), history, input.get("scope", EVERYTHING)


def _readable(text: str) -> str:
    """The text without lone surrogates, which a shell makes of bytes that are not UTF-8 and no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _warnings(question: Question) -> tuple[str, ...]:
    if question.language == ENGLISH:
        return ()
    return (
        notice(question.language, question.read.replace(ABOUT, ", "))
        or f"The question is not in English ({question.language}), and that language is not read here; only its "
        "names and numbers were searched for.",
    )


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
