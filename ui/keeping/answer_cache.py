"""An assistant that remembers what it answered lately, and tells somebody of each answer.

Exports, feedback and kept conversations need the answer that was shown, and must never take it from the browser: they
ask here, by question and earlier questions. What is not remembered, or was said over an older index, is answered again.
Without a language model the same question over the same index has the same answer, which is then given from memory.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from assistant.answer import Answer, Turn
from assistant.citations import verified
from assistant.progress import ProgressEvent

if TYPE_CHECKING:
    from assistant.assembly import Assistant

REMEMBERED = 512
Notice = Callable[[Answer, float], None]


class CachingAssistant:
    """Everything that an `Assistant` is; `ask`, `stream` and `follow` are noted. Safe to use from many threads.

    `notice` is called once for each complete answer, with the milliseconds it took.
    """

    def __init__(self, assistant: "Assistant", notice: Notice) -> None:
        self._assistant = assistant
        self._notice = notice
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._remembering = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)

    def ask(self, question: str, history: Sequence[Turn | str] = (), **choices: Any) -> Answer:
        """Answer as the assistant does, and note it."""
        started = time.perf_counter()
        answer = self._known(question, history, choices) or self._assistant.ask(question, history, **choices)
        self._note(question, history, answer, started, choices)
        return answer

    def stream(self, question: str, history: Sequence[Turn | str] = (), **choices: Any) -> Iterator[Answer]:
        """Yield as the assistant does, and note the complete answer; one that was stopped is not noted."""
        known = self._known(question, history, choices)
        told = (known,) if known else self._assistant.stream(question, history, **choices)
        yield from cast("Iterator[Answer]", self._noted(question, history, told, choices))

    def follow(self, question: str, history: Sequence[Turn | str] = (), **choices: Any) -> Iterator[ProgressEvent]:
        """Yield as the assistant does, and note the complete answer; one that was stopped is not noted."""
        known = self._known(question, history, choices)
        told = (known,) if known else self._assistant.follow(question, history, **choices)
        yield from self._noted(question, history, told, choices)

    def recall(self, question: str, history: Sequence[Turn | str] = (), **choices: Any) -> Answer | None:
        """The answer given lately over the index as it is now, if every citation still holds; otherwise None.

        Only one that was given with the same choices: within the same scope, above all.
        """
        with self._remembering:
            answer = self._answers.get(self._key(question, history, choices))
        if answer is None:
            return None
        cited = (*answer.citations, *answer.closest)
        find = self._assistant.store.documents({item.document.id for item in cited}).get
        holds = all(verified(item, find) for item in cited)
        return answer if holds else None

    def answer_again(self, question: str, history: Sequence[Turn | str] = (), **choices: Any) -> Answer:
        """The answer given lately, or the same question answered now; not noted as another question."""
        self._assistant.refresh()
        return self.recall(question, history, **choices) or self._remember(
            question, history, self._assistant.ask(question, history, **choices), choices
        )

    def _known(self, question: str, history: Sequence[Turn | str], choices: Mapping[str, Any]) -> Answer | None:
        """What the same question would be answered again; a language model may find better words, so it is asked."""
        if self._assistant.model is not None:
            return None
        started = time.perf_counter()
        self._assistant.refresh()
        answer = self.recall(question, history, **choices)
        return answer and replace(answer, timings_ms={"remember": round((time.perf_counter() - started) * 1000, 1)})

    def _noted(
        self, question: str, history: Sequence[Turn | str], told: Iterable[ProgressEvent], choices: Mapping[str, Any]
    ) -> Iterator[ProgressEvent]:
        started, last = time.perf_counter(), None
        for last in told:
            yield last
        if isinstance(last, Answer) and not last.is_draft:
            self._note(question, history, last, started, choices)

    def _note(
        self,
        question: str,
        history: Sequence[Turn | str],
        answer: Answer,
        started: float,
        choices: Mapping[str, Any],
    ) -> None:
        self._remember(question, history, answer, choices)
        self._notice(answer, (time.perf_counter() - started) * 1000)

    def _remember(
        self, question: str, history: Sequence[Turn | str], answer: Answer, choices: Mapping[str, Any]
    ) -> Answer:
        key = self._key(question, history, choices)
        with self._remembering:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            if len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        return answer

    def _key(self, question: str, history: Sequence[Turn | str], choices: Mapping[str, Any]) -> Hashable:
        earlier = tuple(turn.question if isinstance(turn, Turn) else turn for turn in history)
        return question, earlier, tuple(sorted(choices.items())), self._assistant.store.generation
