"""A cell's value as the person before the sheet sees it: 0.125 shown as "12.5%", a day and not its serial number.

Days are written year first whatever the format's order, so that nobody takes a day for a month. Formats beyond
decimals, thousands, percent, leading zeros and signs of currency are shown as plain numbers.
"""

import math
import re
from datetime import date, datetime, time, timedelta

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\[\]-]{0,80})[^\[\]]{0,80}\]|\[[^\[\]]{0,80}\]|_.|\*.')
_PRIVATE = 0xE000  # characters that stand for what a format says literally
_DIGITS = re.compile(r"[#0?][#0?,. ]*")


def shown(value: object, number_format: str = "General") -> str:
    """The value under its format; an error of the sheet's own ("#REF!") is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return _number(value, number_format)
    if isinstance(value, (datetime, date, time, timedelta)):
        return _moment(value, number_format.lower())
    text = " ".join(str(value).split())
    return "" if text in ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!") else text


def _moment(value: datetime | date | time | timedelta, number_format: str) -> str:
    if isinstance(value, (time, timedelta)):
        return str(value)
    form = _LITERAL.sub("", number_format)
    if "d" in form or "m" not in form:
        day = f"{value:%Y-%m-%d}" if "d" in form or "y" not in form else f"{value:%Y}"
    else:
        day = f"{value:%Y-%m}"
    has_time = isinstance(value, datetime) and (value.hour or value.minute)
    return f"{day} {value:%H:%M}" if has_time else day


def _number(value: float, number_format: str) -> str:
    section, value = _section(number_format, value)
    words: list[str] = []

    def literal(match: re.Match[str]) -> str:
        words.append(match.group(1) or match.group(2) or match.group(3) or "")
        return chr(_PRIVATE + len(words) - 1)

    form = _LITERAL.sub(literal, section)
    digits = _DIGITS.search(form)
    if digits is None or "e+" in form.lower() or "/" in form or "general" in form.lower():
        return _plain(value)
    if re.search(r"[#0?]", form[digits.end() :]):  # in groups, as telephone numbers are
        return _plain(value)
    told = _digits(value * 100 if "%" in form else value, digits.group().strip())
    around = (form[: digits.start()], form[digits.end() :])
    before, after = (_restored(part, words) for part in around)
    before, after = before.replace("(", "").lstrip("-+ "), after.replace(")", "")
    sign = "-" if told.startswith("-") else ""
    gap = " " if digits.group().endswith(" ") and after.strip() else ""
    return f"{sign}{before}{told.removeprefix('-')}{gap}{after}".strip()


def _restored(part: str, words: list[str]) -> str:
    return "".join(words[ord(sign) - _PRIVATE] if 0 <= ord(sign) - _PRIVATE < len(words) else sign for sign in part)


def _section(number_format: str, value: float) -> tuple[str, float]:
    """The part of a format that is for this value; for negative ones, the minus is written whatever it says."""
    parts = number_format.split(";")
    if value == 0 and len(parts) > 2 and _DIGITS.search(parts[2]):
        return parts[2], value
    return (parts[1] if value < 0 and len(parts) > 1 and _DIGITS.search(parts[1]) else parts[0]), value


def _digits(value: float, form: str) -> str:
    whole, _, decimals = form.partition(".")
    while form.endswith(","):  # each divides by a thousand
        value, form = value / 1000, form[:-1]
        whole, _, decimals = form.partition(".")
    least = sum(character == "0" for character in decimals)
    most = min(sum(character in "0#?" for character in decimals), 15)
    told = f"{value:,.{most}f}" if "," in whole else f"{value:.{most}f}"
    if most > least and "." in told:
        cut = told.rstrip("0")
        told = told[: max(len(cut), len(told) - most + least)].rstrip(".")
    zeros = min(whole.replace(",", "").count("0"), 30)
    negative, told = told.startswith("-"), told.removeprefix("-")
    front, point, rest = told.partition(".")
    told = front.rjust(zeros, "0") + point + rest if "," not in whole else told
    return f"-{told}" if negative and told.strip("0.,") else told


def _plain(value: float) -> str:
    if isinstance(value, int) or (math.isfinite(value) and value == int(value) and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.11g}"
