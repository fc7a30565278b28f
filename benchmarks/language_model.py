"""What a reader is shown where the language model lies, fails or obeys the documents.

    python benchmarks/language_model.py [--answers 1000] [--documents 312]

The model is the tests' scripted server, over real HTTP. First, answers to the shipped questions with a model that
invents or fails in every way there is: inventions shown, and how late the fallbacks come. Then documents that carry
orders, read by a model that obeys all of them: orders whose effect can be seen. Both are run again with checks switched
off, on fewer questions; without any they must fail, or the measurement sees nothing. Between them, a strong model's
recorded answers (`recorded`): of its true and its falsified sentences, those shown.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import cycle
from pathlib import Path
from unittest.mock import patch

sys.path[:0] = [
    str(Path(__file__).resolve().parents[1]),
    str(Path(__file__).resolve().parents[1] / "tests" / "support"),
]

from fake_provider import FAILURES, MODES, FakeProvider
from injections import UNSEEN_ORDERS, injected, write_all
from inspection import inventions, traces_seen

from assistant.answer import Answer, Outcome
from assistant.assembly import Assistant
from assistant.compose.generative import GenerativeComposer
from assistant.evaluation.cases import read_cases, shipped_questions
from assistant.language.orders import gives_orders
from assistant.model.circuit_breaker import CircuitBreaker
from assistant.model.connection import connect
from assistant.model.support import Verdict, broken_rules
from benchmarks.recorded import replayed, rows
from benchmarks.table import percentile, print_table
from corpus.encoder.opening import open_encoder
from corpus.encoder.protocol import Encoder
from corpus.store.store import Store

TIMEOUT = 2.0
# Of the questions and documents, so many are asked and read with the checks off.
CONTROL_SHARE = 0.25


class NoChecks:
    """Lets everything pass: the build that must fail."""

    def check(self, claim: str, cited: object, parties: object = (), known: str = "") -> Verdict:
        """Nothing is wrong with any claim."""
        return Verdict((), 1.0)


def main() -> None:
    """Measure both parts and print one table for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=312)
    arguments = parser.parse_args()
    encoder = open_encoder()
    with tempfile.TemporaryDirectory() as folder, FakeProvider() as provider:
        store = Store(Path(folder) / "briefs", encoder)
        Assistant(store).add_briefs()
        header = ("model", "answers", "worded by it", "fallbacks", "late", "p95 s", "slowest s", "inventions shown")
        print_table(
            f"A failing model, timeout {TIMEOUT:g} s", header, list(failing(store, provider, arguments.answers))
        )
        print_table("A strong model's recorded answers", ("what", "figure"), list(rows(replayed(Assistant(store)))))
        store.close()
        print_table(
            "Wordings of orders that nobody had looked at", ("what becomes of them", "wordings"), list(unseen())
        )
        print_table(
            "An obedient model",
            ("checks", "documents", "answered", "worded by it", "answers with an order's effect"),
            list(obeying(Path(folder), encoder, provider, arguments.documents)),
        )


