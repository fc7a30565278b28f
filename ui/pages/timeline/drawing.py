"""A timeline as a picture, as a table, and as text for a terminal.

The picture sets status against time: a point for each dated sentence, at its step of the ladder from discussed to
implemented, and a link to its passage. The table holds the same sentences and the undated ones, word for word. Both are
HTML fragments without script or style attribute, in which whatever a document brings is escaped; colours come from
`timeline.css` and repeat only what the place of a point tells already.
"""

import html
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from assistant.language.commitments import Status
from assistant.language.dates import EventDate
from assistant.record.record import Commitment
from assistant.record.timeline import Timeline
from ui.languages.marking import lang, marked
from ui.languages.places import country, listed, number
from ui.languages.shared import SOURCE, UNDATED, status_in_words
from ui.languages.words import PluralText, Text
from ui.rendering import TERMINAL_WIDTH, one_line, readable_date

ONLY_REPORTED = Text("only the report is dated: it happened then, or earlier")
NONE_REPORTED = Text("No document reports a commitment {subject}.")
SUMMARY = PluralText(
    "Commitments {subject}: {count} sentence, oldest first.", "Commitments {subject}: {count} sentences, oldest first."
)
COMMITMENTS = Text("Commitments {subject}")
# The subject of a timeline: its parties, then its period.
BETWEEN, OF = Text("between {parties}"), Text("of {party}")
IN_YEAR, FROM_TO = Text("{who} in {year}"), Text("{who} from {first} to {last}")
SINCE_YEAR, UNTIL_YEAR = Text("{who} since {year}"), Text("{who} until {year}")
COLUMNS = (Text("Date"), Text("Status"), Text("Sentence"), SOURCE)
TABLE, PICTURE = Text("Table of the sentences"), Text("Picture of status against time")
DATE_OF_REPORT = Text("date of the report")
PICTURE_TITLE = Text("Commitments {subject}: status against time")
REPORTED = Text("reported {date}")
PERIOD = Text("{first} to {last}", "dates of a picture")
PICTURE_TOLD = Text("{dates}: {told}. The table below holds the same sentences.")
COUNTED_STATUS = Text("{status}: {count}")
DATED = Text("the sentence is dated")
REACH = Text("a bar: some time within it")
IN_TABLE_ONLY = PluralText("{count} undated, in the table only", "{count} undated, in the table only")
# The picture's own units; it is drawn this wide and scaled by the page.
_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 960, 128, 16, 8, 32
_RADIUS, _STEP = 6, 15
_MOST_TICKS = 10
# A commitment, and where its date starts and ends, in years.
_Dated = tuple[Commitment, tuple[float, float]]


def passage_url(commitment: Commitment) -> str:
    """Where the document opens with the sentence highlighted."""
    place = quote(commitment.document.id, safe="")
    return f"/documents/{place}?start={commitment.span.start}&end={commitment.span.end}#passage"


def summary(timeline: Timeline) -> str:
    """How many sentences there are and what they are about, or that there is none, in one sentence."""
    count = len(timeline.commitments)
    return SUMMARY(count, subject=subject_of(timeline)) if count else NONE_REPORTED(subject=subject_of(timeline))


def subject_of(timeline: Timeline) -> str:
    """The parties and the period in words: "between Latvia and Azerbaijan since 2022"."""
    names = [country(party.code, one_line(party.name)) for party in timeline.parties]
    who = BETWEEN(parties=listed(names)) if len(names) > 1 else OF(party=names[0])
    first, last = timeline.period.first, timeline.period.last
    if first and last:
        return IN_YEAR(who=who, year=first) if first == last else FROM_TO(who=who, first=first, last=last)
    if first:
        return SINCE_YEAR(who=who, year=first)
    return UNTIL_YEAR(who=who, year=last) if last else who


# The terminal


def timeline_as_text(timeline: Timeline, width: int = TERMINAL_WIDTH) -> str:
    """One entry for each sentence: date, status, the sentence word for word, and its document."""
    entries = (_entry(commitment, width) for commitment in timeline.commitments)
    notes = [f"≤ {ONLY_REPORTED}"] if any(map(_is_told, timeline.commitments)) else []
    return "\n\n".join((textwrap.fill(summary(timeline), width), *entries, *notes))


