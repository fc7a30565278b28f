"""Which language a text is in, so that readers can be told where an English model reads badly.

Short texts are guessed wildly by every identifier, so under `FEWEST_WORDS` words the answer is "unknown", unless the
letters tell. A sentence in English that is full of foreign names is easily taken for another language, so that in short
texts English has a head start.
"""

from functools import cache
from typing import Any

FEWEST_WORDS = 4
# The identifier knows 97 languages; the fewer it may choose from, the better it tells neighbours apart.
LANGUAGES = """
    en az lv ru tr de fr es it pt pl uk lt et fi sv da no nl hu ro bg el cs sk sl hr ka hy kk ky ar fa he zh ja
    ko
""".split()
_MOST_WORDS_READ = 400

# Letters of one language only among those that questions come in; every rule needs one of its letters and none of the
# others ("Кто такой Клюге?" is no Ukrainian, Bulgarian or Kazakh text that could be told from Russian).
_TELLING_LETTERS = (
    ("az", "ə", ""),
    ("lv", "āģķļņ", ""),
    ("tr", "ğış", "əqx"),
    ("ru", "абвгдежзийклмнопрстуфхцчшщыьэюя", "іїєґўәғқңөұүһіђјљњћџ"),
)
_MOST_WORDS_OF_SHORT_TEXT = 20
# In log-probabilities, as the identifier gives them: foreign names cost an English sentence less than this, and a
# sentence in another language is further from English (measured on titles of the corpus and on sentences of the tests).
_HEAD_START = 3.0
_HEAD_START_OF_ENGLISH_WORDS = 12.0
_ENGLISH_WORDS = frozenset(
    "what when which who whom where how why did does has have were the between with about and signed".split()
)


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of the language of `text`, or None where it is too short to tell."""
    words = [word for word in text.split() if any(character.isalpha() for character in word)]
    if len(words) < FEWEST_WORDS:
        return _language_of_letters(text)
    scores = _identifier().rank(" ".join(words[:_MOST_WORDS_READ]))
    code, best = scores[0]
    if len(words) <= _MOST_WORDS_OF_SHORT_TEXT and dict(scores)["en"] + _head_start(words) > best:
        return "en"
    return str(code)


def _language_of_letters(text: str) -> str | None:
    letters = frozenset(text.lower())
    for language, needed, excluded in _TELLING_LETTERS:
        if not letters.isdisjoint(needed) and letters.isdisjoint(excluded):
            return language
    return None


def _head_start(words: list[str]) -> float:
    # Only words that are not in capitals: in every language, the WHO is "WHO".
    english = any(word.strip("?,.").lower() in _ENGLISH_WORDS for word in words if not word.isupper())
    return _HEAD_START_OF_ENGLISH_WORDS if english else _HEAD_START


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(LANGUAGES)
    return identifier
