"""The page of the timeline: a form for parties and years, and below it what documents report between them.

A page of its own beside the conversation, so that a timeline has an address to be sent to a colleague. It has no script
and loads nothing; like a document's page it has one inline style sheet, and `POLICY` allows just that.
"""

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.language.parties import Party
from assistant.record.timeline import Timeline
from ui import EARLIEST_YEAR, LATEST_YEAR
from ui.languages.marking import masthead, sentence
from ui.languages.speaking import current
from ui.languages.words import Text
from ui.pages.timeline.drawing import COMMITMENTS, subject_of, summary, timeline_as_picture, timeline_as_table
from ui.rendering import one_line
from ui.style import STYLE as DOCUMENT_STYLE

LONGEST_NAMES = 500  # characters
STYLE = DOCUMENT_STYLE + (Path(__file__).parent / "timeline.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_PATH = "/timeline"
_TITLE = Text("Timeline of commitments")
_FIELDS = 3
_PURPOSE = Text(
    "What documents report between countries and organisations: discussed, agreed, signed, approved, in force. "
    "Each sentence is quoted word for word and opens in its document."
)
_PARTIES, _YEARS = Text("Countries and organisations"), Text("Years, if you like")
_SINCE, _UNTIL = Text("since"), Text("until")
_SHOW = Text("Show the timeline")
_PARTY = Text("Country or organisation {number}")
_NAME, _ANY_OTHER = Text("Name"), Text("Any other")


def timeline_page(
    known: Iterable[Party], chosen: Sequence[str], years: tuple[int | None, int | None], found: Timeline | str | None
) -> str:
    """The page with its form filled in; `found` is the timeline, or the sentence that says why there is none.

    `known` are the parties that the form suggests.
    """
    if isinstance(found, Timeline):
        chosen = [party.name for party in found.parties]
    head = f'{masthead(_PATH)}<h1>{_TITLE}</h1><p class="purpose">{_PURPOSE}</p>'
    body = f"{head}{_form(known, chosen, years)}{_result(found)}"
    title = COMMITMENTS(subject=subject_of(found)) if isinstance(found, Timeline) else str(_TITLE)
    return (
        f'<!doctype html><html lang="{current()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<title>{_line(title)}</title><style>{STYLE}</style></head><body class="timeline"><main>{body}</main></body>'
        "</html>"
    )


def _form(known: Iterable[Party], chosen: Sequence[str], years: tuple[int | None, int | None]) -> str:
    names = [*chosen, *[""] * max(_FIELDS - len(chosen), 1)]
    parties = "".join(_party_field(number, name) for number, name in enumerate(names, start=1))
    options = "".join(f'<option value="{_line(party.name)}"></option>' for party in known)
    fields = (("since", _SINCE), ("until", _UNTIL))
    since, until = (_year_field(name, label, year) for (name, label), year in zip(fields, years, strict=True))
    return (
        f'<form action="{_PATH}" method="get"><fieldset><legend>{_PARTIES}</legend>{parties}'
        f"</fieldset><fieldset><legend>{_YEARS}</legend>{since}{until}</fieldset>"
        f'<button type="submit">{_SHOW}</button><datalist id="known">{options}</datalist></form>'
    )


def _party_field(number: int, name: str) -> str:
    return (
        f'<input name="parties" list="known" value="{_line(name)}" maxlength="{LONGEST_NAMES}" autocomplete="off" '
        f'aria-label="{_PARTY(number=number)}" placeholder="{_NAME if number < _FIELDS else _ANY_OTHER}">'
    )


def _year_field(name: str, label: Text, year: int | None) -> str:
    value = "" if year is None else str(year)
    return (
        f'<label>{label} <input type="number" name="{name}" value="{value}" min="{EARLIEST_YEAR}" '
        f'max="{LATEST_YEAR}"></label>'
    )


def _result(found: Timeline | str | None) -> str:
    if found is None:
        return ""
    if isinstance(found, str):
        told, attribute = sentence(found)
        return f'<p class="notice" role="alert"{attribute}>{_line(told)}</p>'
    if not found.commitments:
        return f'<p class="notice">{_line(summary(found))}</p>'
    return timeline_as_picture(found) + timeline_as_table(found)


def _line(text: str) -> str:
    return html.escape(one_line(text))
