"""The day that a line of a text, a file's name or an address states, in eleven languages; never one out of a sentence.

"Riga, 4 December 2025", "Рига, 4 декабря 2025 года", "2025. gada 4. decembrī". Months and days of the week are those of
Unicode CLDR, through Babel; a month is known with other endings too. A day that could be meant in two ways (05/06/2025)
and one without a year are none.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import islice

LANGUAGES = ("en", "lv", "ru", "az", "tr", "de", "lt", "et", "uk", "fr", "es")
# A dateline stands at the head: within so many lines that say something, none of them longer.
HEAD_LINES = 12
_LONGEST_LINE = 400
_LONGEST_PLACE = 60
# What may stand before the day of publication as its name; any other ("Updated:", "Deadline:") names another day.
_LABELS = frozenset(
    """
    date dated issued posted published publicēts datums izdots дата опубликовано tarix dərc edilib tarih yayınlanma
    datum veröffentlicht stand data paskelbta kuupäev avaldatud опубліковано publié fecha publicado
    """.split()
)
_YEAR = r"(?P<{0}y>(?:19|20)\d\d)"
_DAY = r"(?P<{0}d>\d{{1,2}})"
_WORD = r"(?P<{0}m>[^\W\d_]{{3,12}})"
_PATTERNS = tuple(
    pattern.format(f"p{number}")
    for number, pattern in enumerate(
        (
            # 2025. gada 4. decembrī; 2025 m. gruodžio 4 d.
            _YEAR + r"\.?\s{{1,3}}(?:[^\W\d_]{{1,4}}\.?\s{{1,3}})?" + _DAY + r"\.?\s{{1,3}}" + _WORD,
            _YEAR
            + r"\.?\s{{1,3}}(?:[^\W\d_]{{1,4}}\.?\s{{1,3}})?"
            + _WORD
            + r"\s{{1,3}}"
            + _DAY
            + r"(?!\d)(?:\s?d\.)?",
            # 4 December 2025; 4th of December, 2025; 4. detsember 2025; 4 de diciembre de 2025; 4 dekabr 2025-ci il
            _DAY
            + r"(?:st|nd|rd|th|er|º|-?го|\.)?\s{{1,3}}(?:of\s|de\s)?"
            + _WORD
            + r"\.?,?\s{{1,3}}(?:del?\s)?"
            + _YEAR
            + r"(?!\d)(?:-?\s?(?:года|году|г\.|року|р\.|c[iıuü]\s[^\W\d_]{{2,4}}|a\.))?",
            # December 4, 2025
            _WORD + r"\.?\s{{1,3}}" + _DAY + r"(?:st|nd|rd|th)?,?\s{{1,3}}" + _YEAR + r"(?!\d)",
            _YEAR + r"[-/.](?P<{0}m>\d\d)[-/.](?P<{0}d>\d\d)(?!\d)(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?",
            r"(?P<{0}d>\d{{1,2}})\.\s?(?P<{0}m>\d{{1,2}})\.\s?" + _YEAR + r"(?!\d)",
            r"(?P<{0}d>\d{{1,2}})/(?P<{0}m>\d{{1,2}})/" + _YEAR + r"(?!\d)",
        )
    )
)
_DATE = re.compile("|".join(f"(?:(?<![\\w/.–—-]){pattern})" for pattern in _PATTERNS))
_IN_NAME = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-_. ]?)(?P<m>\d\d)(?P=s)(?P<d>\d\d)(?!\d)")
_IN_ADDRESS = re.compile(r"/(?P<y>(?:19|20)\d\d)[/-](?P<m>\d{1,2})[/-](?P<d>\d{1,2})(?=[/_.-]|$)")


def stated_day(value: object) -> str | None:
    """The day, month or year that a value stands for as a whole, as ISO 8601; None where it stands for none."""
    text = " ".join(str(value).split())[:80]
    if re.fullmatch(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?", text):
        return text
    found = next(days_in(text), None)
    if found is None or found[1].start() > 0:
        found = next(((iso, match) for iso, match in days_in(text) if _is_weekday(text[: match.start()])), None)
    return found[0] if found else None


def dateline(lines: list[str]) -> str | None:
    """The day that one of the first lines states: alone, after a place, or before a dash or a heading."""
    told = (line for line in lines if any(map(str.isalnum, line)))
    for line in islice(told, HEAD_LINES):
        line = " ".join(line.strip(" \t*_#>|•").split())
        if len(line) >= 6 and (day := _of_line(line[:_LONGEST_LINE], len(line))):
            return day
    return None


def is_dateline(line: str) -> bool:
    """Whether a line is a day and a place, with or without a year, and nothing else."""
    line = " ".join(line.strip(" \t*_#>|•").split())
    if len(line) > _LONGEST_PLACE + 30:
        return False
    for _, match in days_in(line):
        return _is_place(line[: match.start()]) and not any(map(str.isalnum, line[match.end() :]))
    short = re.fullmatch(r"(\d{1,2})(?:\.|st|nd|rd|th)? ([^\W\d_]{3,12})|([^\W\d_]{3,12}) (\d{1,2})", line)
    return bool(short and (month_of(short.group(2) or short.group(3))))


def day_in_name(name: str) -> str | None:
    """The day in a file's name ("SITREP_2026-05-17"); a bare year is none."""
    found = {iso for match in _IN_NAME.finditer(name) if (iso := _iso(match, ""))}
    written = {iso for iso, _ in days_in(name.replace("_", " "))} if not found else set()
    days = found | written
    return days.pop() if len(days) == 1 else None


