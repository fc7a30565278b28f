"""What files say about themselves (names, dates, numbers), as text that every store accepts."""

import re
from datetime import date, datetime
from functools import cache
from urllib.parse import urlsplit

_ISO_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def one_line(value: object) -> str:
    """A name or a number as text that every store accepts; nothing where the value is neither.

    A file may hold anything in its metadata: nested YAML aliases that fill the memory once written out, lone
    surrogates, an integer of more digits than Python prints.
    """
    if value is None or isinstance(value, (list, tuple, dict, set)):
        return ""
    try:
        return re.sub(r"[\s\x00-\x1f\x7f\ud800-\udfff]+", " ", str(value)).strip()[:300]
    except ValueError:
        return ""


def strings(value: object) -> tuple[str, ...]:
    """One name or several, as a list or with commas between, as text; what is neither is left out."""
    items = (
        value if isinstance(value, list) else value.split(",") if isinstance(value, str) else [value] if value else []
    )
    return tuple(text for item in items if (text := one_line(item)))


def iso_date(value: object) -> str | None:
    """An ISO date, possibly cut to month or year; None for anything that is not one."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    match = _ISO_DATE.match(str(value).strip()) if value is not None else None
    if match is None:
        return None
    padded = (match.group() + "-01-01")[:10]
    try:
        date.fromisoformat(padded)
    except ValueError:
        return None
    return match.group()


def web_address(value: str | None) -> str | None:
    """An address of the web; None for any other (javascript:, data:, file:, a path), which nobody should follow."""
    try:
        parts = urlsplit(value or "")
    except ValueError:  # an unclosed bracket, for one
        return None
    return value if parts.scheme in ("http", "https") and parts.hostname else None


def printable(text: str) -> str:
    """PDF fonts may yield lone surrogates and control characters that no store accepts; each becomes a space."""
    return re.sub(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]", " ", text)


def language_code(value: object) -> str | None:
    """The code of a language that is given as such ("lv", "en-GB") or by its English name or its own."""
    told = one_line(value).replace("_", "-").casefold()
    if not told:
        return None
    return told.partition("-")[0] if re.fullmatch(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", told) else _languages().get(told)


@cache
def _languages() -> dict[str, str]:
    from babel import Locale

    named = {str(name).casefold(): code for code, name in Locale("en").languages.items() if len(code) <= 3}
    own = {
        code: Locale.parse(code).get_display_name() or "" for code in ("en", "lv", "ru", "az", "tr", "de", "lt", "et")
    }
    return named | {name.casefold(): code for code, name in own.items()}
