"""Texts for scripts in the browser: put into the script when it is served, in every language, by name.

A script holds the line `const WORDS = {};` and finds its texts in `WORDS[document.documentElement.lang]`. What counts
something comes as one form for each of CLDR's categories, which `Intl.PluralRules` names.
"""

import json
from collections.abc import Mapping

from ui.languages.catalogues import LANGUAGES
from ui.languages.places import plural_category
from ui.languages.speaking import speaking
from ui.languages.words import PluralText, Text

PLACE = "const WORDS = {};"
# Numbers among which every category of every language occurs.
_NUMBERS = range(0, 130)


def with_words(script: str, texts: Mapping[str, Text | PluralText]) -> str:
    """The script with its texts."""
    if script.count(PLACE) != 1:
        raise ValueError(f"a script takes its texts at one line: {PLACE}")
    words = {}
    for language in LANGUAGES:
        with speaking(language):
            words[language] = {name: _in_script(text) for name, text in texts.items()}
    return script.replace(PLACE, f"const WORDS = {json.dumps(words, ensure_ascii=False)};")


def _in_script(text: Text | PluralText) -> str | dict[str, str]:
    if isinstance(text, Text):
        return str(text)
    return {plural_category(count): text.form(count) for count in reversed(_NUMBERS)}
