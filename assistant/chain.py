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

from assistant import citations
from assistant.answer import Answer, Outcome, Statement, Turn
from assistant.compose.draft import Draft
from assistant.compose.drafting import draft_of, settled, with_later_step
from assistant.compose.generative import GenerativeComposer
from assistant.language.orders import gives_orders
from assistant.model.time_budget import TimeBudget
from assistant.model.understanding import QuestionReader, extra_searches
from assistant.progress import Listener, ProgressEvent, Stage, Step, as_it_happens, growing
from assistant.question.question import ENGLISH, Question, understand
from assistant.question.shapes import Probes
from assistant.reader.ranking import with_standing
from assistant.reader.reading import Evidence, EvidenceReader
from assistant.scope.scope import EVERYTHING, Scope
from assistant.scope.view import View, Views
from assistant.search.retrieval import Hit, HybridRetriever
from assistant.search.searching import find_passages
from corpus.store.store import Store

ChainInput = str | Mapping[str, Any]
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
    searches: tuple[str, ...] = ()
    hits: list[Hit] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    draft: Draft | None = None
    time_budget: TimeBudget | None = None
    timings: dict[str, float] = field(default_factory=lambda: {"retrieve": 0.0, "read": 0.0})


class AnswerChain(Runnable[ChainInput, Answer]):
    """Answers questions over a store. Every step is a named Runnable, so a trace shows them one by one.

    With a `composer` and a `question_reader`, a language model words answers and says what a question means.
    """

    def __init__(
        self,
        store: Store,
        retriever: HybridRetriever,
        reader: EvidenceReader,
        probes: Probes,
        composer: GenerativeComposer | None = None,
        question_reader: QuestionReader | None = None,
    ) -> None:
        self._store = store
        self._retriever = retriever
        self.reader = reader
        self._probes = probes
        self._composer = composer
        self._question_reader = question_reader
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

    def follow(self, input: ChainInput, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[ProgressEvent]:
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

    def found(self, question: str, history: Sequence[Turn | str] = ()) -> tuple[Question, list[Hit]]:
        """A question understood, and the passages that are read for it: the steps before `read`."""
        progress = self._retrieve(self._understand({"question": question, "history": list(history)}))
        return progress.question, progress.hits

    def outcome(self, question: str, history: Sequence[Turn | str] = (), scope: Scope = EVERYTHING) -> Outcome:
        """What would become of a question; no language model is asked and nothing is verified."""
        text, turns, _ = _asked({"question": question, "history": list(history)})
        view = self.views.of(scope)
        progress = Progress(self._understood(text, turns, view), turns, view)
        draft = settled(progress.question, view, self.reader.scores)  # which costs no reading
        if draft is None:
            progress = self._read(self._retrieve(progress))
            draft = draft_of(progress.question, progress.evidence, progress.view, self.reader.scores)
        return draft.outcome

    def _understand(self, input: ChainInput) -> Progress:
        text, history, scope = _asked(input)
        view = self.views.of(scope)
        progress = Progress(self._understood(text, history, view), history, view)
        if self._composer is not None:
            progress.time_budget = self._composer.time_budget(scope.asker)
        # A question that stands alone in the documents' language is searched as it is: a request less.
        leans = bool(history) or progress.question.language != ENGLISH
        if self._question_reader is not None and progress.time_budget is not None and leans:
            by_rules, some = progress.question, progress.time_budget.part(_TIME_TO_UNDERSTAND)
            read = self._question_reader.understood(by_rules, history, time_budget=some)
            progress.searches = extra_searches(read, by_rules)
            if read.standalone != by_rules.standalone:
                progress.question = replace(self._understood(read.standalone, (), view), text=text)
        return progress

    def _understood(self, text: str, history: Sequence[Turn], view: View) -> Question:
        earlier = [turn.question for turn in history]
        words = view.vocabulary
        return understand(text, earlier, self._probes, words.is_indexed, view.organisations, words.terms)

    def _retrieve(self, progress: Progress, config: RunnableConfig | None = None) -> Progress:
        if (
            self._composer is None
            and (draft := settled(progress.question, progress.view, self.reader.scores)) is not None
        ):
            progress.draft = draft
            return progress
        started = time.perf_counter()
        _tell(config, Stage.SEARCHING, lambda: progress.view.passages)
        found = find_passages(progress.question, self._retriever, progress.view.allowed)
        progress.hits = self._with_more(found.hits, progress)
        progress.question = replace(
            progress.question,
            absent_parties=found.absent,
            absent_year=found.absent_year,
            names_document=found.are_named,
        )
        progress.timings["retrieve"] = _milliseconds_since(started)
        return progress

    def _with_more(self, hits: list[Hit], progress: Progress) -> list[Hit]:
        """The hits, and behind them what a language model's own searches found beside."""
        known = {hit.passage.id for hit in hits}
        more = [hit for text in progress.searches for hit in self._retriever.search(text, None, progress.view.allowed)]
        return [*hits, *{hit.passage.id: hit for hit in more if hit.passage.id not in known}.values()]

    def _read(self, progress: Progress, config: RunnableConfig | None = None) -> Progress:
        if progress.draft is not None:
            return progress
        started = time.perf_counter()
        _tell(config, Stage.READING, lambda: len(progress.hits))
        found = self.reader.read(progress.question, progress.hits)
        kept = [item for item in found if not gives_orders(item.text)]
        progress.evidence = with_standing(progress.hits, kept)
        progress.timings["read"] = _milliseconds_since(started)
        return progress

    def _compose(self, progress: Progress, config: RunnableConfig) -> Progress:
        started = time.perf_counter()
        progress.draft = with_later_step(self._written(progress, config), progress.view)
        progress.timings["compose"] = _milliseconds_since(started)
        return progress

    def _written(self, progress: Progress, config: RunnableConfig) -> Draft:
        """The draft, in a language model's words where there is one; a refusal is a hint to it and no gate."""
        draft = progress.draft or draft_of(progress.question, progress.evidence, progress.view, self.reader.scores)
        if self._composer is None or draft.outcome is Outcome.UNCLEAR:
            return draft
        tell = _teller(config)
        _tell(config, Stage.WRITING, lambda: len(progress.evidence))
        return self._composer.compose(
            progress.question,
            draft,
            progress.evidence,
            passages=progress.hits,
            time_budget=progress.time_budget or self._composer.time_budget(),
            show=tell and (lambda so_far: tell(replace(self._answer(progress, so_far), is_draft=True))),
        )

    def _verify(self, progress: Progress, config: RunnableConfig) -> Answer:
        draft = progress.draft or Draft(Outcome.NOT_FOUND)
        _tell(config, Stage.CHECKING, lambda: len(draft.told))
        return self._answer(progress, draft)

    def _answer(self, progress: Progress, draft: Draft) -> Answer:
        find_document = self._store.documents(citations.documents_of(draft)).get
        statements, cited = citations.statements_of(draft, find_document)
        unclear = draft.outcome is Outcome.UNCLEAR
        told = draft.remark if unclear else progress.view.worded(draft.remark)
        remark = [Statement(told)] if told else []
        return Answer(
            question=progress.question.text,
            standalone_question=progress.question.standalone,
            outcome=draft.outcome,
            statements=(*remark, *statements),
            citations=tuple(cited),
            closest=citations.closest_from(draft.closest, find_document),
            as_of=citations.newest_date(cited),
            composer=draft.composer,
            warnings=(*_warnings(progress.question), *draft.warnings),
            timings_ms=progress.timings,
        )


def _tell(config: RunnableConfig | None, stage: Stage, count: Callable[[], int]) -> None:
    """Tell whoever follows the run that a step begins; `count` is asked only then."""
    if (tell := _teller(config)) is not None:
        tell(Step(stage, count()))


def _teller(config: RunnableConfig | None) -> Listener | None:
    tell: Listener | None = (config or {}).get("configurable", {}).get(_TELL)
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
    return tuple(f"“{typed}” is understood as {name}." for typed, name in question.mended)


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
