"""The review page: a form for the days, and below it what was asked in vain, disliked, and asked most.

Like the timeline it has no script and loads nothing; its one style sheet is inline, and `POLICY` allows just that.
"""

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlencode

from ui.keeping.feedback_store import REFUSED, Asked, FeedbackStore, Judged, ReviewPeriod
from ui.languages.marking import masthead
from ui.languages.places import number, percent
from ui.languages.shared import SHOW
from ui.languages.speaking import current
from ui.languages.words import PluralText, Text
from ui.rendering import one_line, readable_date
from ui.style import STYLE as DOCUMENT_STYLE

STYLE = DOCUMENT_STYLE + (Path(__file__).parent / "review.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_TITLE = Text("Review")
_PURPOSE = Text(
    "What people asked in vain, which answers they found wanting, and what they ask most: where documents lack."
)
_NOT_RECORDING = Text(
    "Questions are not being recorded, for the sake of those who ask. To have them here, say so to your users, set "
    "{setting} and start the assistant again. Feedback is kept either way."
)
_RECORDING = PluralText(
    "Questions are recorded as they are understood, without who asked; they are deleted after {count} day.",
    "Questions are recorded as they are understood, without who asked; they are deleted after {count} days.",
)
_NOTHING = Text("Nothing in these days.")
_MOST_LIKED = 50
_WORDS = {
    "answered": Text("answered"),
    "partial": Text("answered in part"),
    "not_found": Text("not found", "outcome of a question"),
    "unclear": Text("too little to go on"),
}
_REFUSED, _DISLIKED = Text("Refused", "questions"), Text("Disliked", "answers")
_ASKED_MOST, _LIKED = Text("Asked most"), Text("Liked", "answers")
_FROM, _TO = Text("From", "a day"), Text("to", "a day")
_FIGURES = (
    Text("questions recorded"),
    Text("refused", "questions"),
    Text("answers disliked"),
    Text("answers liked"),
)
_ASKED_COLUMNS = (Text("Times"), Text("Question as understood"), Text("Outcome"), Text("Last asked"))
_JUDGED_COLUMNS = (
    *(Text("Question as understood"), Text("Reason given"), Text("Outcome")),
    *(Text("Documents cited"), Text("When")),
)
_FOR_SPREADSHEET = Text("For a spreadsheet: {links}")
_TABLES = {"questions": Text("questions as CSV"), "feedback": Text("feedback as CSV")}


def review_page(records: FeedbackStore, period: ReviewPeriod, *, recording: bool) -> str:
    """The page for a period."""
    refused, most_asked = records.asked(period, refused=True), records.asked(period)
    disliked, liked = records.judged(period, liked=False), records.judged(period, liked=True, most=_MOST_LIKED)
    setting = "ASSISTANT_RECORD_QUESTIONS=true"
    notice = _RECORDING(records.days) if recording else _NOT_RECORDING(setting=setting)
    parts = (
        f'<p class="purpose">{_PURPOSE}</p>{_form(period)}<p class="notice">{notice}</p>',
        _figures(records.outcomes(period), len(liked), len(disliked)),
        _section(_REFUSED, _asked_table(refused), "refused"),
        _section(_DISLIKED, _judged_table(disliked), "disliked"),
        _section(_ASKED_MOST, _asked_table(most_asked), "most-asked"),
        _section(_LIKED, _judged_table(liked), "liked"),
        _downloads(period),
    )
    return _page("".join(parts))


def _page(body: str) -> str:
    return (
        f'<!doctype html><html lang="{current()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<title>{_TITLE}</title><style>{STYLE}</style></head><body class="review"><main>{masthead()}'
        f"<h1>{_TITLE}</h1>{body}</main></body></html>"
    )


def _form(period: ReviewPeriod) -> str:
    fields = "".join(
        f'<label>{label} <input type="date" name="{name}" value="{day.isoformat() if day else ""}"></label>'
        for label, name, day in ((_FROM, "since", period.since), (_TO, "until", period.until))
    )
    return f'<form action="/review" method="get">{fields}<button type="submit">{SHOW}</button></form>'


def _figures(outcomes: dict[str, int], liked: int, disliked: int) -> str:
    asked = sum(outcomes.values())
    refused = sum(count for outcome, count in outcomes.items() if outcome in REFUSED)
    figures = (
        number(asked),
        f"{number(refused)}{f' ({percent(refused / asked)})' if asked else ''}",
        number(disliked),
        f"{number(liked)}{'+' if liked == _MOST_LIKED else ''}",
    )
    told = zip(_FIGURES, figures, strict=True)
    return f"<dl>{''.join(f'<div><dt>{name}</dt><dd>{value}</dd></div>' for name, value in told)}</dl>"


def _section(title: Text, table: str, name: str) -> str:
    inside = table or f'<p class="nothing">{_NOTHING}</p>'
    heading = f'<h2 id="{name}-heading">{title}</h2>'
    return f'<section id="{name}" aria-labelledby="{name}-heading">{heading}{inside}</section>'


def _asked_table(asked: Sequence[Asked]) -> str:
    rows = ((number(item.count), _line(item.question), _outcome(item.outcome), _day(item.last)) for item in asked)
    return _table(_ASKED_COLUMNS, rows)


def _judged_table(judged: Sequence[Judged]) -> str:
    rows = (
        (
            _line(item.question),
            _line(item.reason) or "—",
            _outcome(item.outcome),
            ", ".join(_line(path) for path in item.documents) or "—",
            _day(item.at),
        )
        for item in judged
    )
    return _table(_JUDGED_COLUMNS, rows)


def _table(columns: Sequence[Text], rows: Iterable[Sequence[str]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    if not body:
        return ""
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _downloads(period: ReviewPeriod) -> str:
    days = {"since": period.since or "", "until": period.until or ""}
    links = (
        f'<a href="/api/v1/review.csv?{html.escape(urlencode({"which": which, **days}))}" download>{told}</a>'
        for which, told in _TABLES.items()
    )
    return f"<footer><p>{_FOR_SPREADSHEET(links=' · '.join(links))}</p></footer>"


def _outcome(outcome: str) -> str:
    return str(_WORDS[outcome]) if outcome in _WORDS else _line(outcome)


def _day(moment: str) -> str:
    return _line(readable_date(moment[:10]))


def _line(text: str) -> str:
    return html.escape(one_line(text))
