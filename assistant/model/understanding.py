"""What a language model makes of a question, in one request: it standing alone, searches, parties, period, kind.

All of it only adds. Its searches are run beside the original's, never instead of them; the standalone question is taken
only where it names nobody and nothing new (`rewriting.invents`); and where the model fails or answers anything else,
what the rules made of the question is what there is.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answer import Turn
from assistant.model.prompts import KINDS, UNDERSTANDING_SCHEMA, understand_messages
from assistant.model.provider import LanguageModel
from assistant.model.provider_failures import ModelUnavailable
from assistant.model.rewriting import LONGEST_QUESTION, invents
from assistant.model.time_budget import TimeBudget
from assistant.question.question import Question

MOST_SEARCHES = 4
LONGEST_SEARCH = 200
_EARLIER_TURNS = 6
_MOST_PARTIES = 8
_LINK = re.compile(r"[<>{}\[\]]|://|www\.")
NO_QUESTION = "none"


@dataclass(frozen=True, slots=True)
class Understanding:
    """A question as a language model reads it; empty fields say nothing.

    `searches` are to be run beside the question's own; `language` is a code; `kind` is one of `prompts.KINDS`.
    """

    standalone: str
    searches: tuple[str, ...] = ()
    language: str = ""
    parties: tuple[str, ...] = ()
    period: str = ""
    kind: str = ""

    @property
    def is_question(self) -> bool:
        """Whether there is anything to look for."""
        return self.kind != NO_QUESTION


class QuestionReader:
    """Asks a language model once what a question means; nothing that it does can fail a question."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def understood(self, by_rules: Question, history: Sequence[Turn], *, time_budget: TimeBudget) -> Understanding:
        """What the question means, given what the rules made of it; only that where the model is of no use."""
        said = [text for turn in history[-_EARLIER_TURNS:] for text in (turn.question, turn.answer) if text]
        messages = understand_messages(by_rules.text, said, as_json=self._model.has_structured_output)
        try:
            reply = self._model.ask(
                messages, purpose="understand", time_budget=time_budget, schema=UNDERSTANDING_SCHEMA
            )
        except ModelUnavailable:
            return Understanding(by_rules.standalone)
        told = _object_in(reply.text)
        return Understanding(
            _standalone(_line(told.get("standalone"), LONGEST_QUESTION), by_rules, said),
            _searches(told.get("searches"), by_rules),
            _line(told.get("language"), 3).lower(),
            tuple(_lines(told.get("parties"), 60))[:_MOST_PARTIES],
            _line(told.get("period"), 40),
            kind if (kind := _line(told.get("kind"), 20).lower()) in KINDS else "",
        )


def extra_searches(understanding: Understanding, by_rules: Question) -> tuple[str, ...]:
    """What is to be searched for beside the question as the rules read it, none twice."""
    known = {by_rules.read.casefold(), by_rules.text.casefold(), by_rules.standalone.casefold()}
    wanted = dict.fromkeys((understanding.standalone, *understanding.searches))
    return tuple(search for search in wanted if search.casefold() not in known)[:MOST_SEARCHES]


def _standalone(rewritten: str, by_rules: Question, said: Sequence[str]) -> str:
    known = (by_rules.text, by_rules.standalone, by_rules.read, *said)
    if not rewritten or invents(rewritten, by_rules.text, known, by_rules.language):
        return by_rules.standalone
    return rewritten


def _searches(told: object, by_rules: Question) -> tuple[str, ...]:
    found = [search for search in _lines(told, LONGEST_SEARCH) if not _LINK.search(search)]
    return tuple(dict.fromkeys(search for search in found if search != by_rules.text))[:MOST_SEARCHES]


def _object_in(text: str) -> Mapping[str, Any]:
    """The first JSON object of a reply that has one of the fields asked for; empty where there is none."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            item, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if "standalone" in item or "searches" in item:
            found: Mapping[str, Any] = item
            return found
    return {}


def _lines(told: object, longest: int) -> list[str]:
    return [line for item in told if (line := _line(item, longest))] if isinstance(told, list) else []


def _line(told: object, longest: int) -> str:
    """One line of text; empty where it is none, or too long."""
    line = " ".join(told.split()).strip(" \"'`*") if isinstance(told, str) else ""
    return line if len(line) <= longest else ""