def day_in_address(address: str) -> str | None:
    """The day in the path of an address (".../2021/02/16/...")."""
    match = _IN_ADDRESS.search(address)
    return _iso(match, "") if match else None


def _of_line(line: str, length: int) -> str | None:
    for iso, match in islice(days_in(line), 1):
        before, after = line[: match.start()], line[match.end() :].lstrip()
        if not _is_place(before):
            return None
        alone = not any(map(str.isalnum, after)) and length < _LONGEST_LINE
        alone = alone or (not before and after[:1] == "," and length < _LONGEST_PLACE and _is_place(after[1:] + ","))
        # "10 April 2008 - As of", "Riga, 4 December (LETA) – The": a dash parts the day from the text.
        parted = after[:1] in ("-", "–", "—", "|", "(", ":") or (before.strip() and after[:1] == ".")
        parted = parted and not _DATE.match(after.lstrip("-–—| "))  # from one day to another
        # "24 November 1998 Disease Outbreak Reported": what follows is a heading, no sentence.
        heads = not before and after[:1].isupper() and length < 100 and after[-1:] not in ".;,:"
        if alone or parted or heads:
            return iso
    return None


def _is_place(words: str) -> bool:
    """Whether what stands before a day may be a place, a day of the week or the name of a date of publication."""
    words = words.strip()
    if not words:
        return True
    if len(words) > _LONGEST_PLACE:
        return False
    if words.endswith(":") or words.lower().rstrip(":") in _LABELS:
        return all(word.strip(".:,").lower() in _LABELS for word in words.split())
    if _is_weekday(words):
        return True
    names = words.rstrip(",–—-|( ").split()
    if len(names) > 1 and names[-2].endswith(",") and names[-1].islower() and len(names[-1]) <= 3:  # den, le, el
        words = names[-2]
        names.pop()
    ends = words[-1] in ",–—-|("
    capitals = all(name[:1].isupper() or len(name) <= 3 or _is_weekday(name) for name in names)
    return bool(names) and ends and capitals and names[0][:1].isupper() and len(names) <= 6


def _is_weekday(words: str) -> bool:
    return words.strip(" ,.").casefold() in _weekdays()


def days_in(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Every day that a text names with its year, as ISO 8601, and where it stands."""
    for match in _DATE.finditer(text):
        number = next(n for n in range(len(_PATTERNS)) if match.group(f"p{n}y"))
        if iso := _iso(match, f"p{number}", is_by_slashes=number == len(_PATTERNS) - 1):
            yield iso, match


def _iso(match: re.Match[str], prefix: str, *, is_by_slashes: bool = False) -> str | None:
    year, month, day = (match.group(prefix + part) for part in "ymd")
    number = int(month) if month.isdigit() else month_of(month)
    if is_by_slashes and int(day) != number:
        if number is not None and number > 12:  # month first, as in America
            number, day = int(day), str(number)
        elif int(day) <= 12:
            return None
    try:
        return date(int(year), number or 0, int(day)).isoformat()
    except ValueError:
        return None


def month_of(word: str) -> int | None:
    """The number of the month that a word names in one of the languages, whatever its ending."""
    word = word.casefold().rstrip(".")
    exact, by_start = _months()
    if word in exact:
        return exact[word]
    return next(
        (
            number
            for name, number in by_start.get(word[:4], ())
            if word.startswith(name[: max(4, len(name) - 2)]) and len(word) <= len(name) + 3
        ),
        None,
    )


@cache
def _months() -> tuple[dict[str, int], dict[str, list[tuple[str, int]]]]:
    """Names of months as they are, and the longer ones by their first four letters."""
    from babel import Locale

    exact: dict[str, int] = {"мае": 5}  # too short to be known by its beginning
    for language in LANGUAGES:
        for context in Locale(language).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in context.get(width, {}).items():
                    exact.setdefault(name.casefold().rstrip("."), number)
    by_start: dict[str, list[tuple[str, int]]] = {}
    for name, number in exact.items():
        if len(name) >= 4:
            by_start.setdefault(name[:4], []).append((name, number))
    return exact, by_start


@cache
def _weekdays() -> frozenset[str]:
    from babel import Locale

    return frozenset(name.casefold() for code in LANGUAGES for name in Locale(code).days["format"]["wide"].values())
