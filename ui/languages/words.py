"""A text of the interface as a value: English where it is written, and in the language of the moment where it is shown.

Every text is made once, at the top of its module, and knows no markup. `str(text)` and `text(name=...)` say it now;
`later` puts it into what is built before anybody asks, a page of Gradio's for one, and `said` says it there.
"""

import re
import sys
from collections.abc import Callable

from ui.languages.catalogues import translations
from ui.languages.places import number
from ui.languages.speaking import current

# By its English and its context: what the catalogues must hold, no more and no less.
TEXTS: dict[tuple[str, str], "Text | PluralText"] = {}
# Characters that nobody sees stand around a text that is to be said later, and between what is to be put into it.
_BEGIN, _NEXT, _END = "\u2063", "\u2062", "\u2064"
_LATER = re.compile(f"{_BEGIN}([^{_END}]*){_END}")


class Text:
    """One text. Where the same English means two things, `context` tells them apart for translators."""

    def __init__(self, english: str, context: str = "") -> None:
        self.english = english
        self.context = context
        self.place = _note(self)

    def __call__(self, **values: object) -> str:
        """Say it, with `values` in the places of their names."""
        known = translations(current())
        told = known.pgettext(self.context, self.english) if self.context else known.gettext(self.english)
        return told.format(**values) if values else told

    def __str__(self) -> str:
        return self()


class PluralText:
    """A text about a number of things, `{count}`, in each form that a language has for it."""

    def __init__(self, one: str, many: str) -> None:
        self.english = one
        self.many = many
        self.context = ""
        self.place = _note(self)

    def __call__(self, count: int, **values: object) -> str:
        """Say it of so many."""
        return self.form(count).format(count=number(count), **values)

    def form(self, count: int) -> str:
        """The form for so many, with its places still open."""
        return translations(current()).ngettext(self.english, self.many, count)


def _note(text: Text | PluralText) -> tuple[str, int]:
    """Put a text among all of them; returned is where it is written, the first place where it is so twice."""
    frame = sys._getframe(2)
    place = (str(frame.f_globals.get("__name__", "")), frame.f_lineno)
    known = TEXTS.get((text.english, text.context))
    TEXTS[text.english, text.context] = text
    return min(place, known.place) if known else place


def told(sentence: str) -> str | None:
    """A sentence that was written without knowing of languages, in the language of the moment; None where unknown."""
    text = translations(current()).gettext(sentence)
    return text if text != sentence else None


def later(words: Text | PluralText, **values: object) -> str:
    """What `said` will turn into the text."""
    parts = (words.english, words.context, *(f"{name}={value}" for name, value in values.items()))
    return f"{_BEGIN}{_NEXT.join(parts)}{_END}"


def said(page: str, read: Callable[[str], str] = str, write: Callable[[str], str] = str) -> str:
    """The page with everything said that was to be said later; `read` and `write` know how it holds texts."""

    def say(match: re.Match[str]) -> str:
        english, context, *values = read(match[1]).split(_NEXT)
        return write(_say(TEXTS[english, context], dict(value.split("=", 1) for value in values)))

    return _LATER.sub(say, page)


def _say(words: "Text | PluralText", values: dict[str, str]) -> str:
    if isinstance(words, PluralText):
        return words(int(values.pop("count")), **values)
    return words(**values)
