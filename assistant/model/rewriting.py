"""Whether a question that a language model rewrote still is the question that was asked.

It is taken only if it names nobody, no number and no country that the conversation does not, and leaves out none that
the question has.
"""

import re
from collections.abc import Iterator, Sequence

from assistant.language.parties import mentions
from assistant.model.arithmetic import numbers
from assistant.model.support import names
from assistant.question.question import ENGLISH

LONGEST_QUESTION = 400
# An inflected name of another language agrees with its English form in so many first letters.
_SAME_BEGINNING = 4
_ASKING = frozenset("who whom whose what when where which why how did do does is are was were has have had can".split())


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


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield " ".join(line.strip(" \t`*\"“”„«»'").removeprefix("Question:").split())
