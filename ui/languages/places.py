"""Dates, numbers, ages, names of countries and languages, as the language of the moment has them (Unicode CLDR)."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from ui.languages.catalogues import ENGLISH
from ui.languages.speaking import current

# Days before months, as ministries write them.
_LOCALES = {ENGLISH: "en_GB"}
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")
_DAYS = {"year": 365, "month": 30, "day": 1}  # as Babel counts them


def date_in_words(iso: str) -> str | None:
    """An ISO date, possibly cut to its month or year, as people write it; None for anything else."""
    from babel.dates import format_date, format_skeleton

    match = _DATE.fullmatch(iso)
    if match is None:
        return None
    year, month, day = match.groups()
    if month is None:
        return str(year)
    try:
        moment = date(int(year), int(month), int(day or 1))
    except ValueError:  # 31 February
        return None
    found = format_date(moment, "long", locale=_locale()) if day else format_skeleton("yMMMM", moment, locale=_locale())
    return str(found)


def number(count: int) -> str:
    """A whole number with its thousands set apart."""
    from babel.numbers import format_decimal

    return str(format_decimal(count, locale=_locale()))


def percent(share: float) -> str:
    """A share of one in whole percent."""
    from babel.numbers import format_percent

    return str(format_percent(share, locale=_locale()))


def ago(count: int, unit: str) -> str:
    """So many days, months or years before today: "3 months ago"."""
    from babel.dates import format_timedelta

    span = timedelta(days=-count * _DAYS[unit])
    never = 10**9  # a larger unit is not to be chosen
    return str(format_timedelta(span, granularity=unit, threshold=never, add_direction=True, locale=_locale()))


def listed(names: Sequence[str]) -> str:
    """The names as one list: "Latvia, Estonia and Lithuania"."""
    from babel.lists import format_list

    return str(format_list(list(names), locale=_locale()))


def country(code: str, name: str) -> str:
    """A country by its ISO code; in English, and where it is none, by the name given."""
    if current() == ENGLISH:
        return name
    return str(_babel(_locale()).territories.get(code, name))


def language_name(code: str) -> str:
    """The name of a language by its ISO code, or the code where nobody has a name for it."""
    return str(_babel(_locale()).languages.get(code, code))


def plural_category(count: int) -> str:
    """The name that CLDR, and a browser's `Intl.PluralRules`, has for the form of a word with this number."""
    return str(_babel(_locale()).plural_form(count))


def _locale() -> str:
    return _LOCALES.get(current(), current())


@cache
def _babel(locale: str) -> Any:
    from babel import Locale

    return Locale.parse(locale)
