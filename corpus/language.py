"""Which language a text is in, so that readers can be told where an English model reads badly.

Short texts are guessed wildly by every identifier, so under `FEWEST_WORDS` words the answer is "unknown".
"""

from functools import cache
from typing import Any

FEWEST_WORDS = 4
# The identifier knows 97 languages; the fewer it may choose from, the better it tells neighbours apart.
LANGUAGES = """
    en az lv ru tr de fr es it pt pl uk lt et fi sv da no nl hu ro bg el cs sk sl hr ka hy kk ky ar fa he zh ja
    ko
""".split()


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of the language of `text`, or None where it is too short to tell."""
    words = [word for word in text.split() if any(character.isalpha() for character in word)]
    if len(words) < FEWEST_WORDS:
        return None
    code, _ = _identifier().classify(" ".join(words[:400]))
    return str(code)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(LANGUAGES)
    return identifier
