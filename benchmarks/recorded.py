"""Answers of a strong model, written by hand, and what a reader is shown of them and of sentences made false.

`recorded_answers.jsonl` has a question a line: the verdict, and sentences with a piece of the sentence of the shipped
briefs that they rest on (in a prompt, that sentence's number is their marker) and versions made false by hand, by kind.
Of each true sentence with a number, one more is made here by changing it. Nothing is sent anywhere.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.answer import Answer, Layout, Outcome
from assistant.assembly import Assistant
from assistant.chain import AnswerChain
from assistant.compose.checking import CheckedSentences, Failed
from assistant.compose.draft import Draft, Sentence
from assistant.compose.generative import GenerativeComposer
from assistant.compose.written import Verdict, WrittenAnswer, WrittenSentence
from assistant.evaluation.cases import shipped_questions
from assistant.model.connection import connect
from assistant.model.entailment import Entailment, WordingEntailment
from assistant.model.evidence import GivenEvidence, gather
from assistant.model.support import SupportChecker

RECORDED = Path(__file__).with_name("recorded_answers.jsonl")
_NUMBER = re.compile(r"\d+(?=[^\d]*$)")


class _Unrepaired:
    """Asked to write sentences anew, the recorded model has nothing to say."""

    def __init__(self, question: object, given: GivenEvidence, time_budget: object) -> None:
        self.question, self.given, self.time_budget = question, given, time_budget

    def repaired(self, failed: Sequence[Failed]) -> dict[int, WrittenSentence]:
        """Nothing."""
        return {}


class Replay(GenerativeComposer):
    """A composer whose model is a record; what it was given stays in `given`, None where it was not asked."""

    record: Mapping[str, Any]
    given: GivenEvidence | None = None
    question: Any = None

    def compose(self, question, draft, evidence, *, passages=(), time_budget, show=None) -> Draft:
        """See `GenerativeComposer`."""
        self.given = gather(draft.evidence, evidence, passages, most_characters=self._model.evidence_characters)
        self.question = question
        written = WrittenAnswer(tuple(self.written()), Verdict(self.record["verdict"]))
        request: Any = _Unrepaired(question, self.given, time_budget)
        return self._settled(draft, written, self.checked(), request)

    def checked(self) -> CheckedSentences:
        """Sentences checked anew, over what was given."""
        return CheckedSentences(self.question, self.given or GivenEvidence(()), self._checker)

    def written(self) -> Iterator[WrittenSentence]:
        """The recorded sentences with the numbers that their sources have in this prompt."""
        for told in self.record["sentences"]:
            yield WrittenSentence(told["text"], self.numbers(told["source"]), Layout(told["layout"]))

    def numbers(self, source: str) -> tuple[int, ...]:
        """The numbers of the sentences that hold `source`."""
        sentences = self.given.sentences if self.given else ()
        return tuple(n for n, item in enumerate(sentences, 1) if _plain(source) in _plain(item.text))[:1]


@dataclass
class Figures:
    """What was counted over all records."""

    counts: Counter[str] = field(default_factory=Counter)
    falsified: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    points: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)


def replayed(assistant: Assistant, entailment: Entailment | None = None) -> Figures:
    """Every record, asked of an assistant over the shipped briefs."""
    figures = Figures()
    checker = SupportChecker(entailment or WordingEntailment(assistant.store.encoder))
    replay = Replay(connect("openai:recorded", url="http://127.0.0.1:9/v1"), checker)
    chain = AnswerChain(assistant.store, assistant.retriever, assistant.chain._reader, replay)
    facts = {row["question"]: row["facts"] for row in _rows(shipped_questions())}
    for record in _rows(RECORDED):
        replay.record, replay.given = record, None
        answer = chain.invoke(record["question"])
        _count(figures, record, replay, answer)
        if wanted := facts.get(record["question"]):
            written = " ".join(told["text"] for told in record["sentences"])
            texts = {"extractive": assistant.ask(record["question"]).text, "written": written, "shown": answer.text}
            figures.points["possible"] += 2
            for name, text in texts.items():
                figures.points[name] += 2 * sum(_tells(text, fact) for fact in wanted) / len(wanted)
    return figures


def rows(figures: Figures) -> Iterator[tuple[str, str]]:
    """The figures as rows of a table."""
    counts = figures.counts
    yield "questions", str(counts["questions"])
    yield "answerable, and never put to the model", str(counts["never asked"])
    yield "sources in the prompt", _of(counts["sources in the prompt"], counts["true"])
    yield "true sentences shown", _of(counts["shown"], counts["true"])
    yield "... or the source's own in their place", _of(counts["shown"] + counts["quoted"], counts["true"])
    all_shown = sum(counter["shown"] for counter in figures.falsified.values())
    yield "falsified shown", _of(all_shown, sum(counter["all"] for counter in figures.falsified.values()))
    for kind, counter in sorted(figures.falsified.items()):
        yield f"... {kind}", _of(counter["shown"], counter["all"])
    yield "declines right", _of(counts["declined rightly"], counts["to decline"])
    for name in ("extractive", "written", "shown"):
        yield f"points, {name}", f"{figures.points[name]:.1f} of {figures.points['possible']}"


def _count(figures: Figures, record: Mapping[str, Any], replay: Replay, answer: Answer) -> None:
    counts = figures.counts
    counts["questions"] += 1
    if record["verdict"] == Verdict.NONE:
        counts["to decline"] += 1
        counts["declined rightly"] += answer.outcome is Outcome.NOT_FOUND
        return
    counts["never asked"] += replay.given is None
    shown = {statement.text for statement in answer.statements}
    quotes = [statement.text for statement in answer.statements if statement.text.startswith("“")]
    written = list(replay.written())
    for place, told in enumerate(record["sentences"]):
        counts["true"] += 1
        counts["sources in the prompt"] += bool(replay.numbers(told["source"]))
        counts["shown"] += told["text"] in shown
        if told["text"] not in shown:
            counts["quoted"] += any(_plain(told["source"]) in _plain(quote) for quote in quotes)
            failed = [each for each in replay.checked().checked(written) if isinstance(each, Failed)]
            figures.lost.extend(
                f"{each.reason}: {told['text']}" for each in failed if each.written.text == told["text"]
            )
        for kind, text in _falsified(told):
            false = WrittenSentence(text, replay.numbers(told["source"]))
            result = replay.checked().checked([*written[:place], false])[-1]
            passes = isinstance(result, Sentence) and result.text == text
            figures.falsified[kind]["all"] += 1
            figures.falsified[kind]["shown"] += passes
            if passes:
                figures.passed.append(f"{kind}: {text}")


def _falsified(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((false["kind"], false["text"]) for false in told["falsified"])
    if _NUMBER.search(told["text"]):
        yield "number, made", _NUMBER.sub(lambda digits: str(int(digits.group()) + 1), told["text"])


def _tells(text: str, fact: Sequence[str]) -> bool:
    return any(_plain(way) in _plain(text) for way in fact)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_`]", "", text).replace(",", "").split()).casefold()


def _of(part: float, whole: float) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "none"


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
