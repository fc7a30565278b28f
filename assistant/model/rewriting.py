"""A language model makes follow-ups stand alone and reads questions in other languages; the rules remain the fallback.

What it makes of a question is taken only if it names nobody, no number and no country that the conversation does not,
and leaves out none that the question has. Whatever fails, the rules' own reading is what is searched by.
"""

import re
from collections.abc import Iterator, Sequence

from assistant.answer import Turn
from assistant.language.parties import mentions
from assistant.model.arithmetic import numbers
from assistant.model.prompts import rewrite_messages
from assistant.model.provider import LanguageModel
from assistant.model.provider_failures import ModelUnavailable
from assistant.model.support import names
from assistant.model.time_budget import TimeBudget
from assistant.question.question import ENGLISH, Question

LONGEST_QUESTION = 400
# An inflected name of another language agrees with its English form in so many first letters.
_SAME_BEGINNING = 4
_EARLIER_TURNS = 6
_ASKING = frozenset("who whom whose what when where which why how did do does is are was were has have had can".split())


class QuestionWriter:
    """Rewrites questions in the time allowed; nothing that it does can fail a question."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def standalone(self, by_rules: Question, history: Sequence[Turn], *, time_budget: TimeBudget) -> str:
        """The question in English and able to stand alone, given what the rules made of it.

        Theirs is the answer where nothing is to be done, the model fails, or it invents.
        """
        if not history and by_rules.language == ENGLISH:
            return by_rules.standalone
        said = [text for turn in history[-_EARLIER_TURNS:] for text in (turn.question, turn.answer) if text]
        messages = rewrite_messages(by_rules.text, said, language="English")
        try:
            reply = self._model.ask(messages, purpose="rewrite", time_budget=time_budget)
        except ModelUnavailable:
            return by_rules.standalone
        rewritten = _first_line(reply.text)
        known = (by_rules.text, by_rules.standalone, by_rules.read, *said)
        if not rewritten or rewritten == by_rules.text or invents(rewritten, by_rules.text, known, by_rules.language):
            return by_rules.standalone
        return rewritten


def invents(rewritten: str, question: str, known: Sequence[str], language: str) -> bool:
    """Whether a rewritten question names something that none of the texts `known` does, or loses what it asked."""
    together = " \n ".join(known)
    countries = {code for text in known for code in _countries(text, language)}
    wanted = _countries(rewritten, ENGLISH)
    words = {word.casefold() for word in re.findall(r"[^\W_]+", together)}
    return bool(
        numbers(rewritten) - numbers(together)
        or numbers(question) - numbers(rewritten)
        or wanted - countries
        or _countries(question, language) - wanted
        or any(not _is_known(name, words) for name in names(rewritten) if name not in _ASKING)
        or re.search(r"[<>{}\[\]]|://|www\.", rewritten)
    )


def _countries(text: str, language: str) -> set[str]:
    return {code for *_, code in mentions(text, language)}


def _is_known(name: str, words: set[str]) -> bool:
    beginning = name[:_SAME_BEGINNING]
    return name in words or (len(name) >= _SAME_BEGINNING and any(word.startswith(beginning) for word in words))


def _first_line(text: str) -> str:
    """The first line that says something, without quotation marks and thoughts; empty where it is too long."""
    text = re.sub(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", "", text, flags=re.DOTALL | re.IGNORECASE)
    line = next((line for line in _lines(text) if line), "")
    return line if len(line) <= LONGEST_QUESTION else ""


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield " ".join(line.strip(" \t`*\"“”„«»'").removeprefix("Question:").split())
