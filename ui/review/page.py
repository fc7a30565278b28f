"""The review page: a form for the days, and below it what was asked in vain, disliked, and asked most.

Like the timeline it has no script and loads nothing; its one style sheet is inline, and `POLICY` allows just that.
"""

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlencode

from ui.documents.page import STYLE as DOCUMENT_STYLE
from ui.keeping.records import REFUSED, Asked, Judged, Period, Records
from ui.rendering import one_line, readable_date

STYLE = DOCUMENT_STYLE + (Path(__file__).parent / "review.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_TITLE = "Review"
_PURPOSE = "What people asked in vain, which answers they found wanting, and what they ask most: where documents lack."
_NOT_RECORDING = (
    "Questions are not being recorded, for the sake of those who ask. To have them here, say so to your users, set "
    "ASSISTANT_RECORD_QUESTIONS=true and start the assistant again. Feedback is kept either way."
)
_RECORDING = "Questions are recorded as they are understood, without who asked; they are deleted after {days} days."
_NOTHING = "Nothing in these days."
_MOST_LIKED = 50
_WORDS = {
    "answered": "answered",
    "partial": "answered in part",
    "not_found": "not found",
    "unclear": "too little to go on",
}


def review_page(records: Records, period: Period, *, recording: bool) -> str:
    """The page for a period."""
    refused, most_asked = records.asked(period, refused=True), records.asked(period)
    disliked, liked = records.judged(period, liked=False), records.judged(period, liked=True, most=_MOST_LIKED)
    notice = _RECORDING.format(days=records.days) if recording else _NOT_RECORDING
    parts = (
        f'<p class="purpose">{_PURPOSE}</p>{_form(period)}<p class="notice">{notice}</p>',
        _figures(records.outcomes(period), len(liked), len(disliked)),
        _section("Refused", _asked_table(refused), "refused"),
        _section("Disliked", _judged_table(disliked), "disliked"),
        _section("Asked most", _asked_table(most_asked), "most-asked"),
        _section("Liked", _judged_table(liked), "liked"),
        _downloads(period),
    )
    return _page("".join(parts))


def _page(body: str) -> str:
    home = '<p class="home"><a href="/">Health Cooperation Assistant</a></p>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<title>{_TITLE}</title><style>{STYLE}</style></head><body class="review"><main>{home}<h1>{_TITLE}</h1>{body}'
        "</main></body></html>"
    )


def _form(period: Period) -> str:
    fields = "".join(
        f'<label>{label} <input type="date" name="{name}" value="{day.isoformat() if day else ""}"></label>'
        for label, name, day in (("From", "since", period.since), ("to", "until", period.until))
    )
    return f'<form action="/review" method="get">{fields}<button type="submit">Show</button></form>'


def _figures(outcomes: dict[str, int], liked: int, disliked: int) -> str:
    asked = sum(outcomes.values())
    refused = sum(count for outcome, count in outcomes.items() if outcome in REFUSED)
    figures = {
        "questions recorded": f"{asked:,}",
        "refused": f"{refused:,}{f' ({refused / asked:.0%})' if asked else ''}",
        "answers disliked": f"{disliked:,}",
        "answers liked": f"{liked:,}{'+' if liked == _MOST_LIKED else ''}",
    }
    return f"<dl>{''.join(f'<div><dt>{name}</dt><dd>{value}</dd></div>' for name, value in figures.items())}</dl>"


def _section(heading: str, table: str, name: str) -> str:
    inside = table or f'<p class="nothing">{_NOTHING}</p>'
    heading = f'<h2 id="{name}-heading">{heading}</h2>'
    return f'<section id="{name}" aria-labelledby="{name}-heading">{heading}{inside}</section>'


def _asked_table(asked: Sequence[Asked]) -> str:
    rows = (
        (str(item.count), _line(item.question), _WORDS.get(item.outcome, _line(item.outcome)), _day(item.last))
        for item in asked
    )
    return _table(("Times", "Question as understood", "Outcome", "Last asked"), rows)


def _judged_table(judged: Sequence[Judged]) -> str:
    rows = (
        (
            _line(item.question),
            _line(item.reason) or "—",
            _WORDS.get(item.outcome, _line(item.outcome)),
            ", ".join(_line(path) for path in item.documents) or "—",
            _day(item.at),
        )
        for item in judged
    )
    return _table(("Question as understood", "Reason given", "Outcome", "Documents cited", "When"), rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    if not body:
        return ""
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _downloads(period: Period) -> str:
    days = {"since": period.since or "", "until": period.until or ""}
    links = (
        f'<a href="/api/v1/review.csv?{html.escape(urlencode({"which": which, **days}))}" download>{which} as CSV</a>'
        for which in ("questions", "feedback")
    )
    return f"<footer><p>For a spreadsheet: {' · '.join(links)}</p></footer>"


def _day(moment: str) -> str:
    return _line(readable_date(moment[:10]))


def _line(text: str) -> str:
    return html.escape(one_line(text))
