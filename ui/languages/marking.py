"""What a page says about languages: its own, where to read it in another, and which of its parts are in another one.

A screen reader changes its voice by these marks (WCAG 2.2, 3.1.1 and 3.1.2).
"""

import html
import re
from urllib.parse import parse_qsl, urlencode

from ui.languages.catalogues import ENGLISH, LANGUAGES
from ui.languages.shared import CHOOSE, OTHER_PAGES, PAGES, PRODUCT
from ui.languages.speaking import PARAMETERS, current, current_query
from ui.languages.words import Text, told

# As documents and front matter bring it; what is no tag would be no mark.
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def lang(language: str | None) -> str:
    """The attribute for an element in this language, English where it is unknown; none where the page speaks it."""
    tag = language if language and _TAG.fullmatch(language) else ENGLISH
    return "" if tag == current() else f' lang="{tag}"'


def marked(markup: str, language: str | None = ENGLISH) -> str:
    """Markup in this language for a page in the language of the moment."""
    attribute = lang(language)
    return f"<span{attribute}>{markup}</span>" if attribute else markup


def sentence(text: str) -> tuple[str, str]:
    """A sentence from below in the language of the moment, and the attribute that it needs where it stays English."""
    translated = told(text)
    return (text, lang(ENGLISH)) if translated is None else (translated, "")


def masthead(here: str = "") -> str:
    """The line above every page but the first: the way there and to the other pages, and this one in other languages.

    `here` is the path of the page at hand, where it is one of those.
    """
    links = "".join(_page_link(name, path, here) for name, path in OTHER_PAGES.items())
    pages = f'<nav class="pages" aria-label="{PAGES}">{links}</nav>'
    return f'<header class="home">{chooser()}<a class="first" href="/">{PRODUCT}</a>{pages}</header>'


def chooser() -> str:
    """Links to the page at hand in each language."""
    others = [(name, value) for name, value in parse_qsl(current_query()) if name not in PARAMETERS]
    links = "".join(_link(code, name, others) for code, name in LANGUAGES.items())
    return f'<nav class="languages" aria-label="{CHOOSE}">{links}</nav>'


def _page_link(name: Text, path: str, here: str) -> str:
    current_one = ' aria-current="page"' if path == here else ""
    return f'<a href="{path}"{current_one}>{name}</a>'


def _link(code: str, name: str, others: list[tuple[str, str]]) -> str:
    query = html.escape(urlencode([*others, (PARAMETERS[0], code)]))
    here = ' aria-current="true"' if code == current() else ""
    return f'<a href="?{query}" hreflang="{code}" lang="{code}"{here}>{name}</a>'
