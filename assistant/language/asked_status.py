"""Which status a question asks about, and whether of agreements, by their names in the languages that are asked in.

The names stand in `statuses.csv`: a hyphen after a form stands for any ending. The noun "agreement" names a thing and
asks of no status.
"""

import csv
import re
from functools import cache
from importlib import resources

from assistant.language.commitments import Status

_FALLBACK = "en"
_INSTRUMENT = "instrument"


def asked_status(question: str, language: str = _FALLBACK) -> Status | None:
    """The furthest status that a question names; None where it names none."""
    found = _patterns(language)
    return next((status for status in sorted(Status, reverse=True) if status.words in found
                 and found[status.words].search(question)), None)  # fmt: skip


def names_instrument(question: str, language: str = _FALLBACK) -> bool:
    """Whether a question names agreements, memoranda or the like."""
    return bool(_patterns(language)[_INSTRUMENT].search(question))


def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    """What is named → its forms in a language, or in English where the table has no such language."""
    return _table().get(language) or _table()[_FALLBACK]


@cache
def _table() -> dict[str, dict[str, re.Pattern[str]]]:
    table = resources.files("assistant.language").joinpath("statuses.csv").read_text(encoding="utf-8")
    found: dict[str, dict[str, re.Pattern[str]]] = {}
    for row in csv.DictReader(table.splitlines()):
        forms = "|".join(
            re.escape(form.removesuffix("-")) + (r"\w{0,14}" if form.endswith("-") else "")
            for form in row["forms"].split("|")
        )
        pattern = re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)
        found.setdefault(row["language"], {})[row["status"]] = pattern
    return found
