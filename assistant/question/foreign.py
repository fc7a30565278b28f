"""Follow-ups in other languages than English, and English ones to a question in another.

What a question leaves to the conversation is found by rules over English (`conversation`), so that each question in
another language is resolved by its English key words. It is shown in its own words, with what it is about behind them.
"""

import re
from collections.abc import Callable, Sequence

from assistant.answer import Turn
from assistant.language.parties import mentions
from assistant.question.conversation import ABOUT, asked_again, leans, resolved, says_something, standalone
from assistant.question.translation import key_words
from corpus.text.language import detect_language

_ENGLISH = "en"
# No words of the other languages that are read here.
_ENGLISH_WORDS = frozenset("what when which who whom where how why does did and with the about".split())
Known = Callable[[str], bool]


def standing_alone(question: str, history: Sequence[Turn], known: Known | None = None) -> str:
    """The question with what it leaves to the conversation put in, whatever languages they are in.

    `known` tells whether the documents have a word, as for `translation.key_words`.
    """
    asked = [" ".join(text.split()) for text in (*(turn.question for turn in history), question)]
    languages = _languages(asked)
    if set(languages) == {_ENGLISH}:
        return standalone(question, history)
    earlier: list[str] = []
    alone = ""
    for position, (text, language) in enumerate(zip(asked, languages, strict=True)):
        if not text:
            continue
        if (words := _key_words(text, language, known)) is None:
            alone = resolved(text, earlier)
            earlier.append(alone)
            continue
        in_english = _resolved(words, earlier)
        is_same = position > 0 and languages[position - 1] == language and len(earlier) == 1
        alone = _shown(text, words, in_english, about=asked[position - 1] if is_same else "")
        earlier.append(in_english)
    return alone


def _languages(asked: Sequence[str]) -> list[str]:
    """The language of each question; one that is too short to tell is in that of the question before it."""
    found: list[str] = []
    for text in asked:
        is_english = not _ENGLISH_WORDS.isdisjoint(re.findall(r"\w+", text.lower()))
        asking, _, _ = text.partition(ABOUT)
        found.append(detect_language(asking) or (found[-1] if found and not is_english else _ENGLISH))
    return found


def _key_words(text: str, language: str, known: Known | None) -> str | None:
    """The English key words of a question; None for English, for other languages, and for a question made whole."""
    return None if language == _ENGLISH or ABOUT in text else key_words(text, language, known) or None


def _resolved(words: str, earlier: Sequence[str]) -> str:
    """The key words with what they leave to the conversation; a party or a date alone asks the last question again."""
    if earlier and (again := asked_again(f"{'with ' if mentions(words) else ''}{words}", earlier[-1])) is not None:
        return again
    anchor = next((text for text in reversed(earlier) if says_something(text)), None)
    if anchor is None or not leans(words):
        return words
    asking, _, about = anchor.rstrip("?!. ").partition(ABOUT)
    return f"{words}{ABOUT}{about.removesuffix(')') or asking})"


def _shown(text: str, words: str, in_english: str, *, about: str) -> str:
    """The question as it is shown and read: in its own words as far as they say what is asked.

    `about` is the question before it, where that is in the same language and stands alone.
    """
    if in_english == words:
        return text
    asking, _, context = in_english.partition(ABOUT)
    if asking != words:
        return f"{in_english}?" if not in_english.endswith("?") else in_english
    behind = about or context.removesuffix(")")
    return f"{text.rstrip('?!. ')}{ABOUT}{behind.rstrip('?!. ')})?"
