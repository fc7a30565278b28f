"""What a question leaves to the conversation is put in front of it, in every language alike.

A party or a year alone ("and with Georgia?", "in 2024?") asks the last question again with its own put in their place.
A question that leans on the conversation, which a probe tells (`shapes`), is read together with the question before
it, as the reader was trained to. Any other question is left as it is. What is shown can be asked again, and then means
the same.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.language.parties import mentions, party_of

# Puts the topic of the conversation behind a question; what asks stands before it.
ABOUT = " (about: "
# From this probability on a question leans; one that names nobody after one that does, from a smaller one on.
LEANS = 0.5
LEANS_WITHOUT_NAMES = 0.15
# A fragment has no more words beside the party or the year.
_MOST_WORDS_OF_A_FRAGMENT = 3
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# "With" in the languages that are asked in: the party comes beside the one that was asked about.
_WITH = frozenset("with mit avec con ar с із з ilə ile su koos".split())


@dataclass(frozen=True, slots=True)
class Alone:
    """A question that stands alone: as it is shown, and as it is searched and read."""

    shown: str
    read: str


def standing_alone(
    question: str, earlier: Sequence[str], leaning: Callable[[str], float], language: Callable[[str], str]
) -> Alone:
    """The question with what it leaves to the questions before it, oldest first.

    `leaning` gives the probability that a question leans on the conversation, `language` the code of its language.
    """
    before: Alone | None = None
    for text in (*earlier, question):
        asked = " ".join(text.split())
        if asked:
            before = _resolved(asked, before, leaning, language)
    return before or Alone("", "")


def _resolved(
    question: str, before: Alone | None, leaning: Callable[[str], float], language: Callable[[str], str]
) -> Alone:
    asking, found, about = question.partition(ABOUT)
    if found:  # what was shown is asked again
        return Alone(question, f"{about.rstrip('?!. ').removesuffix(')')}? {asking}?")
    if before is None:
        return Alone(question, question)
    again = _asked_again(question, before.shown, language)
    if again is not None:
        return Alone(again, again)
    named = bool(mentions(question, language(question)))
    names_less = not named and bool(mentions(before.read, language(before.read)))
    if leaning(question) < (LEANS_WITHOUT_NAMES if names_less else LEANS):
        return Alone(question, question)
    topic, _, more = before.shown.partition(ABOUT)
    topic = more.rstrip("?!. ").removesuffix(")") or topic.rstrip("?!. ")
    return Alone(f"{question.rstrip('?!. ')}{ABOUT}{topic})?", f"{topic}? {question}")


def _asked_again(question: str, previous: str, language: Callable[[str], str]) -> str | None:
    """The previous question with the party or the year of a fragment in the place of its own; None for no fragment."""
    named = mentions(question, language(question))
    others = re.findall(r"\w+", _without(question, named))
    years = _YEAR.findall(question)
    if len(others) > _MOST_WORDS_OF_A_FRAGMENT or ABOUT in previous:
        return None
    if named and not years:
        old = mentions(previous, language(previous))
        codes = [code for *_, code in named]
        is_beside = len(old) == len(codes) and not _WITH.isdisjoint(word.lower() for word in others)
        if not old or is_beside or len(old) < len(codes) or {code for *_, code in old} & set(codes):
            return None
        for (start, end, _), code in zip(reversed(old), reversed(codes), strict=False):
            previous = f"{previous[:start]}{party_of(code).name}{previous[end:]}"
        return previous
    old_years = _YEAR.findall(previous)
    if not named and len(years) == 1 and len(old_years) == 1:
        return _YEAR.sub(years[0], previous)
    return None


def _without(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    for start, end, _ in reversed(spans):
        text = text[:start] + text[end:]
    return text
