"""Typing errors in names are mended, and said: "lativa" is read as Latvia where nothing is called so.

Only names of countries, in English and in the question's language: they decide what is looked for. Errors in other
words cost the search little, which reads pieces of words. A word that any passage holds is left as it is; so is, in a
language that the documents may not be in, one without a capital ("combien" is no Colombia).
"""

import difflib
import re
from collections.abc import Callable

from assistant.language.parties import country_names, mentions

_SHORTEST_NAME = 5
# How alike a word and a name must be (Ratcliff and Metzener's measure).
_ALIKE = 0.82
_ENGLISH = "en"


def mended(question: str, language: str, is_known: Callable[[str], bool]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The question with its misspelt names of countries mended, and each pair of what was typed and understood.

    `is_known` tells whether the documents hold a word.
    """
    taken = [(start, end) for start, end, _ in mentions(question, language)]
    found: list[tuple[str, str]] = []

    def mend(match: re.Match[str]) -> str:
        word = match.group()
        is_taken = any(start < match.end() and match.start() < end for start, end in taken)
        may_be_a_name = language == _ENGLISH or (word[0].isupper() and match.start() > 0)
        if is_taken or not may_be_a_name or len(word) < _SHORTEST_NAME or is_known(word):
            return word
        name = _nearest(word, language)
        if name is None:
            return word
        found.append((word, name))
        return name

    return re.sub(r"[^\W\d_]+", mend, question), tuple(found)


def _nearest(word: str, language: str) -> str | None:
    """The one country that the word is nearest to; None where none is near, or two are."""
    names = {name.casefold(): (name, code) for name, code in country_names(language) if " " not in name}
    near = difflib.get_close_matches(word.casefold(), names, n=2, cutoff=_ALIKE)
    codes = {names[name][1] for name in near}
    return names[near[0]][0] if len(codes) == 1 else None
