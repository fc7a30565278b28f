"""The language that is spoken at the moment: that of the request being answered, English where there is none.

It is kept beside the call (a context variable) because every page, list and export is made of texts; what runs in a
thread of a pool started for a request speaks its language too. Gradio's queue runs elsewhere: `spoken` is for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

from starlette.requests import HTTPConnection

from ui.languages.catalogues import ENGLISH, LANGUAGES

Item = TypeVar("Item")
# Where a request says which language it wants, the first one counting.
PARAMETERS = ("lang", "language")
HEADER = "x-language"
COOKIE = "assistant-language"


class Speaking(NamedTuple):
    """A language, and the query of the address asked for, so that a page can lead to itself in another language."""

    language: str = ENGLISH
    query: str = ""


_NOW: ContextVar[Speaking] = ContextVar("speaking", default=Speaking())  # noqa: B039 (a tuple never changes)


def current() -> str:
    """The code of the language spoken now."""
    return _NOW.get().language


def current_query() -> str:
    """The query of the address that is answered now."""
    return _NOW.get().query


@contextmanager
def speaking(language: str, query: str = "") -> Iterator[None]:
    """Speak a language within the block."""
    token = _NOW.set(Speaking(language, query))
    try:
        yield
    finally:
        _NOW.reset(token)


def spoken(language: str, items: Iterator[Item]) -> Iterator[Item]:
    """The items, each made while the language is spoken, wherever the next one is asked for."""
    while True:
        with speaking(language):
            try:
                item = next(items)
            except StopIteration:
                return
        yield item


def language_of(request: HTTPConnection) -> str:
    """The language that a request wants: by its address, its page, the reader's choice kept, or the browser."""
    asked = [request.query_params.get(name) for name in PARAMETERS]
    for wanted in (*asked, request.headers.get(HEADER), request.cookies.get(COOKIE)):
        if (known := known_language(wanted)) is not None:
            return known
    return best_of(request.headers.get("accept-language", ""))


def known_language(tag: Any) -> str | None:
    """The language of a tag as browsers write it ("ru", "ru-LV"), where it is one of ours."""
    code = tag.strip().lower().replace("_", "-").partition("-")[0] if isinstance(tag, str) else ""
    return code if code in LANGUAGES else None


def best_of(accepted: str) -> str:
    """The language of ours that an Accept-Language header likes best; English where it names none (RFC 9110, 12.5)."""
    liked: list[tuple[float, str]] = []
    for part in accepted.split(","):
        tag, _, weight = part.partition(";")
        known = known_language(tag)
        if known is not None:
            liked.append((_weight(weight), known))
    best = max(liked, key=lambda item: item[0], default=(0.0, ENGLISH))
    return best[1] if best[0] > 0 else ENGLISH


def _weight(text: str) -> float:
    name, _, value = text.replace(" ", "").partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0