def _entry(commitment: Commitment, width: int) -> str:
    event = commitment.event
    date = str(UNDATED) if event is None else f"{'≤' if event.is_told else ' '} {one_line(event.iso)}"
    label = f"{date:<14}{status_in_words(commitment.status.words):<13}"
    source = one_line(", ".join(filter(None, (commitment.document.title, commitment.document.publisher))))
    indent = " " * len(label)
    told = textwrap.fill(one_line(commitment.text), width, initial_indent=label, subsequent_indent=indent)
    return f"{told}\n{textwrap.fill(source, width, initial_indent=f'{indent}— ', subsequent_indent=f'{indent}  ')}"


# The table


def timeline_as_table(timeline: Timeline) -> str:
    """The sentences as a table within a box that scrolls; empty where there are none."""
    if not timeline.commitments:
        return ""
    heads = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    rows = "".join(map(_row, timeline.commitments))
    return (
        f'<div class="scrolls" role="region" aria-label="{TABLE}" tabindex="0"><table>'
        f"<caption><span>{_line(summary(timeline))}</span></caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(commitment: Commitment) -> str:
    document = commitment.document
    facts = " · ".join(filter(None, (document.publisher, document.published and readable_date(document.published))))
    facts = f'<span class="facts">{_line(facts)}</span>' if facts else ""
    dot = f'<span class="dot {_class_of(commitment.status)}" aria-hidden="true"></span>'
    status = f"{dot}{status_in_words(commitment.status.words)}"
    return (
        f'<tr><th scope="row">{_date(commitment.event)}</th><td class="status">{status}</td>'
        f'<td dir="auto"><a{lang(document.language)} href="{html.escape(passage_url(commitment))}">'
        f"{_line(commitment.text)}</a></td>"
        f'<td dir="auto">{marked(_line(document.title), document.language)}{facts}</td></tr>'
    )


def _date(event: EventDate | None) -> str:
    if event is None:
        return str(UNDATED)
    date = _line(readable_date(event.iso))
    return f'{date}<span class="facts">{DATE_OF_REPORT}</span>' if event.is_told else date


# The picture


@dataclass(frozen=True, slots=True)
class _Point:
    """A commitment at `x`, its date reaching from `first` to `last`; `level` lifts it above its neighbours."""

    commitment: Commitment
    x: float
    first: float
    last: float
    level: int

    @property
    def has_reach(self) -> bool:
        """Whether the circle leaves enough of its date's reach to be seen."""
        return self.last - self.first > 4 * _RADIUS


@dataclass(frozen=True, slots=True)
class _Scale:
    """The years from the start of `first` to the end of `last`, across the picture."""

    first: int
    last: int

    def x(self, years: float) -> float:
        """Where a moment lies, in years since the year nought."""
        share = (years - self.first) / (self.last + 1 - self.first)
        return round(_LEFT + _STEP + share * (_WIDTH - _LEFT - _RIGHT - 2 * _STEP), 1)

    @property
    def ticks(self) -> range:
        """The years whose beginning is marked."""
        years = self.last + 1 - self.first
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000, 10_000) if years <= step * _MOST_TICKS)
        return range(-(-self.first // step) * step, self.last + 2, step)


def timeline_as_picture(timeline: Timeline) -> str:
    """Status against time as inline SVG, with what its marks mean; empty where no sentence is dated."""
    dated = [(commitment, moments) for commitment in timeline.commitments if (moments := _moments(commitment.event))]
    if not dated:
        return ""
    scale = _Scale(int(min(first for _, (first, _) in dated)), int(max(first for _, (first, _) in dated)))
    rows = {status: _placed([item for item in dated if item[0].status is status], scale) for status in Status}
    legend = _legend([point for row in rows.values() for point in row], len(timeline.commitments))
    grid: list[str] = []
    points: list[str] = []
    height = _TOP
    for status in reversed(Status):  # the furthest step on top
        levels = max((point.level for point in rows[status]), default=0)
        baseline = height + levels * _STEP + 20
        grid.append(_step_of_the_ladder(status, baseline))
        points.extend(_point(point, baseline) for point in rows[status])
        height = baseline + _STEP
    years = "".join(_tick(scale.x(year), year, height) for year in scale.ticks)
    # The links stay outside the image: to assistive technology, an image has no parts.
    return (
        f'<figure><div class="scrolls" role="region" aria-label="{PICTURE}" tabindex="0">'
        f'<svg viewBox="0 0 {_WIDTH} {height + _BOTTOM}" role="group" aria-labelledby="picture-title">'
        '<g role="img" aria-labelledby="picture-title" aria-describedby="picture-told">'
        f'<title id="picture-title">{_line(PICTURE_TITLE(subject=subject_of(timeline)))}</title>'
        f'<desc id="picture-told">{_line(_told(dated))}</desc>{"".join(grid)}{years}</g>'
        f"{''.join(points)}</svg></div><figcaption>{legend}</figcaption></figure>"
    )


def _moments(event: EventDate | None) -> tuple[float, float] | None:
    """The start and the end of a date in years: the same for a day, further apart for a month or a year."""
    match = re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", event.iso) if event else None
    if match is None:
        return None
    year, month, day = match.groups()
    if month is None:
        return int(year), int(year) + 1
    # What is no month or day of the calendar is drawn at the nearest one; the table has the date as it is.
    start = int(year) + (min(max(int(month), 1), 12) - 1) / 12
    if day is None:
        return start, start + 1 / 12
    moment = start + (min(max(int(day), 1), 31) - 0.5) / 31 / 12
    return moment, moment


def _placed(dated: Sequence[_Dated], scale: _Scale) -> list[_Point]:
    """The points of one status, each on the lowest level where it covers no other."""
    points: list[_Point] = []
    ends: list[float] = []  # how far each level is taken
    for commitment, (first, last) in sorted(dated, key=lambda item: sum(item[1])):
        x = scale.x((first + last) / 2)
        level = next((level for level, end in enumerate(ends) if x - end >= 2 * _RADIUS + 2), len(ends))
        ends[level : level + 1] = [x]
        points.append(_Point(commitment, x, scale.x(first), scale.x(last), level))
    return points


def _step_of_the_ladder(status: Status, baseline: int) -> str:
    return (
        f'<line class="step" x1="{_LEFT}" y1="{baseline}" x2="{_WIDTH - _RIGHT}" y2="{baseline}"/>'
        f'<text class="name" x="{_LEFT - 12}" y="{baseline + 5}">{status_in_words(status.words)}</text>'
    )


def _tick(x: float, year: int, height: int) -> str:
    return (
        f'<line class="year" x1="{x}" y1="{_TOP}" x2="{x}" y2="{height}"/>'
        f'<text class="year" x="{x}" y="{height + 20}">{year}</text>'
    )


def _point(point: _Point, baseline: int) -> str:
    commitment = point.commitment
    event = commitment.event
    y = baseline - point.level * _STEP
    told = " told" if _is_told(commitment) else ""
    date = readable_date(event.iso) if event else ""
    date = REPORTED(date=date) if told else date
    status = status_in_words(commitment.status.words)
    reach = f'<line x1="{point.first}" y1="{y}" x2="{point.last}" y2="{y}"/>' if point.has_reach else ""
    return (
        f'<a class="point {_class_of(commitment.status)}{told}" href="{html.escape(passage_url(commitment))}">'
        f"<title>{_line(f'{date}, {status}: {commitment.text}')}</title>"
        f'{reach}<circle cx="{point.x}" cy="{y}" r="{_RADIUS}"/></a>'
    )


def _told(dated: Sequence[_Dated]) -> str:
    """The picture in words: how many sentences tell of each step, and where to read them."""
    counts = ((status, sum(commitment.status is status for commitment, _ in dated)) for status in reversed(Status))
    told = ", ".join(
        COUNTED_STATUS(status=status_in_words(status.words), count=number(count)) for status, count in counts if count
    )
    first, last = dated[0][0].event, dated[-1][0].event
    dates = list(dict.fromkeys(readable_date(event.iso) for event in (first, last) if event))
    return PICTURE_TOLD(dates=PERIOD(first=dates[0], last=dates[-1]) if len(dates) > 1 else dates[0], told=told)


def _legend(points: Sequence[_Point], count: int) -> str:
    """What the kinds of marks mean, those that the picture has; `count` sentences are in the table."""
    told = [_is_told(point.commitment) for point in points]
    marks = [
        *([f"{_sample('')} {DATED}"] if not all(told) else []),
        *([f"{_sample(' told')} {ONLY_REPORTED}"] if any(told) else []),
        *([str(REACH)] if any(point.has_reach for point in points) else []),
        *([IN_TABLE_ONLY(count - len(points))] if count > len(points) else []),
    ]
    return " · ".join(marks)


def _sample(kind: str) -> str:
    return f'<svg class="sample{kind}" viewBox="0 0 14 14" aria-hidden="true"><circle cx="7" cy="7" r="5"/></svg>'


def _is_told(commitment: Commitment) -> bool:
    return bool(commitment.event and commitment.event.is_told)


def _class_of(status: Status) -> str:
    return status.words.replace(" ", "-")


def _line(text: str) -> str:
    return html.escape(one_line(text))