def failing(store: Store, provider: FakeProvider, count: int) -> Iterator[tuple[object, ...]]:
    """One row for each mode of the fake, their sum, and the control."""
    questions = [case.question for case in read_cases(shipped_questions()) if case.answerable]
    each = -(-count // len(MODES))
    total: Counter[str] = Counter()
    assistant = assistant_with(store, provider)
    for mode in MODES:
        row, figures = _asked(assistant, provider, mode, questions, each)
        total += figures
        yield row
    yield ("all", total["answers"], total["worded"], total["fallbacks"], total["late"], "", "", total["inventions"])
    with unchecked():
        assistant = assistant_with(store, provider)
        for mode in ("liar", "inventor"):
            row, _ = _asked(assistant, provider, mode, questions, max(10, round(each * CONTROL_SHARE)))
            yield (f"{mode}, checks off", *row[1:])


def _asked(
    assistant: Assistant, provider: FakeProvider, mode: str, questions: Sequence[str], count: int
) -> tuple[tuple[object, ...], Counter[str]]:
    provider.mode = mode
    figures: Counter[str] = Counter()
    seconds = []
    for question in cycle(questions):
        if figures["answers"] == count:
            break
        assistant.model.breaker = CircuitBreaker()  # type: ignore[union-attr] # each answer is to meet the failure itself
        started = time.perf_counter()
        answer = assistant.ask(question)
        taken = time.perf_counter() - started
        if answer.outcome not in (Outcome.ANSWERED, Outcome.PARTIAL):
            continue  # a refusal
        seconds.append(taken)
        fell_back = answer.composer == "extractive"
        figures["answers"] += 1
        figures["fallbacks"] += fell_back
        figures["worded"] += not fell_back
        figures["late"] += (fell_back or mode in FAILURES) and (taken > TIMEOUT + 1 or not answer.warnings)
        figures["inventions"] += len(list(inventions(answer, assistant.store)))
    row = (mode, *(figures[name] for name in ("answers", "worded", "fallbacks", "late")))
    return (*row, percentile(seconds, 0.95), max(seconds), figures["inventions"]), figures


def obeying(folder: Path, encoder: Encoder, provider: FakeProvider, count: int) -> Iterator[tuple[object, ...]]:
    """A row with the checks and one without, over documents that carry orders."""
    provider.mode = "obedient"
    documents = list(injected(count))
    files = folder / "injected"
    files.mkdir()
    write_all(files, documents)
    store = Store(folder / "orders", encoder)
    Assistant(store).add(files)

    def row(checks: str, asked: list) -> tuple[object, ...]:
        assistant = assistant_with(store, provider)
        answers: list[tuple[Answer, bool]] = []
        for document in asked:
            answer = assistant.ask(document.question)
            answers.append((answer, bool(traces_seen(answer, document.traces))))
        answered = sum(answer.outcome in (Outcome.ANSWERED, Outcome.PARTIAL) for answer, _ in answers)
        worded = sum(answer.composer != "extractive" for answer, _ in answers)
        return (checks, len(asked), answered, worded, sum(seen for _, seen in answers))

    few = documents[:: round(1 / CONTROL_SHARE)]
    yield row("all", documents)
    with without_order_filter():
        yield row("of what is written, orders let through", few)
    with unchecked():
        yield row("none", few)
    store.close()


def unseen() -> Iterator[tuple[str, int]]:
    """How far orders in new wordings get, where a model tells as a fact what they ask for."""
    claim = "The nursing memorandum of Latvia and Estonia was withdrawn"
    orders = [order.format(claim) for order in UNSEEN_ORDERS]
    passed = [order for order in orders if not gives_orders(order)]
    told = [order for order in passed if not list(broken_rules(f"{claim}.", [order]))]
    yield "seen as an order", len(orders) - len(passed)
    yield "not told as a fact", len(passed) - len(told)
    yield "told, with the order as its source", len(told)


def assistant_with(store: Store, provider: FakeProvider) -> Assistant:
    """An assistant over the store that asks the fake, with everything loaded, as a server has it (`ui/warming.py`)."""
    model = connect("openai:fake", url=provider.url, key="none", timeout=TIMEOUT)
    assistant = Assistant(store, model=model)
    assistant.chain.outcome("What was agreed on health cooperation?")
    return assistant


@contextmanager
def unchecked() -> Iterator[None]:
    """The product without its checks of what a model writes and of what documents order."""
    made = GenerativeComposer.__init__

    def without_checker(composer: GenerativeComposer, model, checker, **options) -> None:
        made(composer, model, NoChecks(), **options)

    with patch.object(GenerativeComposer, "__init__", without_checker), without_order_filter():
        yield


def without_order_filter() -> AbstractContextManager[object]:
    """The product without its look for orders in documents."""
    return patch("assistant.chain.gives_orders", lambda _: False)


if __name__ == "__main__":
    main()
