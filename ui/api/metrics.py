"""Figures for whoever runs the assistant, as Prometheus reads them. The only module with `prometheus_client`.

Labels take few values: outcomes, steps, and the names of the composer and the language model, which the settings fix.
No question, no document and nobody's name is ever one.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import FastAPI
from fastapi.responses import Response

from assistant.answer import Answer, Turn
from assistant.progress import ProgressEvent
from corpus.errors import AssistantError
from ui.wire.problems import documented

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from assistant.assembly import Assistant

# Upper bounds in seconds: from a quick step to a language model at its time limit.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60)
FAILED = "failed"

Item = TypeVar("Item")
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Prometheus' text format.",
        "content": {
            "text/plain": {
                "schema": {"type": "string"},
                "example": 'assistant_questions_total{composer="extractive",outcome="answered"} 12.0\n',
            }
        },
    },
    **documented(503),
}


class Metrics:
    """The counts of one application, apart from those of any other in the same process."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

        self.registry: CollectorRegistry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._questions = Counter(
            "assistant_questions",
            "Questions by what became of them and who worded the answer.",
            ("outcome", "composer"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "assistant_question_seconds", "Time an answer took.", registry=self.registry, buckets=_BUCKETS
        )
        self._steps = Histogram(
            "assistant_step_seconds",
            "Time each step of an answer took.",
            ("step",),
            registry=self.registry,
            buckets=_BUCKETS,
        )

        self._feedback = Counter(
            "assistant_feedback", "What readers thought of answers.", ("verdict",), registry=self.registry
        )

    def judged(self, *, liked: bool) -> None:
        """Count a reader's verdict on an answer."""
        self._feedback.labels("good" if liked else "bad").inc()

    def answered(self, answer: Answer, seconds: float) -> None:
        """Count a complete answer."""
        self._questions.labels(answer.outcome.value, answer.composer).inc()
        self._seconds.observe(seconds)
        for step, milliseconds in answer.timings_ms.items():
            self._steps.labels(step).observe(milliseconds / 1000)

    def failed(self) -> None:
        """Count a question that could not be answered at all."""
        self._questions.labels(FAILED, "none").inc()

    def text(self) -> bytes:
        """All of them, in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)


class MeteredAssistant:
    """Everything that an `Assistant` is; each question put to `ask`, `stream` and `follow` is counted.

    One that its reader stopped is not: nobody saw what became of it.
    """

    def __init__(self, assistant: "Assistant", metrics: Metrics) -> None:
        self._assistant = assistant
        self._metrics = metrics

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)

    def ask(self, question: str, history: Sequence[Turn | str] = (), **choices: Any) -> Answer:
        """Answer as the assistant does."""
        started = time.perf_counter()
        try:
            answer = self._assistant.ask(question, history, **choices)
        except AssistantError:
            self._metrics.failed()
            raise
        self._metrics.answered(answer, time.perf_counter() - started)
        return answer

    def stream(self, question: str, history: Sequence[Turn | str] = (), **choices: Any) -> Iterator[Answer]:
        """Yield as the assistant does."""
        yield from self._counting(lambda: self._assistant.stream(question, history, **choices))

    def follow(self, question: str, history: Sequence[Turn | str] = (), **choices: Any) -> Iterator[ProgressEvent]:
        """Yield as the assistant does."""
        yield from self._counting(lambda: self._assistant.follow(question, history, **choices))

    def _counting(self, tell: Callable[[], Iterator[Item]]) -> Iterator[Item]:
        started, last = time.perf_counter(), None
        try:
            for item in tell():
                last = item
                yield item
        except AssistantError:
            self._metrics.failed()
            raise
        if isinstance(last, Answer):
            self._metrics.answered(last, time.perf_counter() - started)


def add_metrics(app: FastAPI, assistant: "Assistant", metrics: Metrics) -> None:
    """`GET /metrics`."""
    from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

    metrics.registry.register(_Holdings(assistant))

    @app.get("/metrics", response_class=Response, responses=_RESPONSES, tags=["health"])
    def measured() -> Response:
        """Figures for a dashboard and its alarms."""
        assistant.refresh()
        return Response(metrics.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Holdings:
    """What is read at each scrape: the state of the catalog, and the language model's sums."""

    def __init__(self, assistant: "Assistant") -> None:
        self._assistant = assistant

    def describe(self) -> "Iterator[Metric]":
        """Nothing: the names are known at the first scrape only, and nothing is asked before."""
        return iter(())

    def collect(self) -> "Iterator[Metric]":
        """The figures as they are now."""
        yield from self._of_the_catalog()
        yield from self._of_the_language_model()

    def _of_the_catalog(self) -> "Iterator[Metric]":
        from prometheus_client.core import GaugeMetricFamily

        store = self._assistant.store
        figures: tuple[tuple[str, str, Callable[[], int]], ...] = (
            ("assistant_generation", "Grows with every change of the documents.", lambda: store.generation),
            ("assistant_documents", "Documents answered from.", lambda: len(store.catalog.current_versions())),
            ("assistant_passages", "Passages of these documents.", store.catalog.passage_count),
            ("assistant_unreadable_files", "Files not read at the last look.", lambda: len(store.catalog.failures())),
        )
        for name, meaning, figure in figures:
            yield GaugeMetricFamily(name, meaning, value=figure())

    def _of_the_language_model(self) -> "Iterator[Metric]":
        from prometheus_client.core import CounterMetricFamily

        model = self._assistant.model
        if model is None:
            return
        for field, meaning in (
            ("requests", "Requests to the language model."),
            ("failures", "Requests to the language model that gave nothing usable."),
            ("tokens_in", "Tokens the language model read, as its provider counts."),
            ("tokens_out", "Tokens the language model wrote, as its provider counts."),
            ("seconds", "Time spent waiting for the language model."),
            ("cost", "Cost of the language model, in the unit of the prices set."),
        ):
            family = CounterMetricFamily(f"assistant_model_{field}", meaning, labels=("model", "purpose"))
            for purpose, total in model.usage_totals.totals().items():
                family.add_metric((model.name, purpose), getattr(total, field))
            yield family
