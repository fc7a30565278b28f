"""A follow-up and its history become a question that stands alone.

Rules, in order: a question that swaps a party ("and with Georgia?") is asked again with the other party; one that
leans on the conversation ("so is it in force now?", "who attended?") gets the subject of the last question that named
one. Any other question is left as it is. The result is shown to the user, who can correct it.
"""

import re
from collections.abc import Sequence

from assistant.answer import Turn
from assistant.parties import countries

_SWAP = re.compile(
    r"^(?:and|what about|how about|and what about|and how about)\s+(?:with|for|in|by)?\s*(?P<rest>[^?]{2,40})\?*$", re.I
)
_LEANS = re.compile(
    r"\b(?:it|its|they|them|their|he|him|his|she|her|this|these|those|there|then|that (?:\w+)|the (?:same|two|agreement"
    r"|memorandum|document|meeting|visit|mission|project|ministers?))\b|^(?:and|so|but|or)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:and|so|but)?\s*(?:(?:on |in |at |with |under |for )?"
    r"(?:what|which|who|whom|whose|when|where|why|how(?: many| much| long| far)?)\b"
    r"(?:\s+(?:and|or)\s+\w+)?)?"
    r"\s*(?:was|were|is|are|did|does|do|has|have|had|will|would|can|could)?\s*",
    re.IGNORECASE,
)
_TRAILING_VERB = re.compile(r"\s+(?:been\s+)?(?:\w+ed|about|begun|held|made|on|for|cover)$", re.IGNORECASE)
# Puts the subject of the conversation behind a question; what asks stands before it.
ABOUT = " (about: "
_SHORT_QUESTION_WORDS = 4
_STANDS_FOR_SUBJECT = re.compile(r"\b(?:it|they|them)\b", re.IGNORECASE)
_ASKS_WITH_DO = re.compile(r"(?:(?:and|so|but)\s+)?(?:[\w-]+\s+){0,4}?(?:do|does|did)\b", re.IGNORECASE)
_IS_NAME = re.compile(r"(?:the|an?|this|its?)\s+\w|[A-ZÀ-Þ]")


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question with what it leaves to the conversation put in; unchanged where it stands alone."""
    question = " ".join(question.split())
    if not history:
        return question
    swapped = _swapped_party(question, history[-1].question)
    if swapped is not None:
        return swapped
    if not _leans_on_history(question):
        return question
    asked = question.rstrip("?!. ")
    for turn in reversed(history):
        previous = " ".join(turn.question.split()).rstrip("?!. ")
        subject = subject_of(previous)
        if subject is None:
            continue
        if _is_noun_phrase(subject, previous):
            stands_for_it = _STANDS_FOR_SUBJECT.search(asked)
            return (
                f"{_STANDS_FOR_SUBJECT.sub(subject, asked, count=1)}?"
                if stands_for_it
                else f"{asked}{ABOUT}{subject})?"
            )
        return f"{asked}{ABOUT}{previous[0].lower()}{previous[1:]})?"
    return question


def subject_of(question: str) -> str | None:
    """What a question is about: the question less its asking words; None where nothing is left."""
    text = " ".join(question.split()).rstrip("?!. ")
    text = _OPENING.sub("", text, count=1)
    text = _TRAILING_VERB.sub("", text).strip(" ,;:")
    return text or None


def _is_noun_phrase(subject: str, question: str) -> bool:
    """Whether a question's subject can stand for "it"; that of "what did Latvia sign" has a verb left in it."""
    return bool(_IS_NAME.match(subject)) and not _ASKS_WITH_DO.match(question)


def _leans_on_history(question: str) -> bool:
    if _LEANS.search(question):
        return True
    return len(question.split()) <= _SHORT_QUESTION_WORDS and not countries(question)


def _swapped_party(question: str, previous: str) -> str | None:
    """Ask the previous question of another party: the last one it named gives way ("and with Georgia?")."""
    match = _SWAP.match(question)
    if match is None:
        return None
    new, old = countries(match.group("rest")), countries(previous)
    if len(new) != 1 or not old or len(match.group("rest").split()) > 3:
        return None
    mentions = [found for name in _names_in(previous) if (found := name)]
    return previous.replace(mentions[-1], new[0].name) if mentions else None


def _names_in(text: str) -> list[str]:
    """The words of `text` that name a country, in order."""
    return [word for word in re.findall(r"[A-ZÀ-Þ][\w'’]*(?:\s[A-ZÀ-Þ][\w'’]*)*", text) if countries(word)]
